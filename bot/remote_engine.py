"""A game engine in another process (ENGINE_URL), as this house needs it.

An engine here writes runs and tape jobs in the turn's own transaction. One elsewhere may keep another
database, so they are written after each turn; all of it can be written twice and is then there once. What a
crash left out is done by the projections of `sessions.projections.elsewhere`.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from engine_client.models import Action, SessionId, Turn, TurnRef, TurnResult
from engine_client.protocol import GameEngineClient

log = logging.getLogger(__name__)

Promise = Callable[[str, int], Awaitable[object]]
Noted = Callable[[Turn], None]


def unnoted(_turn: Turn) -> None:
    """Tell nobody."""


def promising(engine: GameEngineClient, promise: Promise, noted: Noted = unnoted) -> GameEngineClient:
    """Have `promise(session_id, voyage)` called for every voyage that is seen to have ended.

    `noted` is called with each turn after which nothing is left to promise. What a promise raises is logged
    and never fails a turn.
    """
    return cast("GameEngineClient", _PromisingEngine(engine, promise, noted))


class _PromisingEngine:
    """The calls that can show the end of a voyage are looked at; all others are the engine's own."""

    def __init__(self, engine: GameEngineClient, promise: Promise, noted: Noted) -> None:
        self._engine = engine
        self._promise = promise
        self._noted = noted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        """Launch a voyage; the one before it has ended."""
        return await self._looked_at(await self._engine.start(session_id, turn_id=turn_id, captain=captain))

    async def act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Apply an action, which may end the voyage."""
        return await self._looked_at(
            await self._engine.act(session_id, action, turn_id=turn_id, expected=expected, actor=actor)
        )

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> TurnResult:
        """Begin a voyage from a save file; the one before it has ended."""
        return await self._looked_at(
            await self._engine.restore(session_id, save, turn_id=turn_id, actor=actor)
        )

    async def _looked_at(self, result: TurnResult) -> TurnResult:
        turn = result.turn
        ended = turn.voyage if turn.end is not None else turn.voyage - 1 if turn.n == 1 else 0
        if ended:
            try:
                await self._promise(turn.session_id, ended)
            except Exception:
                log.exception("ended voyage not noted session=%s voyage=%d", turn.session_id, ended)
                return result
        self._noted(turn)
        return result
