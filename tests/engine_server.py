"""A real server of an engine on loopback, inside a test's event loop, and ways to come between."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

from engine.content import load_content
from engine.manager import SessionManager
from engine.pictures.painter import Painter
from engine_client.embedded import EmbeddedEngineClient
from engine_client.models import Picture, Place, SessionId, Turn, TurnRef
from engine_client.protocol import GameEngineClient
from engine_client.serving.app import build_app
from engine_client.serving.doors import Limits
from engine_client.serving.running import EngineServer, listen
from storage.store import Store

TOKEN = "correct-horse"


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[EmbeddedEngineClient]:
    """Open the engine of this process on an empty SQLite store."""
    store = await Store.open(folder / "store.sqlite3")
    times, seeds = itertools.count(1_000_000), itertools.count(21)
    manager = SessionManager(
        store,
        load_content(),
        clock=lambda: float(next(times)),
        seeds=seeds.__next__,
        folder=folder,
    )
    engine = EmbeddedEngineClient(manager, Painter(), threads=1)
    try:
        yield engine
    finally:
        await engine.close()
        await store.close()


class ScriptedEngine:
    """An engine of another make: calls wait at the gate, and each of them can be awaited by `asked`."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Semaphore(0)
        self.calls = 0

    async def state(self, session_id: SessionId) -> Turn | None:
        """Give a turn, once the gate is open."""
        self.calls += 1
        self.asked.release()
        await self.gate.wait()
        if session_id == "broken":
            raise RuntimeError("a fault that nobody foresaw")
        return turn_of(session_id, 1, 1)

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        """Give turns of one voyage that has 2,500."""
        self.calls += 1
        return [turn_of(session_id, 1, n) for n in range(after.n + 1, min(after.n + limit, 2_500) + 1)]

    async def chart(self, session_id: SessionId) -> Picture:
        """Give a picture that is none, once the gate is open."""
        self.asked.release()
        await self.gate.wait()
        return Picture(session_id.encode(), "image/png", 3, 2)


def turn_of(session_id: str, voyage: int, n: int) -> Turn:
    """Make a turn with as little in it as there can be."""
    return Turn(
        session_id=session_id,
        voyage=voyage,
        n=n,
        turn_id=f"t{voyage}.{n}",
        at=float(n),
        actor="",
        action="",
        title="",
        story="",
        messages=(),
        choices=(),
        gauges=(),
        place=Place("", "", "", ""),
        captain="",
        ship="",
        picture_text="",
    )


@asynccontextmanager
async def served(
    engine: GameEngineClient | ScriptedEngine,
    *,
    token: str = TOKEN,
    limits: Limits | None = None,
    port: int = 0,
) -> AsyncIterator[str]:
    """Serve an engine until the block ends; give its URL."""
    listener = listen("127.0.0.1", port, token)
    server = EngineServer(build_app(cast(GameEngineClient, engine), token=token, limits=limits))
    serving = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        await serving


class Proxy:
    """A TCP proxy. `cut` says how many bytes of the answer the n-th connection (from 0) carries before it is
    cut; None lets it live, until `deaf` is set. The request always arrives whole."""

    def __init__(self, port: int, cut: Callable[[int], int | None]) -> None:
        self._port = port
        self._cut = cut
        self.connections = 0
        self.deaf = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        left = self._cut(self.connections)
        self.connections += 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        forth = asyncio.create_task(_pump(reader, far_writer))
        with suppress(ConnectionError):
            while (data := await far_reader.read(4096)) and not self.deaf:
                writer.write(data if left is None else data[:left])
                await writer.drain()
                left = None if left is None else left - len(data)
                if left is not None and left <= 0:
                    break
        forth.cancel()
        far_writer.close()
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def proxied(url: str, cut: Callable[[int], int | None]) -> AsyncIterator[tuple[str, Proxy]]:
    """Put a proxy before a server; give its URL."""
    proxy = Proxy(int(url.rpartition(":")[2]), cut)
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", proxy
