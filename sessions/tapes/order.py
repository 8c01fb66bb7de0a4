"""What is to be assembled, and how that can fail. No work is done here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_client.models import Picture, Turn
from sessions.tapes.models import Look, TapeOptions


class TooFewFrames(Exception):
    """Fewer than two of the voyage's frames could be read or drawn again."""


class TooLarge(Exception):
    """The tape passed its limit while it was written."""


@dataclass(frozen=True)
class Order:
    """One tape. `target` has no suffix.

    `read` gives a turn's picture, or None when it is lost; `between` its in-betweens. Both may block, and
    are called in decoder threads.
    """

    target: Path
    turns: Sequence[Turn]
    options: TapeOptions
    look: Look
    segments: Path
    read: Callable[[Turn], bytes | None]
    between: Callable[[Turn], Sequence[Picture]] = lambda turn: ()
    cards: bool = True
    progress: Callable[[float], None] = lambda share: None
