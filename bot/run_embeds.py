"""Embeds of runs and of a voyage's account. Pure: no REST call, no state."""

import discord

from bot import clean, limits, presenter, text
from bot.run_notice import NOTHING, rate, runtime, value
from sessions.runs.accounting import top_drops
from sessions.runs.book import Begun, Progress
from sessions.runs.models import Brief, Drop, OpenRun, Run
from sessions.runs.reports import after

_TOP = 3


def begun_embed(begun: Begun) -> discord.Embed:
    """Say that a run was begun, and what became of the one before."""
    place = _name(begun.run.spot.node)
    said = f"Counting starts now, at **{place}**. `/run finish` ends it, and so does leaving."
    if begun.abandoned is not None:
        lost = begun.abandoned
        said += f"\n-# The run under way at {_name(lost.spot.node)} was abandoned: it counts for nothing."
    return _embed("Run begun", said)


def finished_embed(run: Run) -> discord.Embed:
    """Say what a run brought, and how that compares with the average before it."""
    now = after(run)
    said = (
        f"**{_name(run.spot.node)}** in {runtime(run.seconds)}: **{value(run.value)}**\n"
        f"{rate(run.value_per_hour)}, the average before was {rate(run.before.value_per_hour)}.\n"
        f"The voyage so far: {text.count(now.maps_completed, 'run')}, {value(now.total_value)}, "
        f"{rate(now.value_per_hour)}."
    )
    embed = _embed("Run counted", said)
    embed.add_field(name="Top drops", value=drop_lines(top_drops(run.drops)), inline=False)
    losses = tuple(drop for drop in run.drops if drop.value < 0)[-_TOP:]
    if losses:
        embed.add_field(name="Losses", value=drop_lines(losses), inline=False)
    if run.unpriced:
        embed.add_field(name="Without a price, counted as 0", value=drop_lines(run.unpriced), inline=False)
    return embed


def paused_embed(run: OpenRun, seconds: float) -> discord.Embed:
    """Say that a run's clock was stopped, or goes on."""
    if run.paused_at is not None:
        said = f"The clock stands at {runtime(seconds)}. `/run pause` again lets it go on."
        return _embed("Run paused", said)
    return _embed("Run goes on", f"{runtime(seconds)} so far at **{_name(run.spot.node)}**.")


def abandoned_embed(run: Run) -> discord.Embed:
    """Say that a run was given up."""
    said = (
        f"The run at **{_name(run.spot.node)}** counts for nothing. The next one begins at the next arrival."
    )
    return _embed("Run abandoned", said)


def progress_embed(progress: Progress) -> discord.Embed:
    """Show what a voyage's runs add up to, and the run under way."""
    account, snapshot = progress.account, progress.account.snapshot
    state = "under way" if account.ended_at is None else "over"
    said = (
        f"**{text.count(snapshot.maps_completed, 'run')}** counted, {account.abandoned} abandoned\n"
        f"**{value(snapshot.total_value)}** in {runtime(snapshot.runtime_seconds)}: "
        f"**{rate(snapshot.value_per_hour)}**\n"
        f"-# {rate(account.wall_rate(progress.now))} by the clock on the wall, pauses included"
    )
    embed = _embed(f"Voyage {account.voyage}, {state}", said)
    if progress.open is not None:
        embed.add_field(name="Run under way", value=_under_way(progress.open, progress.now), inline=False)
    embed.add_field(name="Last run", value=_brief(account.last))
    embed.add_field(name="Best run", value=_brief(account.best))
    embed.add_field(name="Top drops", value=drop_lines(top_drops(account.drops.values())), inline=False)
    return embed


def drop_lines(drops: tuple[Drop, ...]) -> str:
    """List drops, one per line, at most ten."""
    lines = [
        f"{drop.quantity:+} {_name(drop.name)}" + (f" · {value(drop.value)}" if drop.value else "")
        for drop in drops[:10]
    ]
    if len(drops) > 10:
        lines.append(f"… and {len(drops) - 10} more")
    return limits.shorten("\n".join(lines) or NOTHING, limits.FIELD_VALUE)


def _under_way(run: OpenRun, now: float) -> str:
    paused = " · paused" if run.paused_at is not None else ""
    return f"{_name(run.spot.node)}, {_name(run.spot.region)} · {runtime(run.seconds_at(now))}{paused}"


def _brief(brief: Brief | None) -> str:
    if brief is None:
        return NOTHING
    brought = f"{value(brief.value)} in {runtime(brief.seconds)}"
    return f"{_name(brief.node)} · {brought} · {rate(brief.value_per_hour)}"


def _name(name: str) -> str:
    return clean.for_discord(name, 80) or NOTHING


def _embed(title: str, said: str) -> discord.Embed:
    return discord.Embed(title=title, description=said, colour=presenter.COLOUR_CALM)
