"""Makes a turn into what Discord shows: embed, file and button specs. Pure: no REST call, no state.

Every text of the engine is cleaned here once more, since an engine may live elsewhere.
"""

import io
from collections.abc import Sequence

import discord

from bot import clean, limits, text
from engine_client.models import Gauge, Picture, Turn
from sessions.channel_settings import ChannelSettings, Mode
from sessions.votes import Tally

COLOUR_CALM = discord.Colour(0x5865F2)
COLOUR_DANGER = discord.Colour(0xE67E22)
COLOUR_LOST = discord.Colour(0xED4245)
COLOUR_WON = discord.Colour(0xF1C40F)

_STORY = 1400
_MESSAGE = 200
_MESSAGES = 6
_LOW = 0.25  # a gauge below this share of its maximum is marked
_CELLS = 8


def board_embed(
    turn: Turn,
    settings: ChannelSettings,
    *,
    file_name: str,
    deadline: float | None = None,
    tally: Tally | None = None,
    resting: bool = False,
    tape: str = "",
) -> discord.Embed:
    """Make the board's embed: story, what happened, ship status, when the ship acts alone, the tape."""
    embed = discord.Embed(
        title=limits.shorten(clean.for_discord(turn.title, 200), limits.EMBED_TITLE),
        colour=colour(turn),
    )
    embed.set_author(name=clean.plain(f"{turn.ship} · Captain {turn.captain}", limits.AUTHOR_NAME))
    embed.add_field(name="Ship", value=status_line(turn.gauges), inline=False)
    if turn.end is None:
        embed.add_field(name="What now?", value=_choice_lines(turn, tally), inline=False)
    if clock := _clock_line(turn, settings, deadline, tally, resting):
        embed.add_field(name="Clock", value=clock, inline=False)
    place = clean.plain(f"{turn.place.region} · {turn.place.node}", 120)
    embed.set_footer(text=f"{place} · Voyage {turn.voyage} · Turn {turn.n}")
    room = min(limits.EMBED_DESCRIPTION, limits.EMBED_TOTAL - len(embed))
    embed.description = limits.shorten(f"{story(turn)}\n{tape}".rstrip(), room)
    return embed.set_image(url=f"attachment://{file_name}")


def status_embed(turn: Turn) -> discord.Embed:
    """Make the embed of `/status`."""
    place = clean.for_discord(f"{turn.place.region} · {turn.place.node}", 200)
    embed = discord.Embed(title="Ship status", description=f"📍 {place}", colour=colour(turn))
    embed.add_field(name="Gauges", value=status_lines(turn.gauges), inline=False)
    said = turn.end.sentence if turn.end else f"Voyage {turn.voyage}, turn {turn.n}, under way."
    embed.add_field(name="Voyage", value=clean.for_discord(said, limits.FIELD_VALUE), inline=False)
    embed.set_author(name=clean.plain(f"{turn.ship} · Captain {turn.captain}", limits.AUTHOR_NAME))
    return embed


def status_lines(gauges: Sequence[Gauge]) -> str:
    """Draw gauges as one line each; a low one carries a warning sign, not only a colour."""
    return limits.shorten("\n".join(_gauge_line(gauge) for gauge in gauges) or "—", limits.FIELD_VALUE)


def status_line(gauges: Sequence[Gauge]) -> str:
    """Write gauges as one short paragraph: the board's picture has the bars."""
    return limits.shorten(" · ".join(_gauge_words(gauge) for gauge in gauges) or "—", limits.FIELD_VALUE)


def picture_file(turn: Turn, picture: Picture) -> discord.File:
    """Make the board's picture, under a name of its own: Discord caches pictures by name."""
    name = f"v{turn.voyage}-t{turn.n}{picture.suffix}"
    alt = limits.shorten(clean.plain(turn.picture_text, limits.ALT_TEXT), limits.ALT_TEXT)
    return discord.File(io.BytesIO(picture.data), filename=name, description=alt)


def story(turn: Turn) -> str:
    """Write what happened in a turn: who did what, the story, the messages, the end."""
    parts = [clean.for_discord(turn.story, _STORY, lines=True)]
    if turn.action:
        who = f"{clean.for_discord(turn.actor, 60)}: " if turn.actor else ""
        parts.insert(0, f"-# {who}{clean.for_discord(turn.action, 120)}")
    parts += [f"• {clean.for_discord(message, _MESSAGE)}" for message in turn.messages[:_MESSAGES]]
    if turn.end is not None:
        title = clean.for_discord(turn.end.title, 120)
        parts += ["", f"**{title}**", clean.for_discord(turn.end.sentence, 400)]
    return limits.shorten("\n".join(parts), limits.EMBED_DESCRIPTION)


def colour(turn: Turn) -> discord.Colour:
    """Pick the colour of a turn: calm, in danger, lost or won."""
    if turn.end is not None:
        return COLOUR_WON if turn.end.victory else COLOUR_LOST
    return COLOUR_DANGER if any(_is_low(gauge) for gauge in turn.gauges) else COLOUR_CALM


def _is_low(gauge: Gauge) -> bool:
    return gauge.vital and gauge.value < gauge.maximum * _LOW


def _gauge_words(gauge: Gauge) -> str:
    maximum = f"/{gauge.maximum}" if gauge.maximum else ""
    warning = " ⚠️ low" if _is_low(gauge) else ""
    words = f"{_label(gauge)} **{gauge.value:,}**{maximum}{warning}"
    return words.replace(" ", "\u00a0")  # a line breaks between gauges, not inside one


def _label(gauge: Gauge) -> str:
    return clean.for_discord(f"{gauge.emoji} {gauge.label}", 40)


def _gauge_line(gauge: Gauge) -> str:
    label = _label(gauge)
    if not gauge.maximum:
        return f"{label} **{gauge.value:,}**"
    filled = round(_CELLS * min(max(gauge.value / gauge.maximum, 0), 1))
    bar = "▰" * filled + "▱" * (_CELLS - filled)
    warning = " ⚠️ low" if _is_low(gauge) else ""
    return f"{bar} {label} **{gauge.value}**/{gauge.maximum}{warning}"


def _choice_lines(turn: Turn, tally: Tally | None) -> str:
    lines = []
    for number, choice in enumerate(turn.choices, start=1):
        hint = f" — {clean.for_discord(choice.hint, 110)}" if choice.hint else ""
        votes = tally.counts.get(choice.id, 0) if tally else 0
        counted = f" · 🗳️ {votes}" if votes else ""
        lines.append(f"**{number}** {clean.for_discord(choice.label, 70)}{hint}{counted}")
    return limits.shorten("\n".join(lines) or "—", limits.FIELD_VALUE)


def _clock_line(
    turn: Turn, settings: ChannelSettings, deadline: float | None, tally: Tally | None, resting: bool
) -> str:
    if turn.end is not None or not settings.countdown:
        return ""
    if resting:
        return text.RESTING
    if deadline is None:
        return text.VOTE_OPEN if settings.mode is Mode.VOTE else ""
    voting = settings.mode is Mode.VOTE and (tally is None or tally.total or not settings.auto_advance)
    said = text.VOTE_ENDS if voting else text.COUNTDOWN_ENDS
    return said.format(when=f"<t:{round(deadline)}:R>")


def epitaph(turn: Turn) -> discord.Embed:
    """Make what is left on the board of a voyage that was given up."""
    title = clean.for_discord(turn.end.title if turn.end else turn.title, 200)
    said = clean.for_discord(turn.end.sentence if turn.end else "", 400)
    embed = discord.Embed(title=title, description=f"{said}\n{text.TAPE_COMES}", colour=colour(turn))
    embed.set_author(name=clean.plain(f"{turn.ship} · Captain {turn.captain}", limits.AUTHOR_NAME))
    return embed.set_footer(text=f"Voyage {turn.voyage} · {text.count(turn.n, 'turn')}")
