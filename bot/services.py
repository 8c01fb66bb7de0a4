"""Builds everything below the Discord layer from the settings, and takes it down in order.

Part of the composition root: the only files that build concrete engines and stores are this one and app.py.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from prometheus_client import CollectorRegistry

from bot.projecting import live_apart, projector_apart, projector_here
from bot.settings import Settings
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
from sessions.countdown import Countdowns
from sessions.frames import FrameRegistry
from sessions.locks import SessionLocks
from sessions.play import Play
from sessions.projections.frames import FRAMES
from sessions.projections.live import followed
from sessions.projections.projector import Projector
from sessions.runs.accountant import Accountant
from sessions.runs.book import RunBook
from sessions.tapes.models import TapeOptions
from sessions.tapes.service import Tapes
from sessions.tapes.shelf import Keep
from sessions.votes import VoteBook
from storage.store import Store, store_location

log = logging.getLogger(__name__)

MIB = 1024 * 1024


class Services(msgspec.Struct, frozen=True):
    """What the bot works with. Only `close` knows what they are made of."""

    store: Store
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

    async def tidy(self) -> None:
        """Write the readable saves that are behind, and let go the sessions that nobody touched for long."""
        if self.manager is not None:
            await self.manager.save_all_sessions()
            await self.manager.cleanup_old_sessions()

    async def close(self) -> None:
        """Finish what was accepted, write the readable saves, and let the store go."""
        await self.play.settle()
        await self.tapes.stop()
        await self.projector.flush()
        if self.manager is not None:
            await self.manager.save_all_sessions()
        await self.leave_engine()
        await self.store.close()


def fresh_seed() -> int:
    """Give a voyage's seed that nobody can guess, 0 to 2**62 - 1."""
    return secrets.randbits(62)


class Parts(msgspec.Struct, frozen=True):
    """What a caller may choose: where time and seeds come from, who draws, and what follows an end.

    `upload_limit` gives a session's largest upload in bytes.
    """

    clock: Callable[[], float]
    on_end: Callable[[Turn], Awaitable[None]]
    upload_limit: Callable[[str], Awaitable[int]]
    seeds: Callable[[], int] = fresh_seed
    painter: Painter | None = None
    metrics: Metrics = msgspec.field(default_factory=lambda: Metrics(CollectorRegistry()))


async def open_services(settings: Settings, parts: Parts) -> Services:
    """Open the store and build the services. Raises StorageError, ContentFault."""
    await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
    store = await Store.open(store_location(settings.database_url, settings.data_dir))
    try:
        return await _build(settings, parts, store)
    except BaseException:
        await store.close()
        raise


async def _open_engine(
    settings: Settings, parts: Parts, store: Store
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
    )
    painter = parts.painter or Painter(settings.picture_cache_mb * MIB)
    return EmbeddedEngineClient(manager, painter, threads=settings.picture_threads), manager


async def _build(settings: Settings, parts: Parts, store: Store) -> Services:
    store.database.observe_commits(CommitMetrics(parts.metrics).committed)
    locks = SessionLocks()
    frames = FrameRegistry(settings.data_dir, store.frames)
    boards = BoardBook(store.boards)
    if settings.engine_url:
        manager = None
        transport = HttpEngineClient(settings.engine_url, settings.engine_token.get_secret_value())
        runs = RunBook(transport, store.runs, locks, parts.clock, accounted=False)
        projector = projector_apart(transport, store, frames, boards, runs, locks, parts.clock)
        engine = live_apart(timed(transport, parts.metrics), projector, store, runs, parts.clock)
    else:
        transport, manager = await _open_engine(settings, parts, store)
        runs = RunBook(transport, store.runs, locks, parts.clock, accounted=True)
        projector = projector_here(transport, store, frames, boards, parts.clock)
        engine = followed(timed(transport, parts.metrics), projector.accepted)
    channels = SettingsBook(store.channel_settings)
    tapes = Tapes(
        settings.data_dir,
        store,
        engine,
        frames,
        options_of=_TapeChoice(channels, parts.upload_limit, settings.tape_flipbook).of,
        between=lambda turn: engine.between(SessionId(turn.session_id), turn.ref),
        clock=parts.clock,
        threads=settings.tape_threads,
        keep=Keep(settings.tapes_kept, settings.tapes_kept_mib * MIB),
    )
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
    )


class _TapeChoice:
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
