"""Embeds of a channel's history: pages, areas, comparisons, advice. Pure: no REST call, no state."""

from collections.abc import Sequence

import discord

from bot import clean, limits, presenter, text
from bot.charts.models import Bar, Point, Ranking, Trend
from bot.run_notice import NOTHING, rate, runtime, value
from sessions.history.models import (
    Advice,
    AreaDanger,
    AreaRate,
    BestAreas,
    Compared,
    DangerousAreas,
    Metric,
    RateWarning,
    TrendPoint,
    VoyageRecord,
)

PAGE = 5  # voyages of a page
_AREAS = 10
_LONG = 3_000  # characters of a description: a message holds 6,000 in all

METRICS: dict[Metric, tuple[str, str]] = {
    Metric.GOLD_PER_HOUR: ("Credits per hour", "credits/h"),
    Metric.TOTAL_GOLD: ("Credits in all", "credits"),
    Metric.DURATION: ("Duration", "min"),
    Metric.RUNS: ("Runs", ""),
    Metric.KILLS: ("Kills", ""),
    Metric.FLEES: ("Flees", ""),
    Metric.DEATHS: ("Deaths", ""),
}


def history_embed(records: Sequence[VoyageRecord], page: int, total: int, advice: Advice) -> discord.Embed:
    """Show one page of voyages, newest first; the first page carries what the history suggests."""
    embed = discord.Embed(title="Voyages of this channel", colour=presenter.COLOUR_CALM)
    for record in records:
        embed.add_field(name=_heading(record), value=_facts(record), inline=False)
    if page == 0 and (said := advice_lines(advice)):
        embed.add_field(name="What it suggests", value=said, inline=False)
    pages = max(1, -(-total // PAGE))
    return embed.set_footer(text=f"Page {page + 1} of {pages} · {text.count(total, 'voyage')}")


def voyage_embed(record: VoyageRecord) -> discord.Embed:
    """Show one voyage in full."""
    embed = discord.Embed(title=_heading(record), description=_facts(record), colour=presenter.COLOUR_CALM)
    areas = [f"{_name(a.area)} · {value(a.gold)} in {runtime(a.time * 60)}" for a in record.areas_farmed]
    enemies = [f"{count} × {_thing(enemy)}" for enemy, count in record.enemy_breakdown.items()]
    supplies = [f"{amount:g} × {_thing(supply)}" for supply, amount in record.supplies_used.items()]
    for name, lines in (("Areas", areas), ("Enemies destroyed", enemies), ("Supplies used", supplies)):
        if lines:
            embed.add_field(name=name, value=_lines(lines), inline=False)
    return embed


def best_embed(areas: BestAreas) -> discord.Embed:
    """List the best areas, and those with too little data apart."""
    embed = discord.Embed(
        title="Best areas", description=_lines(_numbered(areas.ranked), _LONG), colour=presenter.COLOUR_CALM
    )
    if areas.too_little:
        lines = [f"{_name(a.area)} · {value(a.gold)} in {runtime(a.hours * 3600)}" for a in areas.too_little]
        embed.add_field(name="Too little data (under 10 minutes)", value=_lines(lines), inline=False)
    return embed


def dangerous_embed(areas: DangerousAreas) -> discord.Embed:
    """List where ships fled."""
    lines = [f"**{n}** {danger_line(area)}" for n, area in enumerate(areas.ranked, start=1)]
    embed = discord.Embed(
        title="Dangerous areas", description=_lines(lines, _LONG), colour=presenter.COLOUR_DANGER
    )
    if areas.without_area:
        embed.add_field(name="Somewhere unknown", value=_flees(areas.without_area), inline=False)
    return embed


def compared_embed(a: VoyageRecord, b: VoyageRecord, rows: Sequence[Compared]) -> discord.Embed:
    """Put two voyages side by side with deltas and each one's percentile in the channel's history."""
    embed = discord.Embed(title="Two voyages", colour=presenter.COLOUR_CALM)
    embed.description = f"**A** {_heading(a)}\n**B** {_heading(b)}"
    for row in rows:
        name, unit = METRICS[row.metric]
        delta = (
            NOTHING if row.delta is None else f"{_number(row.delta, '', sign=True)} {_trend_sign(row.delta)}"
        )
        said = (
            f"A {_number(row.a, unit)} · {_percentile(row.percentile_a)}\n"
            f"B {_number(row.b, unit)} · {_percentile(row.percentile_b)}\nΔ **{delta}**"
        )
        embed.add_field(name=name, value=said)
    return embed.set_footer(text="% = the share of this channel's voyages that it beats; equals count half")


def warning_embed(warning: RateWarning) -> discord.Embed:
    """Say that the newest voyages earn much less than those before."""
    said = (
        f"The last three voyages earned **{warning.ratio:.0%}** of what was usual before them, by value per "
        "hour. `/trend` shows how it went, `/areas` where the best hour is."
    )
    return discord.Embed(title="📉 Earnings have fallen", description=said, colour=presenter.COLOUR_DANGER)


def advice_lines(advice: Advice) -> str:
    """Put the suggestions into words, each with its numbers; empty where there is none."""
    lines = []
    if advice.best is not None:
        area = advice.best
        lines.append(
            f"⭐ Your best hour is in **{_name(area.area)}**: {rate(area.gold_per_hour)} "
            f"({value(area.gold)} in {runtime(area.hours * 3600)}, {text.count(area.voyages, 'voyage')})"
        )
    if advice.worst is not None:
        lines.append(f"💨 You flee most in **{_name(advice.worst.area)}**: {_danger_facts(advice.worst)}")
    return "\n".join(lines)


def trend_chart(metric: Metric, points: Sequence[TrendPoint]) -> Trend:
    """Make a trend's chart."""
    name, unit = METRICS[metric]
    return Trend(name, unit, tuple(Point(_day(point.session_id), point.value) for point in points))


def best_chart(areas: BestAreas) -> Ranking:
    """Make the best areas' chart."""
    bars = tuple(Bar(area.area, area.gold_per_hour or 0.0) for area in areas.ranked)
    return Ranking("Best areas", "credits/h", bars)


def dangerous_chart(areas: DangerousAreas) -> Ranking:
    """Make the dangerous areas' chart."""
    return Ranking("Where ships fled", "", tuple(Bar(a.area, a.flees) for a in areas.ranked), warns=True)


def danger_line(area: AreaDanger) -> str:
    """Say how often ships fled in an area."""
    return f"{_name(area.area)} · {_danger_facts(area)}"


def _danger_facts(area: AreaDanger) -> str:
    time = f" in {runtime(area.hours * 3600)}" if area.hours else ""
    return f"{_flees(area.flees)}{time}"


def _numbered(areas: Sequence[AreaRate]) -> list[str]:
    return [
        f"**{n}** {_name(a.area)} · **{rate(a.gold_per_hour)}** · "
        f"{value(a.gold)} in {runtime(a.hours * 3600)}"
        for n, a in enumerate(areas, start=1)
    ]


def _heading(record: VoyageRecord) -> str:
    ending = clean.for_discord(record.ending, 60)
    return f"{record.session_id}{' · ' + ending if ending else ''}"


def _facts(record: VoyageRecord) -> str:
    lines = [
        f"{value(record.total_gold)} in {text.count(record.runs, 'run')} · {rate(record.gold_per_hour)}",
        f"⏱️ {runtime(record.duration_minutes * 60)} · ⚔️ {text.count(record.kills, 'kill')} · "
        f"💨 {text.count(record.flee_events, 'flee')}" + (" · ☠️ ship lost" if record.deaths else ""),
    ]
    if record.notes:
        lines.append(f"📝 {clean.for_discord(record.notes, 200)}")
    return limits.shorten("\n".join(lines), limits.FIELD_VALUE)


def _number(amount: float | None, unit: str, *, sign: bool = False) -> str:
    if amount is None:
        return NOTHING
    shown = f"{amount:+,.0f}" if sign else f"{amount:,.0f}"
    if amount != round(amount) and abs(amount) < 100:
        shown = f"{amount:+,.1f}" if sign else f"{amount:,.1f}"
    return f"{shown} {unit}".strip().replace("-", "−")


def _trend_sign(delta: float) -> str:
    return "▲" if delta > 0 else "▼" if delta < 0 else "＝"


def _percentile(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.0f} %"


def _flees(count: float) -> str:
    shown = f"{count:.0f}" if count == round(count) else f"{count:.1f}"
    return f"{shown} {'flee' if count == 1 else 'flees'}"


def _day(name: str) -> str:
    """Give a voyage's day out of its name: 2027-01-15_08-00-00 is 15.01."""
    return f"{name[8:10]}.{name[5:7]}." if len(name) >= 10 else name


def _name(name: str) -> str:
    return clean.for_discord(name, 60) or NOTHING


def _thing(identity: str) -> str:
    """Write an engine's id as words: void_maw is "Void maw"; a name stays as it is."""
    words = identity.replace("_", " ")
    return _name(words.capitalize() if words.islower() else words)


def _lines(lines: Sequence[str], most: int = limits.FIELD_VALUE) -> str:
    shown = list(lines[:_AREAS])
    if len(lines) > _AREAS:
        shown.append(f"… and {len(lines) - _AREAS} more")
    return limits.shorten("\n".join(shown) or NOTHING, most)
