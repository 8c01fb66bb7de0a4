"""The bot's errors, and the one place that turns any error into what a player reads.

BotError
├── ForeignButton      a button's id names another channel: forged or moved
├── VotingOnly         a custom action in a channel that votes
├── MissingPermission  the bot lacks permissions here; names them
├── SaveTooLarge       a file that cannot be a save
├── NoSave             a file that is no save of this game
├── VoyageInTheWay     an import where a voyage is under way and was not given up
├── NoFlipbook         there is nothing to make a clip of; the text says why
├── NoSuchTape         the channel has no such tape
└── ChannelLost        the channel or its message is gone or closed to the bot
"""

from __future__ import annotations

import logging
import secrets

import discord
from discord import app_commands

from bot import text
from engine_client import errors as engine_errors
from sessions import errors as session_errors

log = logging.getLogger(__name__)


class BotError(Exception):
    """Base of the bot's expected errors; its text is the sentence for the player."""


class ForeignButton(BotError):
    """The button belongs to another channel's game."""

    def __init__(self) -> None:
        super().__init__(text.FOREIGN_BUTTON)


class VotingOnly(BotError):
    """The channel decides by vote, so nobody acts in their own words."""

    def __init__(self) -> None:
        super().__init__(text.VOTING_ONLY)


class MissingPermission(BotError):
    """The bot lacks permissions in this channel."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(text.missing_permissions(names))


class SaveTooLarge(BotError):
    """The file is too large to be a save."""

    def __init__(self, most: int) -> None:
        super().__init__(text.save_too_large(most))


class NoSave(BotError):
    """The file is no save of this game."""

    def __init__(self) -> None:
        super().__init__(text.NO_SAVE)


class VoyageInTheWay(BotError):
    """A voyage is under way and the player has not said to end it."""

    def __init__(self) -> None:
        super().__init__(text.VOYAGE_IN_THE_WAY)


class NoFlipbook(BotError):
    """No clip could be made."""


class NoSuchTape(BotError):
    """The channel has no such tape."""

    def __init__(self) -> None:
        super().__init__(text.NO_TAPES)


class ChannelLost(BotError):
    """The channel cannot be written to."""

    def __init__(self) -> None:
        super().__init__(text.CHANNEL_LOST)


def sentence_for(error: BaseException) -> str | None:
    """Give the player's sentence of an expected error, or None for an unexpected one."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, session_errors.Stopping):
        return text.STOPPING
    if isinstance(error, BotError | session_errors.SessionError):
        return str(error)
    if isinstance(error, engine_errors.ActionRefused):
        return error.sentence
    if isinstance(error, app_commands.MissingPermissions):
        return text.you_lack([name.replace("_", " ") for name in error.missing_permissions])
    return next((said for kind, said in text.ENGINE_SENTENCES.items() if isinstance(error, kind)), None)


def report(error: BaseException, interaction: discord.Interaction) -> str:
    """Log an unexpected error in full and give the player a short reference to it."""
    reference = secrets.token_hex(3)
    log.error(
        "unexpected error ref=%s channel=%s interaction=%s kind=%s",
        reference,
        interaction.channel_id,
        interaction.id,
        interaction.type.name,
        exc_info=error,
    )
    return text.unexpected(reference)
