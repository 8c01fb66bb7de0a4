"""`/settings`: what a channel chooses for itself. The choice takes effect on the board at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import discord_io, presenter, text
from bot.views.answering import answering
from bot.views.ids import session_of
from sessions.channel_settings import ChannelSettings, Mode, TapeFormat

if TYPE_CHECKING:
    from bot.keeper import BoardKeeper
    from sessions.channel_settings import SettingsBook

MODES = [
    app_commands.Choice(name="first: the first click wins", value="first"),
    app_commands.Choice(name="vote: most votes win when the countdown ends", value="vote"),
]
SWITCH = [app_commands.Choice(name=name, value=name) for name in ("on", "off")]
FORMATS = [
    app_commands.Choice(name="mp4: small, with full colours", value="mp4"),
    app_commands.Choice(name="gif: plays everywhere, larger", value="gif"),
    app_commands.Choice(name="webp: animated picture", value="webp"),
]


class SettingsCog(commands.Cog, name="Settings"):
    """Choose how this channel plays."""

    def __init__(self, settings: SettingsBook, keeper: BoardKeeper) -> None:
        self._settings = settings
        self._keeper = keeper

    @app_commands.command(
        name="settings", description="Choose how this channel plays, or see what is chosen."
    )
    @app_commands.describe(
        countdown="Seconds until a turn ends by itself (10 to 86400); 0 switches it off.",
        auto_advance="Whether the ship acts alone when the countdown ends and nobody voted.",
        mode="Who decides: the first click, or the most votes.",
        tape_format="What kind of file the death tape is.",
        vhs="Whether tapes look like an old video cassette.",
        flipbook="Whether tapes show short drawn transitions between turns.",
    )
    @app_commands.choices(mode=MODES, auto_advance=SWITCH, vhs=SWITCH, flipbook=SWITCH, tape_format=FORMATS)
    @app_commands.default_permissions(manage_channels=True)
    async def settings(
        self,
        interaction: discord.Interaction,
        countdown: app_commands.Range[int, 0, 86_400] | None = None,
        auto_advance: app_commands.Choice[str] | None = None,
        mode: app_commands.Choice[str] | None = None,
        tape_format: app_commands.Choice[str] | None = None,
        vhs: app_commands.Choice[str] | None = None,
        flipbook: app_commands.Choice[str] | None = None,
    ) -> None:
        """Change what is named, then show everything."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            chosen = await self._settings.change(
                session_of(interaction),
                countdown=countdown,
                auto_advance=_switch(auto_advance),
                mode=Mode(mode.value) if mode else None,
                tape_format=TapeFormat(tape_format.value) if tape_format else None,
                vhs=_switch(vhs),
                flipbook=_switch(flipbook),
            )
            self._keeper.stir(session_of(interaction))
            await discord_io.edit_answer(interaction, embed=settings_embed(chosen))


def settings_embed(chosen: ChannelSettings) -> discord.Embed:
    """Make the embed that shows a channel's choices."""
    said = text.settings_summary(chosen)
    return discord.Embed(title="This channel's settings", description=said, colour=presenter.COLOUR_CALM)


def _switch(choice: app_commands.Choice[str] | None) -> bool | None:
    return None if choice is None else choice.value == "on"
