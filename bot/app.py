"""The composition root: the only place that builds concrete classes and knows all of them.

Everything the bot needs to start is in `setup_hook`, so that simcord's bot and a real one start alike.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands

from bot import discord_io, errors
from bot.cogs.clock import ClockCog
from bot.cogs.play import PlayCog
from bot.cogs.settings import SettingsCog
from bot.cogs.tape import TapeCog
from bot.helm import Helm
from bot.keeper import BoardKeeper
from bot.resume import Resume
from bot.services import Services, open_services
from bot.settings import CommandSync, Settings
from bot.views.board import BoardButton, ChoiceButton

log = logging.getLogger(__name__)

_SYNCED = "commands.sha256"


class DeadReckoning(commands.Bot):
    """The bot. `helm` carries out clicks; it exists once `setup_hook` has run."""

    helm: Helm
    services: Services

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord_io.NO_PINGS,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            max_messages=None,
        )
        self.settings = settings
        self.tree.on_error = self._on_command_error
        self._closing: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        """Open the store, build the services, add buttons and cogs, send the commands if they changed."""
        self.services = services = await open_services(self.settings, _utc_seconds)
        keeper = BoardKeeper(
            self, services.play, services.boards, services.channels, services.votes, services.countdowns
        )
        self.helm = Helm(
            services.engine, services.play, keeper, services.channels, services.votes, services.countdowns
        )
        resume = Resume(services.engine, services.boards, services.channels, services.countdowns)
        self.add_dynamic_items(ChoiceButton, BoardButton)
        await self.add_cog(PlayCog(self.helm, services.play, services.engine))
        await self.add_cog(SettingsCog(services.channels, keeper))
        await self.add_cog(TapeCog(self, services.tapes, services.play))
        await self.add_cog(ClockCog(self.helm, keeper, services.countdowns, resume))
        await self._sync_commands()

    async def close(self) -> None:
        """Stop the timers, finish what was accepted, close the store, leave Discord. Safe to call twice."""
        for name in list(self.cogs):
            await self.remove_cog(name)
        if hasattr(self, "services"):
            await self.services.close()
        await super().close()

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
        if sentence is None:
            sentence = errors.report(getattr(error, "original", error), interaction)
        await discord_io.tell(interaction, sentence)


def build_bot(settings: Settings) -> DeadReckoning:
    """Build the bot; nothing is opened before `setup_hook`."""
    return DeadReckoning(settings)


def _utc_seconds() -> float:
    return discord.utils.utcnow().timestamp()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
