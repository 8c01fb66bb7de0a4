"""The composition root of the engine's own process: store, manager, painter, embedded engine.

`server.py` calls it and nobody else may import it: it is the one file of engine_client that knows `storage`.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from engine.content import Content, ContentFault, load_content
from engine.manager import SessionManager
from engine.pictures import Painter
from engine_client.closing import Leave, Step, leave_now, take_steps
from engine_client.embedded import EmbeddedEngineClient
from engine_client.protocol import GameEngineClient
from engine_client.server_settings import ServerSettings
from engine_client.telemetry.metrics import CommitMetrics, Metrics
from engine_client.telemetry.turns import timed
from storage.errors import StorageError
from storage.files import Files, open_files
from storage.store import Store, store_location

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
# Of a stop's ten seconds; the requests have had six.
SAVE_SECONDS, OWNERS_SECONDS, ENGINE_SECONDS, STORE_SECONDS = 1.2, 0.4, 0.6, 0.8
_MIB = 1024 * 1024


class EngineNotOpened(Exception):
    """The engine cannot start; the text is for the operator."""


@asynccontextmanager
async def open_engine(
    settings: ServerSettings, metrics: Metrics, *, leave: Leave = leave_now
) -> AsyncIterator[GameEngineClient]:
    """Open a measured engine on the settings' store; save and close at the end. Raises EngineNotOpened.

    What does not end in its time is cut off, and the process left: its threads may never come back.
    """
    try:
        await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
        own = [settings.content_dir] if settings.content_dir else []
        content = await asyncio.to_thread(load_content, own)
        files = open_files(settings.files_url, settings.data_dir, settings.files_copies_mib * _MIB)
        store = await Store.open(store_location(settings.database_url, settings.data_dir))
    except (ContentFault, StorageError, OSError) as error:
        raise EngineNotOpened(str(error)) from error
    cut: list[str] = []
    failure: Exception | None = None
    try:
        async with _engine(settings, store, files, content, metrics, cut) as engine:
            yield timed(engine, metrics)
    except Exception as error:
        failure = error
        raise
    finally:
        cut += await take_steps([Step("the store", STORE_SECONDS, store.close)])
        if cut:
            log.warning("stopped, without %s; every accepted turn is stored", " and ".join(cut))
            if failure is not None:  # the process ends here, before anybody else could say it
                log.error("the engine stopped on an error", exc_info=failure)
            leave(0 if failure is None else 1)


@asynccontextmanager
async def _engine(
    settings: ServerSettings,
    store: Store,
    files: Files,
    content: Content,
    metrics: Metrics,
    cut: list[str],
) -> AsyncIterator[GameEngineClient]:
    manager = SessionManager(
        store,
        content,
        clock=time.time,
        seeds=lambda: secrets.randbits(62),
        folder=settings.data_dir,
        idle_seconds=settings.session_idle_seconds,
        files=files,
    )
    painter = Painter(settings.picture_cache_mb * _MIB)
    engine = EmbeddedEngineClient(manager, painter, threads=settings.picture_threads)
    _measure(metrics, store, manager)
    sweeping = asyncio.create_task(_sweep(manager), name="sweep idle sessions")
    try:
        yield engine
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        cut += await take_steps(
            [
                Step("the saves", SAVE_SECONDS, lambda: _save(manager)),
                Step("giving up the sessions", OWNERS_SECONDS, lambda: _give_up(manager)),
                Step("the pictures", ENGINE_SECONDS, engine.close),
            ]
        )


def _measure(metrics: Metrics, store: Store, manager: SessionManager) -> None:
    store.database.observe_commits(CommitMetrics(metrics).committed)
    text = "Writes that wait for their transaction"
    metrics.gauge("commits_waiting", text, (), lambda: {(): float(store.database.unanswered)})
    metrics.gauge("sessions_loaded", "Sessions in memory", (), lambda: {(): float(manager.loaded)})


async def _save(manager: SessionManager) -> None:
    log.info("saves written count=%d", await manager.save_all_sessions())


async def _give_up(manager: SessionManager) -> None:
    log.info("sessions given up count=%d", await manager.release_sessions())


async def _sweep(manager: SessionManager) -> None:
    """Let idle sessions leave memory, once a minute. A failure is logged and the next minute tries again."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await manager.cleanup_old_sessions()
        except Exception:
            log.exception("idle sessions not swept")
