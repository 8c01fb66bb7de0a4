"""What can go wrong between the house and an engine.

EngineError
├── BadSessionId       not [A-Za-z0-9_-]{1,64}
├── UnknownSession     no voyage was ever launched there
├── VoyageOver         the voyage has ended; launch a new one
├── VoyageUnderWay     a launch where a voyage is under way
├── StaleTurn          the turn is not the newest one; carries the newest
├── UnknownChoice      the turn does not offer this choice
├── ActionRefused      understood or not, it costs nothing; `sentence` says why to the player
└── EngineAway         no answer from the engine; the game is safe
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine_client.models import Turn


class EngineError(Exception):
    """Base of every expected error of the protocol."""


class BadSessionId(EngineError):
    """The text is no session id."""


class UnknownSession(EngineError):
    """No voyage was ever launched in this session."""


class VoyageOver(EngineError):
    """The session's last voyage has ended."""


class VoyageUnderWay(EngineError):
    """The session's voyage has not ended."""


class StaleTurn(EngineError):
    """The action was meant for another turn than the newest, `newest`."""

    def __init__(self, newest: Turn) -> None:
        super().__init__(f"the newest turn is {newest.voyage}.{newest.n}")
        self.newest = newest


class UnknownChoice(EngineError):
    """The turn does not offer this choice."""


class ActionRefused(EngineError):
    """The rules refuse the action; nothing has changed. `sentence` is for the player."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class EngineAway(EngineError):
    """The engine did not answer in time; nothing is lost."""
