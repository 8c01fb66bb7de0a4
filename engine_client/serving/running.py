"""Runs the server: listens where that is safe, until it is stopped; then finishes what was taken.

It builds no engine and reads no settings.
"""

import asyncio
import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from fastapi import FastAPI

from engine_client.closing import on_signals

BACKLOG = 2048
GRACE_SECONDS = 6  # for requests under way, when the server is stopped; saves and store have the rest of ten
KEEP_ALIVE_SECONDS = 75  # longer than the transport keeps a connection


class CannotListen(Exception):
    """The server may not, or cannot, listen there. The text is for the operator."""


class EngineServer(uvicorn.Server):
    """A uvicorn server that leaves signals to its caller, says when it is ready, and stops promptly."""

    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self.ready = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no more connections, finish the requests under way, and end."""
        self.should_exit = True
        self._stopping.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Keep the Date header fresh until the server is stopped."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1.0)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the caller has more to close than this server."""
        yield


def listen(host: str, port: int, token: str) -> socket.socket:
    """Open the listening socket; port 0 takes any free one. Raises CannotListen.

    Beyond loopback it refuses to listen without a token: whoever reaches the port can play and erase games.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CannotListen(f"{host} is no address of this machine: {error}") from error
    exposed = [address[0] for *_, address in found if not _is_loopback(str(address[0]))]
    if exposed and not token:
        raise CannotListen(
            f"ENGINE_TOKEN is empty, so this server listens on loopback only, not on {host}. "
            "Set a long random ENGINE_TOKEN here and in the bot."
        )
    family, _type, _protocol, _name, address = found[0]
    # With the protocol named, asyncio sets TCP_NODELAY on what is accepted; without, an answer that leaves
    # in two pieces waits 40 ms for the other side's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    return listener


async def serve_until_signal(server: EngineServer, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends the process at once."""
    on_signals(server.stop)
    await server.serve([listener])


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
