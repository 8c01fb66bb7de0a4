"""Turns whatever goes wrong in a button or modal into one private sentence: none stays unanswered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot import discord_io, errors


@asynccontextmanager
async def answering(interaction: discord.Interaction) -> AsyncIterator[None]:
    """Run a callback's body; tell the player when it fails. Never raises an Exception itself."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the outermost frame of a callback: logged in full by report()
        sentence = errors.sentence_for(error) or errors.report(error, interaction)
        await discord_io.tell(interaction, sentence)
