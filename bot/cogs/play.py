"""The commands of the game itself, and the listener for the custom action's modal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import clean, discord_io, limits, presenter
from bot.views import custom_action, ids
from bot.views.answering import answering
from bot.views.ids import session_of
from engine_client.models import Inventory

if TYPE_CHECKING:
    from bot.helm import Helm
    from engine_client.protocol import GameEngineClient
    from sessions.play import Play


class PlayCog(commands.Cog, name="Play"):
    """Play in this channel."""

    def __init__(self, helm: Helm, play: Play, engine: GameEngineClient) -> None:
        self._helm = helm
        self._play = play
        self._engine = engine

    @app_commands.command(name="play", description="Start this channel's voyage, or show its board again.")
    async def play(self, interaction: discord.Interaction) -> None:
        """Launch or show."""
        async with answering(interaction):
            await self._helm.open(interaction, session_of(interaction))

    @app_commands.command(name="restart", description="Give up this channel's voyage and start a new one.")
    async def restart(self, interaction: discord.Interaction) -> None:
        """Ask first."""
        async with answering(interaction):
            await self._helm.ask_restart(interaction, session_of(interaction))

    @app_commands.command(name="map", description="Show the star map as far as your ship knows it.")
    async def map(self, interaction: discord.Interaction) -> None:
        """Show the map."""
        async with answering(interaction):
            await self._helm.show_map(interaction, session_of(interaction))

    @app_commands.command(name="status", description="Show the ship's condition and where it is.")
    async def status(self, interaction: discord.Interaction) -> None:
        """Show the gauges."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            turn = await self._play.current(session_of(interaction))
            await discord_io.edit_answer(interaction, embed=presenter.status_embed(turn))

    @app_commands.command(name="inventory", description="Show what the ship carries.")
    async def inventory(self, interaction: discord.Interaction) -> None:
        """Show the cargo."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            inventory = await self._engine.inventory(session_of(interaction))
            await discord_io.edit_answer(interaction, embed=inventory_embed(inventory))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take a custom action's answer, also one that was opened before a restart of the bot."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        match = ids.SAY.fullmatch(str((interaction.data or {}).get("custom_id", "")))
        if match is None:
            return
        async with answering(interaction):
            target = ids.target_of(match)
            ids.check_origin(target, interaction)
            words = clean.plain(custom_action.words_of(interaction), custom_action.MAX_TEXT)
            await self._helm.say(interaction, target, words)


def inventory_embed(inventory: Inventory) -> discord.Embed:
    """Make the embed of `/inventory`: one line per stack, heaviest first."""
    stacks = sorted(inventory.stacks, key=lambda stack: -stack.quantity * stack.weight)
    lines = [
        f"**{stack.quantity}** × {clean.for_discord(stack.name, 60)} ({stack.quantity * stack.weight:g})"
        + (f"\n-# {clean.for_discord(stack.note, 120)}" if stack.note else "")
        for stack in stacks
    ]
    embed = discord.Embed(
        title="Cargo hold",
        description=limits.shorten("\n".join(lines) or "The hold is empty.", 3000),
        colour=presenter.COLOUR_CALM,
    )
    return embed.set_footer(text=f"{inventory.used:g} of {inventory.capacity:g} units used")
