"""What a tape says: the cards' words from the voyage's turns, and the sentences around it. No drawing."""

from collections.abc import Sequence

from engine_client.models import Turn, VoyageEnd
from sessions.tapes.models import Story, Tape

TOO_FEW = "Not enough frames for a tape: a voyage needs at least two."
TOO_FEW_TURNS = "Not enough frames for a flipbook: the voyage needs at least two."
DISK_TROUBLE_NOW = "The clip could not be written: the disk is full or read-only."
TOO_LARGE = "Even at its smallest the tape would exceed the upload limit."
DISK_TROUBLE = "The tape could not be written: the disk is full or read-only. It will be tried again."
FILES_AWAY = "The place where tapes are kept cannot be reached. The tape is made as soon as it can."
FILES_AWAY_NOW = "The place where tapes are kept cannot be reached right now. Try again in a few minutes."
FILE_GONE = "That tape's file is gone."
GIVEN_UP = "No tape could be made of this voyage."
BROKEN = "The black box could not be read this time. It will be tried again."

_UNDER_WAY = VoyageEnd("", "Still flying", "")


def story_of(turns: Sequence[Turn]) -> Story:
    """Put the cards' words together from a voyage's turns, at least one."""
    last = turns[-1]
    end = last.end or _UNDER_WAY
    where = ", ".join(part for part in (last.place.node, last.place.region) if part)
    return Story(
        ship=last.ship,
        captain=last.captain,
        voyage=last.voyage,
        where=where,
        title=end.title,
        sentence=end.sentence,
        victory=end.victory,
        figures=_figures(turns),
    )


def sentence_of(tape: Tape) -> str:
    """Say what a tape holds, and what it had to leave out."""
    parts = [f"Voyage {tape.voyage}: {tape.frames} frames, {length(tape.seconds)}."]
    if tape.left_out:
        frames = "1 frame" if tape.left_out == 1 else f"{tape.left_out} frames"
        parts.append(f"{frames} could not be recovered.")
    return " ".join(parts)


def length(seconds: float) -> str:
    """Write a length as 1:05, as players do: a second counts when it is over."""
    minutes, rest = divmod(round(seconds * 1000) // 1000, 60)
    return f"{minutes}:{rest:02d}"


def _figures(turns: Sequence[Turn]) -> tuple[tuple[str, str], ...]:
    """List turns, time, places and the last gauges."""
    last = turns[-1]
    regions = len({turn.place.region_id for turn in turns})
    nodes = len({turn.place.node_id for turn in turns})
    figures = [
        ("Turns", str(last.n)),
        ("Under way", _span(last.at - turns[0].at)),
        ("Places seen", f"{nodes} in {regions} region{'s' if regions != 1 else ''}"),
    ]
    for gauge in last.gauges:
        value = f"{gauge.value} / {gauge.maximum}" if gauge.maximum else f"{gauge.value:,}"
        figures.append((gauge.label, value))
    return tuple(figures)


def _span(seconds: float) -> str:
    minutes = int(max(0.0, seconds)) // 60
    if minutes < 1:
        return f"{int(max(0.0, seconds))} s"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
