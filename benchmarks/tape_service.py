"""The tape service over a real store, for benchmarks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tape_voyage import FilmedJournal
from engine_client.models import Picture
from sessions.frames import FrameRegistry
from sessions.tapes.journal import Between
from sessions.tapes.models import TapeOptions
from sessions.tapes.service import Tapes
from storage.store import Store


@dataclass(frozen=True)
class Service:
    """What a session leaves behind, without a game."""

    store: Store
    frames: FrameRegistry
    tapes: Tapes

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: Path, pictures: list[Picture], between: Between | None = None
    ) -> AsyncIterator["Service"]:
        """Open a store in a new folder, with sessions that flew these pictures."""
        await asyncio.to_thread(folder.mkdir, parents=True)
        store = await Store.open(folder / "store.sqlite3")
        frames = FrameRegistry(folder, store.frames)

        async def options_of(session_id: str) -> TapeOptions:
            return TapeOptions(flipbook=between is not None)

        tapes = Tapes(
            folder,
            store,
            FilmedJournal(pictures),
            frames,
            options_of=options_of,
            clock=lambda: 1.0,
            between=between,
        )
        try:
            yield cls(store, frames, tapes)
        finally:
            await tapes.stop()
            await store.close()
