"""Every turn of a voyage under way has its frame: what is missing or damaged is drawn again from the journal.

A voyage that is over needs none: its tape draws what it lacks by itself, and then lets all of them go.
"""

import logging
from typing import Protocol

from engine_client.errors import UnknownSession
from engine_client.models import Picture, SessionId, Turn, TurnRef
from sessions.frames import FrameRegistry
from sessions.projections.track import Place

log = logging.getLogger(__name__)

FRAMES = "frames"


class Drawing(Protocol):
    """The part of GameEngineClient that is needed."""

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]: ...
    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture: ...


class FrameProjection:
    """Keeps frames. `left_out` counts the pictures that the engine could not give."""

    name = FRAMES
    newest_only = False

    def __init__(self, engine: Drawing, frames: FrameRegistry) -> None:
        self._engine = engine
        self._frames = frames
        self.left_out = 0

    def since(self, newest: Turn, reached: Place) -> TurnRef:
        """Begin with the voyage under way."""
        return TurnRef(newest.voyage, 0) if newest.end is None else newest.ref

    async def apply(self, turn: Turn) -> None:
        """Keep the turn's frame, unless it is there and whole. Raises EngineAway, OSError."""
        if await self._frames.whole(turn.session_id, turn.voyage, turn.n):
            return
        session_id = SessionId(turn.session_id)
        try:
            picture = await self._engine.frame(session_id, turn.ref)
        except UnknownSession as error:
            self.left_out += 1
            log.warning(
                "frame left out session=%s voyage=%d turn=%d: %s", session_id, turn.voyage, turn.n, error
            )
            return
        since = (turn, *await self._engine.turns(session_id, after=turn.ref))
        if all(later.voyage == turn.voyage and later.end is None for later in since):
            await self._frames.record(session_id, turn, picture)
