"""Builds everything below the Discord layer from the settings, and takes it down in order.

Part of the composition root: the only files that build concrete engines and stores are this one and app.py.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

import msgspec
from dotenv import dotenv_values
from prometheus_client import CollectorRegistry

from bot.fleet import CLEANUP, Fleet, lease_names
from bot.projecting import live_apart
from bot.settings import Settings
from bot.shards import Shards
from engine.content import load_content
from engine.manager import SessionManager
from engine.pictures import Painter
from engine_client.embedded import EmbeddedEngineClient
from engine_client.http import HttpEngineClient
from engine_client.models import SessionId, Turn
from engine_client.protocol import GameEngineClient
from engine_client.telemetry.metrics import CommitMetrics, Metrics
from engine_client.telemetry.turns import timed
from sessions.boards import BoardBook
from sessions.channel_settings import SettingsBook
from sessions.cleanup import Cleanup
from sessions.countdown import Countdowns
from sessions.frames import FrameRegistry
from sessions.holding import Holding
from sessions.locks import SessionLocks
from sessions.play import Play
from sessions.projections.building import projector_apart, projector_here
from sessions.projections.frames import FRAMES
from sessions.projections.live import followed
from sessions.projections.projector import Projector
from sessions.runs.accountant import Accountant
from sessions.runs.book import RunBook
from sessions.tapes.models import TapeOptions
from sessions.tapes.service import TAPE_JOB, Tapes
from sessions.tapes.shelf import Keep
from sessions.votes import VoteBook
from storage.cleanup import CleanupStore
from storage.files import Files, open_files
from storage.leases import fresh_owner
from storage.store import Store, store_location

log = logging.getLogger(__name__)

MIB = 1024 * 1024
ALONE = Shards(1, frozenset({0}))


class Stored(Protocol):
    """What every process of the fleet has, a bot or a worker."""

    @property
    def store(self) -> Store: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def owner(self) -> str: ...


class Services(msgspec.Struct, frozen=True):
    """What the bot works with. Only `close` knows what they are made of."""

    store: Store
    files: Files
    manager: SessionManager | None  # None where the engine runs elsewhere
    engine: GameEngineClient
    play: Play
    tapes: Tapes
    boards: BoardBook
    channels: SettingsBook
    votes: VoteBook
    countdowns: Countdowns
    runs: RunBook
    projector: Projector
    metrics: Metrics
    leave_engine: Callable[[], Awaitable[None]]
    owner: str  # this process's name in leases and claims
    fleet: Fleet
    cleanup: Cleanup

    async def tidy(self) -> None:
        """Write the readable saves that are behind; let go the sessions and copies that rested."""
        if self.manager is not None:
            await self.manager.save_all_sessions()
            await self.manager.cleanup_old_sessions()
        await self.files.tidy(time.time())  # by the clock of the file system

    async def save(self) -> None:
        """Write cursors and readable saves that are behind."""
        await self.projector.flush()
        if self.manager is not None:
            await self.manager.save_all_sessions()

    async def release(self) -> None:
        """Give up the leases and, on a shared database, the sessions that this process holds."""
        await self.fleet.holding.close()
        if self.manager is not None:
            await self.manager.release_sessions()

    async def close(self) -> None:
        """Finish what was accepted, write the readable saves, and let the store go, however long it takes.

        A bot is stopped in steps of bounded length instead: bot/stopping.py.
        """
        await self.play.settle()
        await self.tapes.stop()
        await self.save()
        await self.release()
        await self.leave_engine()
        await self.store.close()


def fresh_seed() -> int:
    """Give a voyage's seed that nobody can guess, 0 to 2**62 - 1."""
    return secrets.randbits(62)


class Parts(msgspec.Struct, frozen=True):
    """What a caller may choose: where time and seeds come from, who draws, and what follows an end.

    `upload_limit` gives a session's largest upload in bytes; `shards` are those of this process.
    """

    clock: Callable[[], float]
    on_end: Callable[[Turn], Awaitable[None]]
    upload_limit: Callable[[str], Awaitable[int]]
    seeds: Callable[[], int] = fresh_seed
    painter: Painter | None = None
    metrics: Metrics = msgspec.field(default_factory=lambda: Metrics(CollectorRegistry()))
    shards: Shards = ALONE


async def open_services(settings: Settings, parts: Parts) -> Services:
    """Open the store and build the services. Raises StorageError, ContentFault."""
    await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
    files = await asyncio.to_thread(files_of, settings)
    store = await Store.open(store_location(settings.database_url, settings.data_dir))
    try:
        if not store.database.shared:
            await store.leases.free_all()  # nobody else has the file: whoever held one is dead
        return await _build(settings, parts, store, files)
    except BaseException:
        await store.close()
        raise


def files_of(settings: Settings) -> Files:
    """Give the files of the settings; AWS_* may stand in `.env` too. Blocks. Raises StorageError."""
    known = {**dotenv_values(".env"), **os.environ}
    most = settings.files_copies_mib * MIB
    return open_files(settings.files_url, settings.data_dir, most, environment=known)


async def _open_engine(
    settings: Settings, parts: Parts, store: Store, files: Files, owner: str
) -> tuple[EmbeddedEngineClient, SessionManager]:
    """Build the engine of this process, which accounts runs in its own transactions."""
    manager = SessionManager(
        store,
        await asyncio.to_thread(load_content, [settings.content_dir] if settings.content_dir else []),
        clock=parts.clock,
        seeds=parts.seeds,
        folder=settings.data_dir,
        idle_seconds=settings.session_idle_seconds,
        accountant=Accountant(),
        files=files,
        owner=owner,
    )
    painter = parts.painter or Painter(settings.picture_cache_mb * MIB)
    return EmbeddedEngineClient(manager, painter, threads=settings.picture_threads), manager


async def _build(settings: Settings, parts: Parts, store: Store, files: Files) -> Services:
    store.database.observe_commits(CommitMetrics(parts.metrics).committed)
    locks = SessionLocks()
    frames = FrameRegistry(settings.data_dir, store.frames, files)
    boards = BoardBook(store.boards, shared=store.database.shared)
    owner = fresh_owner()
    names, patient = lease_names(parts.shards), frozenset({CLEANUP})
    holding = Holding(
        store.leases, names, owner=owner, clock=parts.clock, steady=_steady_seconds, patient=patient
    )
    fleet = Fleet(parts.shards, holding, boards.guild_of)
    if settings.engine_url:
        manager = None
        transport = HttpEngineClient(settings.engine_url, settings.engine_token.get_secret_value())
        runs = RunBook(transport, store.runs, locks, parts.clock, accounted=False)
        promise = _promise_tape(store, parts.clock)
        projector = projector_apart(transport, store, frames, boards, runs, locks, promise, parts.clock)
        engine = live_apart(timed(transport, parts.metrics), projector, runs, promise)
    else:
        transport, manager = await _open_engine(settings, parts, store, files, owner)
        runs = RunBook(transport, store.runs, locks, parts.clock, accounted=True)
        projector = projector_here(transport, store, frames, boards, parts.clock)
        engine = followed(timed(transport, parts.metrics), projector.accepted)
    channels = SettingsBook(store.channel_settings, shared=store.database.shared)
    options = TapeChoice(channels, parts.upload_limit, settings.tape_flipbook)
    tapes = tapes_of(settings, store, engine, frames, files, options, owner, parts.clock)
    votes = VoteBook(store.votes)
    play = Play(
        engine,
        locks,
        frames,
        on_end=parts.on_end,
        resume_since=None if settings.resume_mode else parts.clock(),
        kept=partial(projector.done, FRAMES),
    )
    return Services(
        store=store,
        files=files,
        manager=manager,
        engine=engine,
        play=play,
        tapes=tapes,
        boards=boards,
        channels=channels,
        votes=votes,
        countdowns=Countdowns(channels, votes, parts.clock),
        runs=runs,
        projector=projector,
        metrics=parts.metrics,
        leave_engine=transport.close,
        owner=owner,
        fleet=fleet,
        cleanup=Cleanup(holding, CLEANUP, CleanupStore(store.database), tapes, parts.clock),
    )


def tapes_of(
    settings: Settings,
    store: Store,
    engine: GameEngineClient,
    frames: FrameRegistry,
    files: Files,
    options: TapeChoice,
    owner: str,
    clock: Callable[[], float],
) -> Tapes:
    """Build the tapes of a bot or a worker."""
    return Tapes(
        settings.data_dir,
        store,
        engine,
        frames,
        options_of=options.of,
        between=lambda turn: engine.between(SessionId(turn.session_id), turn.ref),
        clock=clock,
        owner=owner,
        threads=settings.tape_threads,
        keep=Keep(settings.tapes_kept, settings.tapes_kept_mib * MIB),
        files=files,
    )


def _steady_seconds() -> float:
    return time.monotonic()  # looked up each time: a test's world has a clock of its own


class TapeChoice:
    """What a channel has chosen for its tapes, with what its server lets us upload."""

    def __init__(
        self, channels: SettingsBook, upload_limit: Callable[[str], Awaitable[int]], flipbook: bool
    ) -> None:
        self._channels = channels
        self._upload_limit = upload_limit
        self._flipbook = flipbook

    async def of(self, session_id: str) -> TapeOptions:
        chosen = await self._channels.of(session_id)
        limit = await self._upload_limit(session_id)
        flipbook = self._flipbook if chosen.flipbook is None else chosen.flipbook
        return TapeOptions(chosen.tape_format, chosen.vhs, flipbook, limit)


def _promise_tape(store: Store, clock: Callable[[], float]) -> Callable[[str, int], Awaitable[object]]:
    """Queue a voyage's tape, once, for an engine that cannot do it in the turn's own transaction."""
    return lambda session_id, voyage: store.jobs.add(TAPE_JOB, session_id, voyage, clock())
