"""Projectors put together: for an engine beside this store, and for one elsewhere."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from engine_client.models import Picture, SessionId, SessionSummary, Turn, TurnRef
from sessions.boards import BoardBook
from sessions.frames import FrameRegistry
from sessions.locks import SessionLocks
from sessions.projections.boards import BOARDS, BoardProjection
from sessions.projections.cursors import CursorsApart, CursorsHere
from sessions.projections.elsewhere import RUNS, RunProjection, TapeProjection
from sessions.projections.frames import FrameProjection
from sessions.projections.projector import Projector
from sessions.projections.sweeps import SWEEPS
from sessions.runs.book import RunBook
from storage.following import FollowStore
from storage.store import Store


class Engine(Protocol):
    """The part of GameEngineClient that projections need."""

    async def state(self, session_id: SessionId) -> Turn | None: ...
    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]: ...
    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture: ...
    async def list_sessions(self) -> list[SessionSummary]: ...


def projector_here(
    engine: Engine, store: Store, frames: FrameRegistry, boards: BoardBook, clock: Callable[[], float]
) -> Projector:
    """Follow an engine whose journal is in this store, and which writes runs and tape jobs with each turn."""
    cursors = CursorsHere(store.cursors, FollowStore(store.database))
    projections = (FrameProjection(engine, frames), BoardProjection(boards))
    projector = Projector(engine, cursors, projections, sweeps=SWEEPS, clock=clock)
    boards.listen(partial(projector.done, BOARDS))
    return projector


def projector_apart(
    engine: Engine,
    store: Store,
    frames: FrameRegistry,
    boards: BoardBook,
    runs: RunBook,
    locks: SessionLocks,
    promise: Callable[[str, int], Awaitable[object]],
    clock: Callable[[], float],
) -> Projector:
    """Follow an engine elsewhere: runs and promises of tapes are projections as well."""
    cursors = CursorsApart(store.cursors, FollowStore(store.database), engine)
    projections = (
        RunProjection(engine, runs, locks),
        TapeProjection(promise, boards),
        FrameProjection(engine, frames),
        BoardProjection(boards),
    )
    follows = dict.fromkeys(SWEEPS, RUNS)
    projector = Projector(engine, cursors, projections, sweeps=SWEEPS, follows=follows, clock=clock)
    boards.listen(partial(projector.done, BOARDS))
    return projector
