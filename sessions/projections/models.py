"""What the projector works with: the two kinds of projection, and its view of the store and of the engine."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from engine_client.models import SessionId, Turn, TurnRef
from sessions.projections.track import Place


class Projection(Protocol):
    """Follows each session's journal, turn by turn. `apply` may be called again for the same turn.

    With `newest_only` only the newest turn is applied: it stands for all before it.
    """

    name: str
    newest_only: bool

    def since(self, newest: Turn, reached: Place) -> TurnRef:
        """Say after which turn it matters at all, by a session's newest turn and the stored cursor."""
        ...

    async def apply(self, turn: Turn) -> None:
        """Do what follows from a turn, once however often it is asked. Raises EngineError, OSError."""
        ...


class Journal(Protocol):
    """The part of GameEngineClient that the projector needs: it reads, and loads no session into memory."""

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]: ...


class Cursors(Protocol):
    """Where the cursors are kept. A cursor never goes back."""

    async def positions(self, session_ids: Sequence[str]) -> dict[tuple[str, str], Place]:
        """Give the cursors of some sessions, by (projection, session)."""
        ...

    async def advance_many(self, moves: Iterable[tuple[str, str, int, int]]) -> int:
        """Move cursors on: (projection, session, voyage, n)."""
        ...

    async def lagging(self, names: Sequence[str]) -> list[tuple[str, Place]]:
        """List the sessions that one of these projections is behind in, with the newest turn's place."""
        ...

    async def clear(self, names: Sequence[str]) -> list[str]:
        """Forget the cursors of sessions that are gone or were begun anew, and name those sessions."""
        ...
