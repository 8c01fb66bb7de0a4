"""The composition root: the only place that builds concrete classes and knows all of them.

Everything the bot needs to start is in `setup_hook`, so that simcord's bot and a real one start alike.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands
from prometheus_client import CollectorRegistry

from bot import discord_io, errors, text
from bot.cogs.clock import ClockCog
from bot.cogs.play import PlayCog
from bot.cogs.settings import SettingsCog
from bot.cogs.ship import ShipCog
from bot.cogs.tape import TapeCog
from bot.delivery import TapeDelivery
from bot.helm import Helm
from bot.keeper import BoardKeeper
from bot.ledger import add_ledger
from bot.operations.discord_metrics import DiscordMetrics
from bot.operations.watch import InteractionWatch
from bot.operations.wiring import bot_operations, serving
from bot.resume import Resume
from bot.services import MIB, Parts, Services, fresh_seed, open_services
from bot.settings import CommandSync, Settings
from bot.shards import Shards
from bot.shelf import TapeShelf
from bot.stopping import CleanStop, Underway
from bot.tape_news import TapeNews
from bot.tracker.budget import ChannelBudgets
from bot.tracking import add_tracking
from bot.views.board import BoardButton, ChoiceButton
from bot.views.tapes import TapeButton, TapeMenu
from engine.pictures import Painter
from engine_client.closing import BUDGET_SECONDS, Step, take_steps
from engine_client.models import Turn
from engine_client.telemetry.metrics import Metrics
from engine_client.telemetry.shown import Operations

log = logging.getLogger(__name__)

_SYNCED = "commands.sha256"


class DeadReckoning(commands.AutoShardedBot):
    """The bot, with one shard or more. `helm` carries out clicks; it exists once `setup_hook` has run."""

    helm: Helm
    operations: Operations
    shards_held: Shards
    shelf: TapeShelf
    services: Services

    def __init__(
        self,
        settings: Settings,
        *,
        seeds: Callable[[], int] = fresh_seed,
        painter: Painter | None = None,
    ) -> None:
        self._budgets = ChannelBudgets(_utc_seconds)
        self._metrics = Metrics(CollectorRegistry())
        self._discord_metrics = DiscordMetrics(self._metrics)
        self._serving = AsyncExitStack()
        self.watch = InteractionWatch(self._metrics)
        self.underway = Underway()
        self.cut: list[str] = []  # what a stop did not get done in its time
        self._closing: asyncio.Future[None] | None = None
        self.shards_held = Shards.parse(settings.shard_count or 1, settings.shard_ids)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord_io.NO_PINGS,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            max_messages=None,
            http_trace=self._discord_metrics.trace_into(self._budgets.trace()),
            shard_count=self.shards_held.count,
            shard_ids=sorted(self.shards_held.ids),
        )
        self._asks_shards = False
        self.settings = settings
        self._seeds = seeds
        self._painter = painter
        self.tree.on_error = self._on_command_error

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Log in and stay connected, with as many shards as Discord advises where none are set."""
        self._asks_shards = self.settings.shard_count is None
        await super().start(token, reconnect=reconnect)

    @property
    def set_up(self) -> bool:
        """Say whether everything is built, so that there is something to stop in order."""
        return hasattr(self, "_lists")

    async def setup_hook(self) -> None:
        """Open the store, build the services, add buttons and cogs, send the commands if they changed."""
        if self._asks_shards:
            await self._ask_shards()
        parts = Parts(
            _utc_seconds,
            self._voyage_ended,
            self._upload_limit,
            self._seeds,
            self._painter,
            metrics=self._metrics,
            shards=self.shards_held,
        )
        self.services = services = await open_services(self.settings, parts)
        self._discord_metrics.follow(self)
        self.operations = bot_operations(self, services, _utc_seconds)
        await self._serving.enter_async_context(serving(self.settings, self.operations))
        news = TapeNews(services.tapes, services.boards, _utc_seconds)
        books = (services.boards, services.channels, services.votes, services.countdowns)
        keeper = BoardKeeper(self, services.play, *books, news, services.fleet.mine)
        self.helm = Helm(
            services.engine, services.play, keeper, services.channels, services.votes, services.countdowns
        )
        self._delivery = TapeDelivery(
            self,
            services.engine,
            services.tapes,
            services.boards,
            keeper,
            news,
            _utc_seconds,
            services.fleet.works_for,
        )
        self.shelf = TapeShelf(services.engine, services.tapes, self._delivery)
        self.add_dynamic_items(ChoiceButton, BoardButton, TapeButton, TapeMenu)
        self._stop = CleanStop(self, services, keeper, self.underway, self._leave_discord)
        await self._add_cogs(keeper)
        await self._sync_commands()

    async def _ask_shards(self) -> None:
        """Have all the shards that Discord advises. They are counted before anything is built on them."""
        advised, _gateway, _limits = await self.http.get_bot_gateway()
        self.shards_held = Shards.parse(advised, "")
        self.shard_count, self.shard_ids = advised, sorted(self.shards_held.ids)

    async def _add_cogs(self, keeper: BoardKeeper) -> None:
        services = self.services
        fleet, countdowns = services.fleet, services.countdowns
        resume = Resume(services.engine, services.boards, services.channels, countdowns, fleet.shard_of)
        chores = (services.cleanup, services.tidy)
        await self.add_cog(PlayCog(self.helm, services.play, services.engine))
        await self.add_cog(ShipCog(self.helm, services.engine))
        await self.add_cog(SettingsCog(services.channels, keeper))
        await self.add_cog(TapeCog(self, self.shelf, self._delivery))
        await self.add_cog(ClockCog(fleet, self.helm, keeper, countdowns, resume, *chores))
        await add_ledger(self, services, self.settings, _utc_seconds, fleet.works_for)
        self._lists = await add_tracking(self, services, self.settings, self._budgets, _utc_seconds)

    async def _voyage_ended(self, turn: Turn) -> None:
        await self._delivery.ended(turn)

    async def _upload_limit(self, session_id: str) -> int:
        """Give the upload limit of the session's server, in bytes."""
        board = await self.services.boards.of(session_id)
        guild = self.get_guild(board.guild_id) if board is not None else None
        if guild is not None:
            return guild.filesize_limit
        known = board.upload_limit if board is not None else 0
        return known or self.settings.upload_limit_mib * MIB

    async def close(self) -> None:
        """Stop cleanly, in bounded time (bot/stopping.py); a second call waits for the first one."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if hasattr(self, "operations"):
            self.operations.readiness.stop()
        if self.set_up:
            steps = self._stop.steps()
        else:
            built = [self.services.close] if hasattr(self, "services") else []
            steps = [
                Step("what was built", BUDGET_SECONDS / 3, work) for work in [*built, self._leave_discord]
            ]
        self.cut += await take_steps(steps)

    async def _leave_discord(self) -> None:
        await super().close()
        if hasattr(self, "_lists"):
            await self._lists.close()
        await self._serving.aclose()

    async def _sync_commands(self) -> None:
        """Send the slash commands to Discord when they differ from those sent last (Discord limits this)."""
        if self.settings.command_sync is CommandSync.NEVER:
            return
        described = json.dumps(
            [command.to_dict(self.tree) for command in self.tree.get_commands()], sort_keys=True, default=str
        )
        digest = f"{self.application_id} {hashlib.sha256(described.encode()).hexdigest()}"
        file = self.settings.data_dir / _SYNCED
        if self.settings.command_sync is CommandSync.AUTO and await asyncio.to_thread(_read, file) == digest:
            return
        await self.tree.sync()
        await asyncio.to_thread(file.write_text, digest, encoding="utf-8")
        log.info("slash commands sent count=%d", len(self.tree.get_commands()))

    async def _on_command_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        sentence = errors.sentence_for(error)
        if isinstance(error, app_commands.CommandNotFound) and self._closing is not None:
            sentence = text.STOPPING  # its cog has been closed
        if sentence is None:
            sentence = errors.report(getattr(error, "original", error), interaction)
        await discord_io.tell(interaction, sentence)


def build_bot(settings: Settings) -> DeadReckoning:
    """Build the bot as it runs; nothing is opened before `setup_hook`."""
    return DeadReckoning(settings)


def _utc_seconds() -> float:
    return discord.utils.utcnow().timestamp()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
