"""The engines that the contract holds for. Another transport or database is one more entry in ENGINES."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from engine.content import Content, load_content
from engine.manager import SessionManager
from engine.pictures.painter import Painter
from engine_client.embedded import EmbeddedEngineClient
from engine_client.http import HttpEngineClient
from engine_client.protocol import GameEngineClient
from storage.store import Store
from tests.engine_server import TOKEN, served


class Yard:
    """What an engine is built from, and what is taken down after the test."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path, content: Content) -> None:
        self.request = request
        self.folder = folder
        self.content = content
        self.closing = AsyncExitStack()
        self._seeds = itertools.count(21)
        self._times = itertools.count(1_000_000)

    async def store(self, database: str) -> Store:
        """Open an empty store of a kind: sqlite or postgres."""
        if database == "postgres":
            location = await self.request.getfixturevalue("postgres").create()
        else:
            location = str(self.folder / "store.sqlite3")
        store = await Store.open(location)
        self.closing.push_async_callback(store.close)
        return store

    async def embedded(self, database: str) -> EmbeddedEngineClient:
        """Build the engine of this process on an empty store."""
        manager = SessionManager(
            await self.store(database),
            self.content,
            clock=lambda: float(next(self._times)),
            seeds=self._seeds.__next__,
            folder=self.folder,
        )
        client = EmbeddedEngineClient(manager, Painter(), threads=1)
        self.closing.push_async_callback(client.close)
        return client

    async def http(self, database: str) -> HttpEngineClient:
        """Build the engine behind a server on loopback, and the transport to it."""
        url = await self.closing.enter_async_context(served(await self.embedded(database), token=TOKEN))
        client = HttpEngineClient(url, TOKEN)
        self.closing.push_async_callback(client.close)
        return client


Build = Callable[[Yard], Awaitable[GameEngineClient]]

ENGINES: dict[str, Build] = {
    "embedded-sqlite": lambda yard: yard.embedded("sqlite"),
    "embedded-postgres": lambda yard: yard.embedded("postgres"),
    "http-sqlite": lambda yard: yard.http("sqlite"),
    "http-postgres": lambda yard: yard.http("postgres"),
}


@pytest.fixture(scope="session")
def content() -> Content:
    """Give the game's own content."""
    return load_content()


@pytest.fixture(params=list(ENGINES))
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path, content: Content
) -> AsyncIterator[GameEngineClient]:
    """Give an empty engine of each kind."""
    yard = Yard(request, tmp_path, content)
    async with yard.closing:
        yield await ENGINES[request.param](yard)
