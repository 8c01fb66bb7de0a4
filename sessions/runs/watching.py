"""An engine whose accepted turns are observed by the run book, for engines that do not account themselves.

It passes everything on. What the book cannot do at once never fails a turn: the next one catches up.
"""

import logging

from engine_client.errors import EngineError
from engine_client.models import (
    Action,
    EngineStats,
    Inventory,
    Picture,
    PriceTable,
    SessionId,
    SessionSummary,
    Turn,
    TurnRef,
    TurnResult,
)
from engine_client.protocol import GameEngineClient
from sessions.runs.book import RunBook
from storage.errors import StorageError

log = logging.getLogger(__name__)


class WatchedEngine:
    """A GameEngineClient around another one. Its callers hold the session's lock while they start or act."""

    def __init__(self, engine: GameEngineClient, book: RunBook) -> None:
        self._engine = engine
        self._book = book

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        """Launch a voyage, and account its first turn."""
        return await self._observed(await self._engine.start(session_id, turn_id=turn_id, captain=captain))

    async def act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Apply an action, and account its turn."""
        return await self._observed(
            await self._engine.act(session_id, action, turn_id=turn_id, expected=expected, actor=actor)
        )

    async def _observed(self, result: TurnResult) -> TurnResult:
        try:
            await self._book.observe(result.turn)
        except (EngineError, StorageError) as error:
            turn = result.turn
            log.warning("turn not accounted yet session=%s turn=%d: %r", turn.session_id, turn.n, error)
        return result

    async def state(self, session_id: SessionId) -> Turn | None:
        """Give the newest turn."""
        return await self._engine.state(session_id)

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        """List accepted turns."""
        return await self._engine.turns(session_id, after=after, limit=limit)

    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture:
        """Give the picture of a turn."""
        return await self._engine.frame(session_id, ref)

    async def chart(self, session_id: SessionId) -> Picture:
        """Give the star map."""
        return await self._engine.chart(session_id)

    async def inventory(self, session_id: SessionId) -> Inventory:
        """Give what the ship carries."""
        return await self._engine.inventory(session_id)

    async def prices(self, session_id: SessionId) -> PriceTable:
        """Give the price table."""
        return await self._engine.prices(session_id)

    async def list_sessions(self) -> list[SessionSummary]:
        """List every session."""
        return await self._engine.list_sessions()

    async def stats(self) -> EngineStats:
        """Say what the engine holds."""
        return await self._engine.stats()

    async def remove(self, session_id: SessionId) -> None:
        """Forget a session."""
        await self._engine.remove(session_id)
