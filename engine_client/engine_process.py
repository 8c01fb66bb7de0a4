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
from engine_client.embedded import EmbeddedEngineClient
from engine_client.protocol import GameEngineClient
from engine_client.server_settings import ServerSettings
from storage.errors import StorageError
from storage.store import Store, store_location

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
_MIB = 1024 * 1024


class EngineNotOpened(Exception):
    """The engine cannot start; the text is for the operator."""


@asynccontextmanager
async def open_engine(settings: ServerSettings) -> AsyncIterator[GameEngineClient]:
    """Open an engine on the settings' store; save and close at the end. Raises EngineNotOpened."""
    try:
        await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
        own = [settings.content_dir] if settings.content_dir else []
        content = await asyncio.to_thread(load_content, own)
        store = await Store.open(store_location(settings.database_url, settings.data_dir))
    except (ContentFault, StorageError, OSError) as error:
        raise EngineNotOpened(str(error)) from error
    try:
        async with _engine(settings, store, content) as engine:
            yield engine
    finally:
        await store.close()


@asynccontextmanager
async def _engine(
    settings: ServerSettings, store: Store, content: Content
) -> AsyncIterator[GameEngineClient]:
    manager = SessionManager(
        store,
        content,
        clock=time.time,
        seeds=lambda: secrets.randbits(62),
        folder=settings.data_dir,
        idle_seconds=settings.session_idle_seconds,
    )
    painter = Painter(settings.picture_cache_mb * _MIB)
    engine = EmbeddedEngineClient(manager, painter, threads=settings.picture_threads)
    sweeping = asyncio.create_task(_sweep(manager), name="sweep idle sessions")
    try:
        yield engine
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        log.info("saves written count=%d", await manager.save_all_sessions())
        await engine.close()


async def _sweep(manager: SessionManager) -> None:
    """Let idle sessions leave memory, once a minute. A failure is logged and the next minute tries again."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await manager.cleanup_old_sessions()
        except Exception:
            log.exception("idle sessions not swept")
