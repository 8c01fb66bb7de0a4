"""`/tape`, and the timer that delivers tapes which a crash or a closed channel left behind."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot.views.answering import answering
from bot.views.ids import session_of

if TYPE_CHECKING:
    from bot.delivery import TapeDelivery
    from bot.shelf import TapeShelf

log = logging.getLogger(__name__)

DELIVERY_SECONDS = 10.0

ACTIONS = [
    app_commands.Choice(name="show: the tape with its buttons", value="show"),
    app_commands.Choice(name="post: post it again", value="post"),
    app_commands.Choice(name="step: turn by turn, with the story", value="step"),
    app_commands.Choice(name="export: its frames as a zip file", value="export"),
]


class TapeCog(commands.Cog, name="Tape"):
    """The tapes of this channel's voyages."""

    def __init__(
        self, bot: commands.Bot | commands.AutoShardedBot, shelf: TapeShelf, delivery: TapeDelivery
    ) -> None:
        self._bot = bot
        self._shelf = shelf
        self._delivery = delivery

    async def cog_load(self) -> None:
        """Start the timer."""
        self._delivery.listen(self._look_again)
        self.deliver.start()

    async def cog_unload(self) -> None:
        """Stop the timer."""
        self.deliver.cancel()

    @app_commands.command(name="tape", description="Watch, post again or export this channel's tapes.")
    @app_commands.describe(
        voyage="The voyage's number; without it, all tapes are listed.", action="What to do with it."
    )
    @app_commands.choices(action=ACTIONS)
    async def tape(
        self,
        interaction: discord.Interaction,
        voyage: app_commands.Range[int, 1] | None = None,
        action: app_commands.Choice[str] | None = None,
    ) -> None:
        """List, or do one thing with one tape; without a number, with the newest."""
        async with answering(interaction):
            session_id = session_of(interaction)
            if voyage is None and action is None:
                await self._shelf.list(interaction, session_id)
                return
            chosen = voyage or next(iter(await self._shelf.voyages(session_id)), 0)
            await self._shelf.do(action.value if action else "show", interaction, session_id, chosen)

    @tape.autocomplete("voyage")
    async def _voyages(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[int]]:
        session_id = session_of(interaction)
        numbers = await self._shelf.voyages(session_id)
        matching = [number for number in numbers if str(number).startswith(str(current or ""))]
        return [app_commands.Choice(name=f"Voyage {number}", value=number) for number in matching[:25]]

    @app_commands.command(name="flipbook", description="Post a short clip of the last ten turns.")
    async def flipbook(self, interaction: discord.Interaction) -> None:
        """Make and post it."""
        async with answering(interaction):
            await self._shelf.flipbook(interaction, session_of(interaction))

    @tasks.loop(seconds=DELIVERY_SECONDS)
    async def deliver(self) -> None:
        """Build and post what is waiting."""
        try:
            await self._delivery.now()
        except Exception:
            log.exception("tapes not delivered")

    def _look_again(self, seconds: float) -> None:
        self.deliver.change_interval(seconds=seconds)

    @deliver.before_loop
    async def _when_ready(self) -> None:
        await self._bot.wait_until_ready()
