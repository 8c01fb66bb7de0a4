"""Turns whatever goes wrong in a button or modal into one private sentence: none stays unanswered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import discord

from bot import discord_io, errors
from bot.operations.watch import Answered

if TYPE_CHECKING:
    from bot.app import DeadReckoning

log = logging.getLogger(__name__)


@asynccontextmanager
async def answering(interaction: discord.Interaction) -> AsyncIterator[None]:
    """Run a callback's body; tell the player when it fails. Never raises an Exception itself."""
    bot = cast("DeadReckoning", interaction.client)
    with bot.underway.one(interaction), bot.watch.entered(interaction) as entered:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the outermost frame: logged in full by report()
            if getattr(error, "code", None) == discord_io.Code.ALREADY_ACKNOWLEDGED:
                log.info("answered by another process interaction=%s", interaction.id)
                return
            sentence = errors.sentence_for(error)
            entered.outcome = Answered.FAILED if sentence is None else Answered.REFUSED
            await discord_io.tell(interaction, sentence or errors.report(error, interaction))
