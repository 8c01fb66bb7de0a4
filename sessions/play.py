"""The one path by which a channel's game moves: launch, choice, custom action, vote's end, restart.

Under the session's lock the engine accepts the turn (one transaction in its store); the lock is released
before anything slow. Everything after that, the frame and the tape included, follows from the journal and can
be made again. Never Discord.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec

from engine_client import errors
from engine_client.models import (
    Abandon,
    Action,
    Picture,
    SessionId,
    Turn,
    TurnRef,
    TurnResult,
)
from engine_client.protocol import GameEngineClient
from sessions.errors import (
    NothingHere,
    NothingToRestart,
    OldBoard,
    Stopping,
    VoyageClosed,
    VoyageEnded,
)
from sessions.frames import FrameRegistry
from sessions.locks import SessionLocks
from storage.errors import StorageError

log = logging.getLogger(__name__)

RESTART = "restart"
IDLE = "idle"


class Played(msgspec.Struct, frozen=True):
    """A turn to be shown. `repeated`: it had been accepted before. `ended` is a voyage that ended for it."""

    turn: Turn
    picture: Picture
    repeated: bool = False
    ended: Turn | None = None


class Play:
    """Moves games. `on_end` is called once the turn that ended a voyage is accepted and all its frames kept.

    `resume_since` is None to resume voyages; otherwise voyages whose newest turn is older than that moment
    (UTC seconds) are ended when their channel is next touched (RESUME_MODE=false). `kept` is told of every
    turn whose frame is kept.
    """

    def __init__(
        self,
        engine: GameEngineClient,
        locks: SessionLocks,
        frames: FrameRegistry,
        *,
        on_end: Callable[[Turn], Awaitable[None]],
        resume_since: float | None = None,
        kept: Callable[[Turn], None] | None = None,
    ) -> None:
        self._engine = engine
        self._locks = locks
        self._frames = frames
        self._on_end = on_end
        self._resume_since = resume_since
        self._kept = kept
        self._recording: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()
        self._stopping = False

    def close_doors(self) -> None:
        """Take no new turn from now on; those that were begun go on."""
        self._stopping = True

    def check_open(self) -> None:
        """Refuse what would begin something new while the bot stops. Raises Stopping."""
        if self._stopping:
            raise Stopping

    async def open(self, session_id: SessionId, *, turn_id: str, captain: str) -> Played:
        """Launch the session's voyage, or give the newest turn of the one under way. Raises Stopping."""
        self.check_open()
        async with self._locks.of(session_id):
            closed = await self._close_old_voyage(session_id)
            newest = await self._engine.state(session_id)
            if newest is not None and newest.end is None:
                return Played(newest, await self._engine.frame(session_id, newest.ref), repeated=True)
            result = await self._engine.start(session_id, turn_id=turn_id, captain=captain)
        if closed is not None:
            await self._film(session_id, closed)
        return await self._film(session_id, result.turn, repeated=result.repeated, ended=closed)

    async def current(self, session_id: SessionId) -> Turn:
        """Give the newest turn. Raises NothingHere."""
        newest = await self._engine.state(session_id)
        if newest is None:
            raise NothingHere
        return newest

    async def show(self, session_id: SessionId) -> Played:
        """Give the newest turn with its picture, changing nothing. Raises NothingHere."""
        newest = await self.current(session_id)
        return Played(newest, await self._engine.frame(session_id, newest.ref), repeated=True)

    async def take_turn(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> Played:
        """Apply one action to the turn that the player saw.

        Raises OldBoard, VoyageEnded, NothingHere, VoyageClosed, Stopping, and the engine's UnknownChoice,
        ActionRefused and EngineAway. On any of them nothing has changed.
        """
        self.check_open()
        async with self._locks.of(session_id):
            closed = await self._close_old_voyage(session_id)
            if closed is not None:
                await self._film(session_id, closed)
                raise VoyageClosed
            result = await self._act(session_id, action, turn_id=turn_id, expected=expected, actor=actor)
        return await self._film(session_id, result.turn, repeated=result.repeated)

    async def restart(
        self, session_id: SessionId, *, turn_id: str, expected: TurnRef, captain: str
    ) -> Played:
        """End the voyage under way (its tape is built) and launch the next one.

        A redelivered restart launches nothing twice. Raises OldBoard, NothingToRestart, NothingHere,
        Stopping.
        """
        self.check_open()
        async with self._locks.of(session_id):
            newest = await self._engine.state(session_id)
            if newest is None:
                raise NothingHere
            ended = None
            if newest.turn_id != turn_id:
                ended = await self._end_for_restart(session_id, newest, expected, turn_id, captain)
            result = await self._engine.start(session_id, turn_id=turn_id, captain=captain)
        if ended is not None:
            await self._film(session_id, ended)
        return await self._film(session_id, result.turn, repeated=result.repeated, ended=ended)

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> Played:
        """Begin a new voyage from a save file; one under way ends first, with its tape.

        Raises Stopping, and the engine's ActionRefused for a save that cannot be taken; then nothing has
        changed.
        """
        self.check_open()
        async with self._locks.of(session_id):
            before = await self._engine.state(session_id)
            result = await self._engine.restore(session_id, save, turn_id=turn_id, actor=actor)
            ended = await self._ended_by(session_id, before, result)
        if ended is not None:
            await self._film(session_id, ended)
        return await self._film(session_id, result.turn, repeated=result.repeated, ended=ended)

    @property
    def keeping(self) -> int:
        """Count the frames that are on their way to the disk."""
        return len(self._recording)

    async def settle(self) -> None:
        """Wait until every accepted turn's frame is kept, and what follows an end is done."""
        while self._recording or self._following:
            await asyncio.gather(*self._recording, *self._following, return_exceptions=True)

    async def settle_frames(self) -> None:
        """Wait until every accepted turn's frame is kept; for a clean stop, where tapes have no time left."""
        while self._recording:
            await asyncio.wait(self._recording)

    async def leave_ends(self) -> None:
        """Leave what follows an end to the next start: it is a job in the store."""
        for task in self._following:
            task.cancel()
        while self._following:
            await asyncio.wait(self._following)

    async def _end_for_restart(
        self, session_id: SessionId, newest: Turn, expected: TurnRef, turn_id: str, actor: str
    ) -> Turn | None:
        """End the voyage that the player confirmed to lose; None where that had been done before."""
        ending_id = f"{turn_id}-end"
        if newest.end is not None:
            if newest.turn_id == ending_id:
                return newest  # a crash came between the end and the launch: go on from there
            raise NothingToRestart
        if newest.voyage != expected.voyage:
            raise OldBoard(newest.n)
        result = await self._engine.act(
            session_id, Abandon(RESTART), turn_id=ending_id, expected=newest.ref, actor=actor
        )
        return result.turn

    async def _ended_by(self, session_id: SessionId, before: Turn | None, result: TurnResult) -> Turn | None:
        """Find the turn with which the engine ended the voyage under way, where it did."""
        if before is None or before.end is not None or result.repeated:
            return None
        turns = await self._engine.turns(session_id, after=before.ref, limit=1)
        return turns[0] if turns and turns[0].end is not None else None

    async def _act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Ask the engine, and say its refusals in this layer's words."""
        try:
            return await self._engine.act(session_id, action, turn_id=turn_id, expected=expected, actor=actor)
        except errors.StaleTurn as stale:
            if stale.newest.voyage != expected.voyage or stale.newest.end is not None:
                raise VoyageEnded from stale
            raise OldBoard(stale.newest.n) from stale
        except errors.VoyageOver as over:
            raise VoyageEnded from over
        except errors.UnknownSession as unknown:
            raise NothingHere from unknown

    async def _close_old_voyage(self, session_id: SessionId) -> Turn | None:
        """End a voyage from before this start where the bot was told not to resume. Gives its last turn."""
        if self._resume_since is None:
            return None
        newest = await self._engine.state(session_id)
        if newest is None or newest.end is not None or newest.at >= self._resume_since:
            return None
        ending_id = f"idle-{session_id}-{newest.voyage}"
        result = await self._engine.act(
            session_id, Abandon(IDLE), turn_id=ending_id, expected=newest.ref, actor=""
        )
        return result.turn

    async def _film(
        self, session_id: SessionId, turn: Turn, *, repeated: bool = False, ended: Turn | None = None
    ) -> Played:
        """Draw the turn's picture and keep it as a frame, without making the player wait for the disk."""
        picture = await self._engine.frame(session_id, turn.ref)
        task = asyncio.create_task(self._keep(session_id, turn, picture), name=f"keep frame {session_id}")
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)
        return Played(turn, picture, repeated=repeated, ended=ended)

    async def _keep(self, session_id: SessionId, turn: Turn, picture: Picture) -> None:
        try:
            await self._frames.record(session_id, turn, picture)
        except (OSError, StorageError):
            # The journal still has the turn: the projector draws the frame again, or else the tape does.
            log.exception("frame not kept session=%s voyage=%d turn=%d", session_id, turn.voyage, turn.n)
        else:
            if self._kept is not None:
                self._kept(turn)
        if turn.end is not None:
            follow = asyncio.create_task(self._follow(turn), name=f"follow end {session_id}")
            self._following.add(follow)
            follow.add_done_callback(self._following.discard)

    async def _follow(self, turn: Turn) -> None:
        await self._on_end(turn)
