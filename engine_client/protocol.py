"""GameEngineClient: the one protocol of a game engine.

Every method about one session takes `session_id` first and has no default. `start` and `act` are idempotent
by `turn_id`: the same id gives the stored turn again, with `repeated` true, and changes nothing.
"""

from typing import Protocol

from engine_client.models import (
    Action,
    EngineStats,
    Inventory,
    Picture,
    PriceTable,
    SessionId,
    SessionSummary,
    ShipSheet,
    Turn,
    TurnRef,
    TurnResult,
)


class GameEngineClient(Protocol):
    """A game engine, wherever it runs."""

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        """Launch a new voyage and give its first turn. Raises VoyageUnderWay."""
        ...

    async def state(self, session_id: SessionId) -> Turn | None:
        """Give the newest turn, or None where no voyage was ever launched."""
        ...

    async def act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Apply one action to the turn `expected` and give the next one.

        Raises UnknownSession, VoyageOver, StaleTurn, UnknownChoice, ActionRefused, EngineAway.
        """
        ...

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        """List accepted turns after one, oldest first, across voyages. TurnRef(0, 0) means from the first."""
        ...

    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture:
        """Give the picture of one turn, 640 × 360. Raises UnknownSession when there is no such turn."""
        ...

    async def chart(self, session_id: SessionId) -> Picture:
        """Give the star map as the players know it. Raises UnknownSession."""
        ...

    async def between(self, session_id: SessionId, ref: TurnRef) -> list[Picture]:
        """Give the drawn pictures that lead from the turn before to this one; none where nothing moves.

        Raises UnknownSession when there is no such turn.
        """
        ...

    async def ship(self, session_id: SessionId) -> ShipSheet:
        """Give the ship's effective stats and where each comes from. Raises UnknownSession."""
        ...

    async def save(self, session_id: SessionId) -> bytes:
        """Give the newest voyage as a save file. Raises UnknownSession."""
        ...

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> TurnResult:
        """Begin a new voyage from a save file and give its first turn; idempotent by turn id.

        A voyage under way ends first. Raises ActionRefused for a damaged, foreign or impossible save, whose
        sentence says why; then nothing has changed.
        """
        ...

    async def inventory(self, session_id: SessionId) -> Inventory:
        """Give what the ship carries. Raises UnknownSession."""
        ...

    async def prices(self, session_id: SessionId) -> PriceTable:
        """Give the one price table that values this session's items. Raises UnknownSession."""
        ...

    async def list_sessions(self) -> list[SessionSummary]:
        """List every session, newest change first."""
        ...

    async def stats(self) -> EngineStats:
        """Say what the engine holds."""
        ...

    async def remove(self, session_id: SessionId) -> None:
        """Forget a session and its journal. Unknown sessions are no error."""
        ...
