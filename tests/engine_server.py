"""A real server of an engine on loopback, inside a test's event loop, and ways to come between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from engine_client.protocol import GameEngineClient
from engine_client.serving.app import build_app
from engine_client.serving.doors import Limits
from engine_client.serving.running import EngineServer, listen

TOKEN = "correct-horse"


@asynccontextmanager
async def served(
    engine: GameEngineClient, *, token: str = TOKEN, limits: Limits | None = None, port: int = 0
) -> AsyncIterator[str]:
    """Serve an engine until the block ends; give its URL."""
    listener = listen("127.0.0.1", port, token)
    server = EngineServer(build_app(engine, token=token, limits=limits))
    serving = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop()
        await serving


class Proxy:
    """A TCP proxy. `cut` decides per connection, by its number from 0, after how many bytes of the answer it
    is cut; None lets it live, -1 cuts as soon as the request has come."""

    def __init__(self, port: int, cut: Callable[[int], int | None]) -> None:
        self._port = port
        self._cut = cut
        self.connections = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        allowed = self._cut(self.connections)
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
            forth = asyncio.create_task(_pump(reader, far_writer))
            await _pump(far_reader, writer, allowed)
            forth.cancel()
            far_writer.close()
        finally:
            writer.transport.abort()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, allowed: int | None = None
) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(4096):
            if allowed is not None:
                data = data[: max(0, allowed)]
                allowed -= len(data)
            writer.write(data)
            await writer.drain()
            if allowed is not None and allowed <= 0:
                return


@asynccontextmanager
async def proxied(url: str, cut: Callable[[int], int | None]) -> AsyncIterator[tuple[str, Proxy]]:
    """Put a proxy before a server; give its URL."""
    proxy = Proxy(int(url.rpartition(":")[2]), cut)
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", proxy
