"""Turns whatever goes wrong in a button or modal into one private sentence: none stays unanswered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import discord

from bot import discord_io, errors
from bot.operations.watch import Answered

if TYPE_CHECKING:
    from bot.app import DeadReckoning


@asynccontextmanager
async def answering(interaction: discord.Interaction) -> AsyncIterator[None]:
    """Run a callback's body; tell the player when it fails. Never raises an Exception itself."""
    bot = cast("DeadReckoning", interaction.client)
    with bot.underway.one(interaction), bot.watch.entered(interaction) as entered:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the outermost frame: logged in full by report()
            sentence = errors.sentence_for(error)
            entered.outcome = Answered.FAILED if sentence is None else Answered.REFUSED
            await discord_io.tell(interaction, sentence or errors.report(error, interaction))
