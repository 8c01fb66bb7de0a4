"""A small bot with nothing but the tracker, against simcord's Discord and a feed server on loopback."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
from aiohttp import web
from discord.ext import commands
from prometheus_client import CollectorRegistry
from simcord.builders import ChannelHandle
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
from tests.discord_limits import faults, message_payloads

INTERVAL = 10  # seconds between two questions; short, so that little virtual time has to pass

FEED = """
title = "Test League"
url = "http://127.0.0.1:{port}/list"
interval = {interval}
items = "sessions"
{extra}
[validity]
source_time = "made"

[fields]
id = "id"
name = "name"
mode = "mode"
map = "map"
players = "players"
max = "max"
names = "names"
host = "host"
state = "state"
mod = "mod"
mod_url = "mod_url"
"""


def game(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Make a row of the test feed."""
    row = {
        "id": f"g{number}",
        "name": f"Game {number}",
        "mode": "strategy",
        "map": "dunes",
        "players": 2,
        "max": 8,
        "names": ["Ada", f"Player {number}"],
        "host": "Ada",
        "state": "ingame",
        "mod": "Better Sand",
        "mod_url": "https://mods.example/7",
    }
    return row | changes


class FeedServer:
    """What the feed's server answers: `rows`, or `body` with `status` and `headers` when set."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.extra: dict[str, Any] = {}
        self.body: bytes | None = None
        self.status = 200
        self.headers: dict[str, str] = {}
        self.requests: list[web.Request] = []
        self.gate: asyncio.Event | None = None
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.requests.append(request)
        if self.gate is not None:
            await self.gate.wait()
        if self.body is not None or self.status != 200:
            return web.Response(body=self.body or b"", status=self.status, headers=self.headers)
        return web.json_response({"sessions": self.rows} | self.extra, headers=self.headers)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FeedServer"]:
        """Serve on any free port of loopback."""
        app = web.Application()
        app.router.add_get("/{rest:.*}", self.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()


class TrackerBot(commands.Bot):
    """A bot that only tracks."""

    def __init__(self, file: Path, catalog: Catalog, now: Callable[[], float], owner: str = "one") -> None:
        super().__init__(
            command_prefix=commands.when_mentioned, intents=discord.Intents(guilds=True), help_command=None
        )
        self.underway = Underway()
        self.watch = InteractionWatch(Metrics(CollectorRegistry()))
        self._file = file
        self.owner = owner
        self._catalog = catalog
        self.now = now
        self.budgets = ChannelBudgets(now)

    async def setup_hook(self) -> None:
        """Put the tracker together as the real bot does."""
        self.store = await Store.open(self._file)
        self.lists = HttpSessionLists(self._catalog, self.now)
        self.rows = TrackerStore(self.store.database)
        self.tracker = Tracker(
            self.rows,
            self.store.leases,
            self.lists,
            feed_infos(self._catalog),
            owner=self.owner,
            clock=self.now,
            chance=random.Random(7),
        )
        self.delivery = build_delivery(
            self, self.tracker, self.budgets, clock=self.now, chance=random.Random(7)
        )
        await self.add_cog(TrackCog(self.tracker, self.delivery))
        await self.tree.sync()

    async def close(self) -> None:
        """Stop everything."""
        for name in list(self.cogs):
            await self.remove_cog(name)
        await self.lists.close()
        await self.store.close()
        await super().close()


class World:
    """A server with an admin, a channel, and the bot in it."""

    def __init__(self, env: Env, feed: FeedServer, file: Path, catalog: Catalog) -> None:
        self.env = env
        self.feed = feed
        self.file = file
        self.catalog = catalog
        self.guild = env.create_guild("Tracker tests")
        self.channel = self.guild.create_text_channel("lobby")
        rights = discord.Permissions(manage_guild=True)
        self.role = self.guild.create_role("players", mentionable=True)
        boss = self.guild.create_role("boss", permissions=rights)
        self.admin = self.guild.add_member(env.create_user("olga"), roles=[boss])

    @property
    def bot(self) -> TrackerBot:
        """Give the running bot."""
        assert isinstance(self.env.bot, TrackerBot)
        return self.env.bot

    async def track(self, channel: ChannelHandle | None = None, **options: Any) -> str:
        """Say /track add; give the answer's text."""
        target = channel or self.channel
        options = {"feed": "league", "channel": target} | options
        result = await self.admin.slash(self.channel, "track add", **options)
        return said(result)

    async def polls(self, count: int = 1) -> None:
        """Let the feed be asked some times, and what follows happen; a minute passes when nobody asks."""
        for _ in range(count):
            asked = len(self.feed.requests)
            for _ in range(13):
                await self.env.advance_time(5)
                if len(self.feed.requests) > asked:
                    break
            await self.env.advance_time(3)

    async def advance(self, seconds: float) -> None:
        """Let time pass, in steps that simcord can settle."""
        while seconds > 0:
            await self.env.advance_time(min(seconds, 60))
            seconds -= 60

    def messages(self, channel: ChannelHandle | None = None) -> list[discord.Message]:
        """List the bot's messages in a channel, oldest first."""
        mine = self.bot.user.id if self.bot.user else 0
        history = (channel or self.channel).history()
        return sorted((one for one in history if one.author.id == mine), key=lambda one: one.id)

    def titles(self, channel: ChannelHandle | None = None) -> list[str | None]:
        """List the titles of the bot's messages."""
        return [one.embeds[0].title for one in self.messages(channel) if one.embeds]

    def calls(self, method: str, pattern: str = "/messages") -> list[Any]:
        """List the bot's REST calls about messages of channels."""
        return [
            one
            for one in self.env.http_requests
            if one.method == method and pattern in one.path and "/webhooks/" not in one.path
        ]

    async def restart(self) -> None:
        """Stop the bot and start a new one on the same store."""
        await self.bot.close()
        await self.env.restart_bot(TrackerBot(self.file, self.catalog, self.bot.now))

    async def crash(self) -> None:
        """Stop the bot without letting it finish anything, and start a new one on the same store."""
        old = self.bot
        old.tracker.poller.held = None  # so that it does not give its lease back: that runs out
        await old.close()
        await self.env.restart_bot(TrackerBot(self.file, self.catalog, old.now, old.owner + "+"))


class Wire:
    """Stands between the bot and Discord: honours nonces as Discord does, and can cut connections.

    simcord ignores nonces, so that a message sent twice would be there twice.
    """

    def __init__(self, bot: discord.Client, *, nonces: bool) -> None:
        self._request = bot.http.request
        self._nonces = nonces
        self._known: dict[str, Any] = {}
        self.cuts = 0
        bot.http.request = self.request  # type: ignore[method-assign]

    async def request(self, route: Any, **kwargs: Any) -> Any:
        """Pass a request on; while `cuts` are left, a message is created but its answer is lost."""
        creates = route.method == "POST" and route.path.endswith("/messages")
        if not creates:
            return await self._request(route, **kwargs)
        nonce = (kwargs.get("json") or {}).get("nonce")
        if self._nonces and nonce in self._known:
            return self._known[nonce]
        answer = self._known[nonce] = await self._request(route, **kwargs)
        if self.cuts:
            self.cuts -= 1
            raise aiohttp.ClientOSError("connection cut after the request was sent")
        return answer


def said(result: Any) -> str:
    """Give the text that an interaction was answered with."""
    return (result.response or result.followups[-1]).content


@asynccontextmanager
async def world(
    folder: Path, extra: str = "", *, interval: int = INTERVAL, **options: Any
) -> AsyncIterator[World]:
    """Run the tracker's bot; at the end every message that it sent is held against Discord's limits."""
    async with FeedServer().running() as feed:
        catalog = Catalog(parse_feed(FEED.format(port=feed.port, extra=extra, interval=interval), "league"))
        clock: list[Callable[[], float]] = []
        bot = TrackerBot(folder / "store.sqlite3", catalog, lambda: clock[0]())
        env = Env(bot, **({"settle_timeout": 30.0} | options))
        clock.append(lambda: env.now().timestamp())
        await env.start()
        with env.time_context():
            made = World(env, feed, folder / "store.sqlite3", catalog)
            try:
                yield made
                broken = [said for payload in message_payloads(env.http_requests) for said in faults(payload)]
                assert broken == [], "the bot sent messages that Discord would refuse"
                env.raise_errors()
            finally:
                await made.bot.close()
                await env.shutdown()
