"""`/ship` shows where every number comes from; `/save` hands the voyage out and takes it back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import clean, discord_io, limits, presenter
from bot.errors import SaveTooLarge
from bot.views.answering import answering
from bot.views.ids import session_of
from engine_client.models import ShipSheet
from engine_client.saves import MAX_SAVE_BYTES

if TYPE_CHECKING:
    from bot.helm import Helm
    from engine_client.protocol import GameEngineClient


class ShipCog(commands.Cog, name="Ship"):
    """Your ship, and your voyage as a file."""

    save = app_commands.Group(name="save", description="Keep this channel's voyage as a file.")

    def __init__(self, helm: Helm, engine: GameEngineClient) -> None:
        self._helm = helm
        self._engine = engine

    @app_commands.command(name="ship", description="Show the ship's stats and where each number comes from.")
    async def ship(self, interaction: discord.Interaction) -> None:
        """Show the sheet."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            sheet = await self._engine.ship(session_of(interaction))
            await discord_io.edit_answer(interaction, embed=ship_embed(sheet))

    @save.command(name="export", description="Get this channel's voyage as a file.")
    async def export(self, interaction: discord.Interaction) -> None:
        """Give the file to the player who asked."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            data = await self._engine.save(session_of(interaction))
            file = discord.File(io.BytesIO(data), "voyage.json", description="This channel's voyage, to keep")
            await discord_io.edit_answer(interaction, content=EXPORTED, attachments=[file])

    @save.command(name="import", description="Fly on from a voyage's file; a voyage under way here ends.")
    @app_commands.describe(
        file="A file that /save export gave.", replace="Whether to end a voyage under way."
    )
    @app_commands.default_permissions(manage_channels=True)
    async def take(
        self, interaction: discord.Interaction, file: discord.Attachment, replace: bool = False
    ) -> None:
        """Read the file and begin from it."""
        async with answering(interaction):
            if file.size > MAX_SAVE_BYTES:
                raise SaveTooLarge(MAX_SAVE_BYTES)
            await self._helm.restore(interaction, session_of(interaction), file, replace=replace)


_SLOTS = {
    "high": "High slots",
    "mid": "Middle slots",
    "low": "Low slots",
    "rig": "Rigs",
    "pod": "Flight pod",
}
EXPORTED = "Keep this file. `/save import` flies on from it, here or in another channel."


def ship_embed(sheet: ShipSheet) -> discord.Embed:
    """Make the embed of `/ship`: stats with their sources, what is fitted, what acts for a while."""
    lines = [clean.for_discord(stat.explanation, 200) for stat in sheet.stats]
    embed = discord.Embed(
        title=clean.for_discord(sheet.ship, 100),
        description=limits.shorten("\n".join(lines) or "—", 3000),
        colour=presenter.COLOUR_CALM,
    )
    fitted = [
        f"**{_SLOTS.get(kind, kind.capitalize())}:** {', '.join(mods)}"
        for kind, mods in sheet.fitted.items()
        if mods
    ]
    embed.add_field(
        name="Fitted", value=limits.shorten("\n".join(fitted) or "Nothing yet.", 1000), inline=False
    )
    if sheet.effects:
        effects = clean.for_discord(", ".join(sheet.effects), 1000)
        embed.add_field(name="For a while", value=effects, inline=False)
    if sheet.quest:
        embed.add_field(name="Quest", value=clean.for_discord(sheet.quest, 1000), inline=False)
    return embed
