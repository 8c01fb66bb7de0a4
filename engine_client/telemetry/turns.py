"""An engine whose turns are timed. It passes everything on and changes nothing.

The time is the engine's alone: rules, commit and, for one elsewhere, the way there. It also tells the log
which turn was accepted.
"""

import logging
import time
from collections.abc import Awaitable
from typing import Any, cast

from engine_client import errors
from engine_client.models import Action, SessionId, TurnRef, TurnResult
from engine_client.protocol import GameEngineClient
from engine_client.telemetry.context import reached
from engine_client.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

_REFUSALS = (
    (errors.StaleTurn, "stale"),
    (errors.VoyageOver, "stale"),
    (errors.EngineAway, "away"),
    (errors.EngineError, "refused"),
)
OUTCOMES = ("accepted", "repeated", "stale", "refused", "away", "failed")


def timed(engine: GameEngineClient, metrics: Metrics) -> GameEngineClient:
    """Have the calls that make turns counted by outcome."""
    return cast("GameEngineClient", _TimedEngine(engine, metrics))


class _TimedEngine:
    """The calls that make turns are timed; all others are the engine's own."""

    def __init__(self, engine: GameEngineClient, metrics: Metrics) -> None:
        self._engine = engine
        text = "The engine's part of a turn: rules and commit, and the way there where it is elsewhere"
        seconds = metrics.histogram("engine_turn_seconds", text, ("outcome",))
        self._seconds = {outcome: seconds.labels(outcome) for outcome in OUTCOMES}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        """Launch a voyage."""
        return await self._time(turn_id, self._engine.start(session_id, turn_id=turn_id, captain=captain))

    async def act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Apply an action."""
        return await self._time(
            turn_id, self._engine.act(session_id, action, turn_id=turn_id, expected=expected, actor=actor)
        )

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> TurnResult:
        """Begin a voyage from a save file."""
        return await self._time(turn_id, self._engine.restore(session_id, save, turn_id=turn_id, actor=actor))

    async def _time(self, turn_id: str, call: Awaitable[TurnResult]) -> TurnResult:
        began, outcome = time.perf_counter(), "failed"
        try:
            result = await call
            outcome = "repeated" if result.repeated else "accepted"
            reached(result.turn.session_id, result.turn.voyage, result.turn.n)
            return result
        except errors.EngineError as error:
            outcome = next(name for kind, name in _REFUSALS if isinstance(error, kind))
            raise
        finally:
            seconds = time.perf_counter() - began
            self._seconds[outcome].observe(seconds)
            log.debug("turn %s turn_id=%s ms=%.1f", outcome, turn_id, seconds * 1000)
