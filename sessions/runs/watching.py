"""An engine whose accepted turns are observed by the run book, for engines that do not account themselves.

It passes everything on. What the book cannot do at once never fails a turn: the projector or the next turn
catches up.
"""

import logging
from collections.abc import Callable
from typing import Any, cast

from engine_client.errors import EngineError
from engine_client.models import Action, SessionId, Turn, TurnRef, TurnResult
from engine_client.protocol import GameEngineClient
from sessions.runs.book import RunBook
from storage.errors import StorageError

log = logging.getLogger(__name__)


Noted = Callable[[Turn], None]


def unnoted(_turn: Turn) -> None:
    """Tell nobody."""


def watched(engine: GameEngineClient, book: RunBook, noted: Noted = unnoted) -> GameEngineClient:
    """Let a book observe an engine's turns. Whoever starts and acts holds the session's lock (Play does).

    `noted` is called with each turn that is accounted.
    """
    return cast("GameEngineClient", _WatchedEngine(engine, book, noted))


class _WatchedEngine:
    """The calls that make turns are observed; all others are the engine's own."""

    def __init__(self, engine: GameEngineClient, book: RunBook, noted: Noted) -> None:
        self._engine = engine
        self._book = book
        self._noted = noted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

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

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> TurnResult:
        """Begin a voyage from a save file, and account its first turn."""
        return await self._observed(
            await self._engine.restore(session_id, save, turn_id=turn_id, actor=actor)
        )

    async def _observed(self, result: TurnResult) -> TurnResult:
        try:
            await self._book.observe(result.turn)
        except (EngineError, StorageError) as error:
            turn = result.turn
            log.warning("turn not accounted yet session=%s turn=%d: %r", turn.session_id, turn.n, error)
        else:
            self._noted(result.turn)
        return result
