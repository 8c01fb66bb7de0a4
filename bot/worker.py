"""`python -m bot worker`: builds tapes and nothing else. No Discord here: bots post what is built.

Part of the composition root: store, files, an engine that only redraws, and the tapes are put together here.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

import msgspec
from prometheus_client import CollectorRegistry

from bot.operations.endpoints import CannotListen
from bot.operations.wiring import serving, worker_operations
from bot.running import DataFolderError, make_folder, prepare_process
from bot.services import MIB, TapeChoice, files_of, fresh_seed, tapes_of
from bot.settings import Settings
from engine.content import ContentFault, load_content
from engine.manager import SessionManager
from engine.pictures import Painter
from engine_client.closing import BUDGET_SECONDS, Step, leave_now, on_signals, take_steps
from engine_client.embedded import EmbeddedEngineClient
from engine_client.http import HttpEngineClient
from engine_client.telemetry.metrics import CommitMetrics, Metrics
from sessions.channel_settings import SettingsBook
from sessions.frames import FrameRegistry
from sessions.tapes.crew import Crew
from sessions.tapes.service import Tapes
from storage.errors import StorageError
from storage.files import Files
from storage.leases import fresh_owner
from storage.store import Store

log = logging.getLogger(__name__)

TIDY_SECONDS = 300.0
# Together with what a cut costs (engine_client.closing) less than LAST_RESORT_SECONDS.
TAPES, GIVE_BACK, THREADS, ENGINE, STORE = 6.0, 1.0, 0.8, 0.5, 0.7

_CANNOT_START = (DataFolderError, StorageError, ContentFault, CannotListen)


class Worker(msgspec.Struct, frozen=True):
    """What a worker works with."""

    store: Store
    files: Files
    tapes: Tapes
    metrics: Metrics
    owner: str  # this process's name in claims
    leave_engine: Callable[[], Awaitable[None]]


def run(settings: Settings) -> int:
    """Build tapes until a signal comes. Gives the exit code."""
    prepare_process(settings)
    if reason := cannot_work(settings):
        log.error("%s", reason)
        return 2
    try:
        make_folder(settings.data_dir)
        return asyncio.run(_run_until_signal(settings))
    except _CANNOT_START as error:
        log.error("%s", error)
    return 1


def cannot_work(settings: Settings) -> str:
    """Say why a worker is no use with these settings; empty when it is."""
    if not settings.database_url.startswith(("postgresql://", "postgres://")):
        return (
            "A worker needs a DATABASE_URL that begins with postgresql://. An SQLite file belongs to one "
            "process: there the bot builds its tapes itself (TAPE_THREADS)."
        )
    if not settings.tape_threads:
        return "TAPE_THREADS is 0, so this worker would build nothing. Set it to 1 or more for the worker."
    return ""


async def open_worker(settings: Settings, clock: Callable[[], float]) -> Worker:
    """Open the store and put the parts together. Raises StorageError, ContentFault."""
    files = await asyncio.to_thread(files_of, settings)
    store = await Store.open(settings.database_url)
    try:
        return await _build(settings, store, files, clock)
    except BaseException:
        await store.close()
        raise


async def _build(settings: Settings, store: Store, files: Files, clock: Callable[[], float]) -> Worker:
    metrics, owner = Metrics(CollectorRegistry()), fresh_owner()
    store.database.observe_commits(CommitMetrics(metrics).committed)
    engine = await _open_engine(settings, store, files, clock)

    async def upload_limit(session_id: str) -> int:
        board = await store.boards.get(session_id)
        return board.upload_limit if board and board.upload_limit else settings.upload_limit_mib * MIB

    channels = SettingsBook(store.channel_settings, shared=True)
    options = TapeChoice(channels, upload_limit, settings.tape_flipbook)
    frames = FrameRegistry(settings.data_dir, store.frames, files)
    tapes = tapes_of(settings, store, engine, frames, files, options, owner, clock)
    return Worker(store, files, tapes, metrics, owner, engine.close)


async def _open_engine(
    settings: Settings, store: Store, files: Files, clock: Callable[[], float]
) -> EmbeddedEngineClient | HttpEngineClient:
    """Open an engine that is only asked for turns and pictures; it takes no session."""
    if settings.engine_url:
        return HttpEngineClient(settings.engine_url, settings.engine_token.get_secret_value())
    manager = SessionManager(
        store,
        await asyncio.to_thread(load_content, [settings.content_dir] if settings.content_dir else []),
        clock=clock,
        seeds=fresh_seed,
        folder=settings.data_dir,
        files=files,
    )
    return EmbeddedEngineClient(
        manager, Painter(settings.picture_cache_mb * MIB), threads=settings.picture_threads
    )


async def _run_until_signal(settings: Settings) -> int:
    worker = await open_worker(settings, time.time)
    crew = Crew(worker.tapes, time.time, random.random)
    on_signals(crew.stop)
    if not settings.files_url:
        log.info("FILES_URL is empty: DATA_DIR must be the folder that the bots use")
    cut: list[str] = []
    tidying = asyncio.create_task(_tidy(worker.files), name="tidy copies")
    try:
        async with serving(settings, worker_operations(worker, time.time)):
            log.info("tapes are built here, %d at a time, owner=%s", worker.tapes.threads, worker.owner)
            await crew.work()
            log.info("stopping: a tape under work is finished, at most %.0f s", BUDGET_SECONDS)
    finally:
        crew.stop()
        tidying.cancel()
        cut += await take_steps(_steps(crew, worker))
    if cut:
        log.warning("stopped, without %s; the tapes are built elsewhere", " and ".join(cut))
        leave_now(0)  # a thread may be in the midst of a tape
    log.info("stopped; no tape is lost")
    return 0


async def _tidy(files: Files) -> None:
    """Let copies go now and then; a failure is logged and the next time tries again."""
    while True:
        try:
            await files.tidy(time.time())
        except OSError:
            log.exception("copies not tidied")
        await asyncio.sleep(TIDY_SECONDS)


def _steps(crew: Crew, worker: Worker) -> list[Step]:
    """Finish what can be finished, give back what cannot, and let everything go."""
    return [
        Step("the tapes under work", TAPES, crew.finish),
        Step("giving tapes back", GIVE_BACK, worker.tapes.give_back),
        Step("the tapes' threads", THREADS, worker.tapes.stop),
        Step("the engine", ENGINE, worker.leave_engine),
        Step("the store", STORE, worker.store.close),
    ]
