"""A bot with nothing but the tracker in simcord's Discord, and a feed server on loopback."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
from aiohttp import web
from discord.ext import commands
from prometheus_client import CollectorRegistry
from simcord.env import Env

from bot.cogs.track import TrackCog
from bot.operations.watch import InteractionWatch
from bot.stopping import Underway
from bot.tracker.budget import ChannelBudgets
from bot.tracker.wiring import build_delivery, feed_infos
from engine_client.feeds.catalog import Catalog
from engine_client.feeds.spec import parse_feed
from engine_client.session_lists import HttpSessionLists
from engine_client.telemetry.metrics import Metrics
from sessions.tracker.service import Tracker
from storage.store import Store
from storage.tracker import TrackerStore

INTERVAL = 60

_FEED = """
title = "League"
url = "http://127.0.0.1:{port}/"
interval = {interval}
items = "@"
[fields]
id = "id"
name = "name"
players = "players"
max = "max"
names = "names"
state = "state"
"""


class FeedServer:
    """Answers with `rows` and counts how often it was asked."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.requests = 0
        self.port = 0

    async def _answer(self, _request: web.Request) -> web.Response:
        self.requests += 1
        return web.json_response(self.rows)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FeedServer"]:
        """Serve on any free port of loopback."""
        app = web.Application()
        app.router.add_get("/", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    def catalog(self) -> Catalog:
        """Give the one feed that this server answers."""
        return Catalog(parse_feed(_FEED.format(port=self.port, interval=INTERVAL), "league"))


def game(number: int, players: int = 2) -> dict[str, Any]:
    """Make one row."""
    return {
        "id": f"g{number}",
        "name": f"Game {number}",
        "players": players,
        "max": 8,
        "names": [f"player {number}.{n}" for n in range(players)],
        "state": "ingame",
    }


class TrackerBot(commands.Bot):
    """The tracker's bot."""

    def __init__(self, folder: Path, catalog: Catalog, now: Callable[[], float]) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned, intents=discord.Intents(guilds=True), help_command=None
        )
        self.underway = Underway()
        self.watch = InteractionWatch(Metrics(CollectorRegistry()))
        self._folder = folder
        self._catalog = catalog
        self._now = now

    async def setup_hook(self) -> None:
        """Put the tracker together as the real bot does."""
        self.store = await Store.open(self._folder / "tracker.sqlite3")
        self.lists = HttpSessionLists(self._catalog, self._now)
        self.tracker = Tracker(
            TrackerStore(self.store.database),
            self.store.leases,
            self.lists,
            feed_infos(self._catalog),
            owner="benchmark",
            clock=self._now,
            chance=random.Random(1),
        )
        budgets = ChannelBudgets(self._now)
        delivery = build_delivery(self, self.tracker, budgets, clock=self._now, chance=random.Random(1))
        await self.add_cog(TrackCog(self.tracker, delivery))

    async def close(self) -> None:
        """Stop everything."""
        for name in list(self.cogs):
            await self.remove_cog(name)
        await self.lists.close()
        await self.store.close()
        await super().close()


@asynccontextmanager
async def tracked(
    folder: Path, feed: FeedServer, channels: int
) -> AsyncIterator[tuple[Env, TrackerBot, list[int]]]:
    """Run the bot with one subscription in each of some channels; give the channels' ids too."""
    started: list[Env] = []
    bot = TrackerBot(folder, feed.catalog(), lambda: started[0].now().timestamp())
    env = Env(bot, settle_timeout=60.0)
    started.append(env)
    await env.start()
    with env.time_context():
        guild = env.create_guild("Benchmark")
        ids = [guild.create_text_channel(f"c{number}").id for number in range(channels)]
        for number, channel_id in enumerate(ids):
            # Servers of 20 channels each: a server has a limit of subscriptions.
            await bot.tracker.book.add(
                guild_id=1 + number // 20, channel_id=channel_id, feed="league", created_by=1
            )
        try:
            yield env, bot, ids
        finally:
            await bot.close()
            await env.shutdown()
