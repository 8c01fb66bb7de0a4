"""The loopback Discord: one backend, its REST API and gateway on a free port, and who lives in it.

It keeps Discord's wire, not its law: what a player may press is not checked here (simcord's own actors do
that, in the tests without processes), and nothing is rate limited.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

from aiohttp import web
from simcord._clock import Clock
from simcord.backend import Backend

from benchmarks.wire.gateway import Gateway
from benchmarks.wire.player import Player
from benchmarks.wire.rest import Rest

PATIENCE = 45.0  # seconds: a start or a turn on a machine that has other work to do
TOKEN = "loopback"

T = TypeVar("T")


class WallClock(Clock):
    """The time of this machine: simcord's own stands still until it is moved."""

    def now(self) -> datetime:
        """Give UTC."""
        return datetime.now(UTC)


class LoopbackDiscord:
    """A Discord on 127.0.0.1. Use `running_discord`."""

    def __init__(self) -> None:
        self.backend = Backend(clock=WallClock())
        self.gateway = Gateway(self.backend, TOKEN, self.changed)
        self.rest = Rest(self.backend, TOKEN, self.changed)
        self.backend.subscribers.append(self.gateway.feed)
        self.ended: list[str] = []
        self.tails: list[Callable[[], str]] = []  # each gives the end of a process's log
        self.port = 0
        self._pulse = asyncio.Event()

    def environment(self) -> dict[str, str]:
        """Give the settings that point a bot's process here. Its own token tells its sessions apart."""
        return {
            "DISCORD_API_URL": f"http://127.0.0.1:{self.port}",
            "DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{self.port}/gateway",
        }

    def changed(self) -> None:
        """Wake everybody who waits until something is so."""
        self._pulse.set()
        self._pulse = asyncio.Event()

    def process_ended(self, said: str) -> None:
        """Note that a process ended which nobody had ended: whoever waits for it need not wait longer."""
        self.ended.append(said)
        self.changed()

    async def until(self, look: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
        """Wait until a look gives something, and give that. Looks again after every call and connection.

        Raises TimeoutError that has `what` and the logs, RuntimeError when a process ended by itself.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := look()):
                    if self.ended:
                        raise RuntimeError(f"while waiting for {what}: {self.ended[0]}")
                    await self._pulse.wait()
                return found
        except TimeoutError:
            told = "\n".join(tail() for tail in self.tails)
            raise TimeoutError(f"{what}: not within {seconds:g} s\n{told}") from None

    def add_guild(self, name: str = "Harbour", *, shard: int = 0, shards: int = 1) -> int:
        """Make a server whose id belongs to a shard; give its id."""
        return self.backend.create_guild(name, shard_id=shard, shard_count=shards).id

    def add_channel(self, guild_id: int, name: str = "bridge") -> int:
        """Make a text channel; give its id."""
        return self.backend.create_channel(guild_id, name).id

    def add_player(self, guild_id: int, name: str = "ada") -> Player:
        """Make a user, a member of the server."""
        user = self.backend.make_user(name, global_name=name.title())
        self.backend.add_member(guild_id, user.id, announce=True)
        return Player(self.backend, self.until, guild_id, user.id)

    def forget(self) -> None:
        """Drop the record of past calls and the uploaded files, which a long run would fill memory with."""
        self.backend.transcript.clear()
        self.backend.http_requests.clear()
        self.backend.cdn._blobs.clear()


@asynccontextmanager
async def running_discord() -> AsyncIterator[LoopbackDiscord]:
    """Run a Discord until the block ends."""
    discord = LoopbackDiscord()
    app = web.Application(client_max_size=600 * 2**20)
    app.router.add_get("/gateway/", discord.gateway.handle)
    app.router.add_get("/gateway", discord.gateway.handle)
    app.router.add_route("*", "/api/v10/{path:.*}", discord.rest.handle)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    try:
        await site.start()
        discord.port = runner.addresses[0][1]
        yield discord
    finally:
        await discord.gateway.close()
        await runner.cleanup()
