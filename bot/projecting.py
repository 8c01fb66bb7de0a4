"""The projections put together for the composition root, and the timer that keeps them at it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from discord.ext import commands, tasks

from bot.remote_engine import promising
from sessions.projections.boards import BOARDS, BoardProjection
from sessions.projections.cursors import CursorsApart, CursorsHere
from sessions.projections.elsewhere import RUNS, TAPE_PROMISES, RunProjection, TapeProjection
from sessions.projections.frames import FrameProjection
from sessions.projections.live import followed
from sessions.projections.projector import Projector
from sessions.projections.sweeps import SWEEPS, Mine, everything
from sessions.runs.watching import watched
from sessions.tapes.service import TAPE_JOB
from storage.following import FollowStore

if TYPE_CHECKING:
    from engine_client.protocol import GameEngineClient
    from sessions.boards import BoardBook
    from sessions.frames import FrameRegistry
    from sessions.locks import SessionLocks
    from sessions.runs.book import RunBook
    from storage.store import Store

log = logging.getLogger(__name__)

ROUND_SECONDS = 3.0


def projector_here(
    engine: GameEngineClient,
    store: Store,
    frames: FrameRegistry,
    boards: BoardBook,
    clock: Callable[[], float],
    *,
    mine: Mine = everything,
) -> Projector:
    """Follow an engine whose journal is in this store, and which writes runs and tape jobs with each turn."""
    following = FollowStore(store.database)
    projections = (FrameProjection(engine, frames), BoardProjection(boards))
    cursors = CursorsHere(store.cursors, following)
    projector = Projector(engine, cursors, projections, sweeps=SWEEPS, clock=clock, mine=mine)
    boards.listen(partial(projector.done, BOARDS))
    return projector


def projector_apart(
    engine: GameEngineClient,
    store: Store,
    frames: FrameRegistry,
    boards: BoardBook,
    runs: RunBook,
    locks: SessionLocks,
    clock: Callable[[], float],
    *,
    mine: Mine = everything,
) -> Projector:
    """Follow an engine elsewhere: runs and promises of tapes are projections as well."""
    cursors = CursorsApart(store.cursors, FollowStore(store.database), engine)
    projections = (
        RunProjection(engine, runs, locks),
        TapeProjection(partial(promise_tape, store, clock), boards),
        FrameProjection(engine, frames),
        BoardProjection(boards),
    )
    projector = Projector(
        engine,
        cursors,
        projections,
        sweeps=SWEEPS,
        follows=dict.fromkeys(SWEEPS, RUNS),
        clock=clock,
        mine=mine,
    )
    boards.listen(partial(projector.done, BOARDS))
    return projector


def live_apart(
    engine: GameEngineClient, projector: Projector, store: Store, runs: RunBook, clock: Callable[[], float]
) -> GameEngineClient:
    """Give an engine elsewhere as the bot plays on it: its turns are told, accounted, its tapes promised."""
    told = followed(engine, projector.accepted)
    accounted = watched(told, runs, partial(projector.done, RUNS))
    return promising(accounted, partial(promise_tape, store, clock), partial(projector.done, TAPE_PROMISES))


async def promise_tape(store: Store, clock: Callable[[], float], session_id: str, voyage: int) -> None:
    """Queue a voyage's tape, once."""
    await store.jobs.add(TAPE_JOB, session_id, voyage, clock())


class ProjectingCog(commands.Cog, name="Projecting"):
    """Lets the projector work in the background. `held` gives the shards that are this process's."""

    def __init__(
        self,
        bot: commands.Bot | commands.AutoShardedBot,
        projector: Projector,
        held: Callable[[], Mapping[int, int]],
    ) -> None:
        self._bot = bot
        self._projector = projector
        self._shards = held
        self._held: Mapping[int, int] = {}
        self._failed = False

    async def cog_load(self) -> None:
        """Start the timer."""
        self.follow.start()

    async def cog_unload(self) -> None:
        """Stop the timer; the services write the last cursors when they close."""
        self.follow.cancel()

    @tasks.loop(seconds=ROUND_SECONDS)
    async def follow(self) -> None:
        """Do a round; a failure is logged once and the next round tries again."""
        held = dict(self._shards())
        if held != self._held:  # sessions have become ours, whose process may have died
            self._held = held
            self._projector.look_again()
        try:
            await self._projector.run_once()
        except Exception as error:
            if not self._failed:
                log.error("projections not followed", exc_info=error)
            self._failed = True
        else:
            self._failed = False

    @follow.before_loop
    async def _when_ready(self) -> None:
        await self._bot.wait_until_ready()
