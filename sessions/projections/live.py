"""The live path's side: an engine whose accepted turns are told to the projector. It passes everything on."""

from collections.abc import Callable
from typing import Any, cast

from engine_client.models import Action, SessionId, Turn, TurnRef, TurnResult
from engine_client.protocol import GameEngineClient

Accepted = Callable[[Turn], None]


def followed(engine: GameEngineClient, accepted: Accepted) -> GameEngineClient:
    """Have `accepted` called, at once, with each turn that an engine acknowledges."""
    return cast("GameEngineClient", _FollowedEngine(engine, accepted))


class _FollowedEngine:
    """The calls that make turns are told; all others are the engine's own."""

    def __init__(self, engine: GameEngineClient, accepted: Accepted) -> None:
        self._engine = engine
        self._accepted = accepted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        """Launch a voyage, and tell its first turn."""
        return self._told(await self._engine.start(session_id, turn_id=turn_id, captain=captain))

    async def act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Apply an action, and tell its turn."""
        return self._told(
            await self._engine.act(session_id, action, turn_id=turn_id, expected=expected, actor=actor)
        )

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> TurnResult:
        """Begin a voyage from a save file, and tell its first turn."""
        return self._told(await self._engine.restore(session_id, save, turn_id=turn_id, actor=actor))

    def _told(self, result: TurnResult) -> TurnResult:
        self._accepted(result.turn)
        return result
