"""Every REST call of the bot that can fail for an expected reason, and the names of those reasons.

Codes: discord.com/developers/docs/topics/opcodes-and-status-codes#json. An expected failure becomes a value
or one of `bot.errors`; everything else is raised as it is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from enum import Enum, IntEnum
from typing import Any, TypeVar

import aiohttp
import discord

from bot import text
from bot.errors import ChannelLost

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 1.0  # seconds of work before an answer is announced; Discord waits for three
NO_PINGS = discord.AllowedMentions.none()


class Code(IntEnum):
    """Discord's JSON error codes that this bot expects."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_WEBHOOK = 10015
    UNKNOWN_INTERACTION = 10062
    TOO_MANY_EDITS = 30046
    ALREADY_ACKNOWLEDGED = 40060
    TOO_LARGE = 40005
    MISSING_ACCESS = 50001
    MISSING_PERMISSIONS = 50013
    INVALID_WEBHOOK_TOKEN = 50027
    CANNOT_DM = 50007
    ARCHIVED_THREAD = 50083
    FORUM_NEEDS_THREAD = 220001


class Edit(Enum):
    """What became of an edit."""

    DONE = "done"
    MESSAGE_GONE = "message gone"
    CHANNEL_CLOSED = "channel closed"
    LATER = "later"


_CLOSED = {
    Code.UNKNOWN_CHANNEL,
    Code.MISSING_ACCESS,
    Code.MISSING_PERMISSIONS,
    Code.ARCHIVED_THREAD,
    Code.CANNOT_DM,
    Code.FORUM_NEEDS_THREAD,
}
_TOKEN_DEAD = {Code.UNKNOWN_WEBHOOK, Code.UNKNOWN_INTERACTION, Code.INVALID_WEBHOOK_TOKEN}
_CONNECTION = (aiohttp.ClientError, TimeoutError, OSError, discord.DiscordServerError)


async def acknowledge(interaction: discord.Interaction, *, thinking: bool = False) -> bool:
    """Answer within Discord's three seconds; the real answer follows. "Thinking…" is always private.

    False when the interaction has expired or the connection broke: the work goes on all the same.
    """
    if interaction.response.is_done():
        return True
    try:
        await interaction.response.defer(thinking=thinking, ephemeral=thinking)
    except discord.HTTPException as error:
        if error.code == Code.ALREADY_ACKNOWLEDGED:
            return True
        if error.code not in _TOKEN_DEAD and not isinstance(error, discord.DiscordServerError):
            raise
        log.warning("acknowledgement refused interaction=%s code=%s", interaction.id, error.code)
        return False
    except _CONNECTION as error:
        log.warning("acknowledgement cut off interaction=%s: %r", interaction.id, error)
        return False
    return True


async def whisper(
    interaction: discord.Interaction, sentence: str, view: discord.ui.View | None = None
) -> None:
    """Tell one player something in private. A lost interaction is logged: nobody can be told any more."""
    extra: dict[str, Any] = {} if view is None else {"view": view}
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(
                sentence, ephemeral=True, allowed_mentions=NO_PINGS, **extra
            )
        else:
            await interaction.followup.send(sentence, ephemeral=True, allowed_mentions=NO_PINGS, **extra)
    except discord.HTTPException as error:
        if error.code not in _TOKEN_DEAD | {Code.ALREADY_ACKNOWLEDGED}:
            raise
        log.warning("private answer lost interaction=%s code=%s", interaction.id, error.code)
    except _CONNECTION as error:
        log.warning("private answer cut off interaction=%s: %r", interaction.id, error)


async def soon(interaction: discord.Interaction, work: Awaitable[T], *, thinking: bool) -> T:
    """Do the work that an answer needs, and acknowledge once it has taken PATIENCE seconds.

    Where the work is quick the first answer is the finished one: one call instead of two, and what goes wrong
    stays private. `thinking` announces a new answer (in private); without it an edit of the same message.
    """
    loop = asyncio.get_running_loop()
    announcing: list[asyncio.Task[bool]] = []

    def announce() -> None:
        announcing.append(loop.create_task(acknowledge(interaction, thinking=thinking)))

    timer = loop.call_later(PATIENCE, announce)
    try:
        return await work  # in this task: a task of its own would be one more for every click
    finally:
        timer.cancel()
        for announced in announcing:
            await announced


async def update(interaction: discord.Interaction, **content: Any) -> bool:
    """Edit the message whose button was clicked; as the first answer where nothing was answered yet.

    False when the interaction has expired, when it was delivered twice and the other delivery is answered, or
    when the connection broke: the message may or may not be edited.
    """
    if interaction.response.is_done():
        return await edit_answer(interaction, **content) is not None
    try:
        await interaction.response.edit_message(allowed_mentions=NO_PINGS, **content)
    except discord.HTTPException as error:
        expected = _TOKEN_DEAD | {Code.UNKNOWN_MESSAGE, Code.ALREADY_ACKNOWLEDGED}
        if error.code not in expected and error.status < 500:
            raise
        log.warning("click not answered interaction=%s code=%s", interaction.id, error.code)
    except _CONNECTION as error:
        log.warning("click cut off interaction=%s: %r", interaction.id, error)
    else:
        return True
    return False


async def publish(
    interaction: discord.Interaction, *, files: Sequence[discord.File], alone: bool = False, **content: Any
) -> discord.Message | None:
    """Answer in public: as the first answer, or as a follow-up of one that was announced in private.

    With `alone` the private announcement is taken away then; else the caller puts something in its place.
    None when the interaction has expired or the connection broke.
    """
    if interaction.response.is_done():
        if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            # An announced answer's first follow-up takes its place and its privacy: fill that place first.
            await edit_answer(interaction, content=text.COMING)
            message = await _follow_up(interaction, files=files, **content)
            if alone and message is not None:
                await _take_back(interaction)
            return message
        return await _follow_up(interaction, files=files, **content)
    try:
        answer = await interaction.response.send_message(
            files=list(files), allowed_mentions=NO_PINGS, **content
        )
    except discord.HTTPException as error:
        if error.code not in _TOKEN_DEAD | {Code.ALREADY_ACKNOWLEDGED} and error.status < 500:
            raise
        log.warning("answer not sent interaction=%s code=%s", interaction.id, error.code)
    except _CONNECTION as error:
        log.warning("answer cut off interaction=%s: %r", interaction.id, error)
    else:
        return answer.resource if isinstance(answer.resource, discord.Message) else None
    return None


async def tell(interaction: discord.Interaction, sentence: str) -> None:
    """Tell one player in private that it failed: in place of "thinking…" where that was announced."""
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await edit_answer(interaction, content=sentence)
    else:
        await whisper(interaction, sentence)


async def edit_answer(interaction: discord.Interaction, **content: Any) -> discord.Message | None:
    """Edit the message that the interaction answers or came from; None when that cannot be done this way."""
    try:
        return await interaction.edit_original_response(allowed_mentions=NO_PINGS, **content)
    except discord.HTTPException as error:
        if error.code not in _TOKEN_DEAD | {Code.UNKNOWN_MESSAGE} and error.status < 500:
            raise
        log.warning("answer not edited interaction=%s code=%s", interaction.id, error.code)
    except _CONNECTION as error:
        log.warning("answer cut off interaction=%s: %r", interaction.id, error)
    return None


async def _take_back(interaction: discord.Interaction) -> None:
    """Delete the private announcement; where that fails it only says that the answer is coming."""
    try:
        await interaction.delete_original_response()
    except (discord.HTTPException, *_CONNECTION) as error:
        log.info("announcement left interaction=%s: %r", interaction.id, error)


async def _follow_up(
    interaction: discord.Interaction, *, files: Sequence[discord.File], **content: Any
) -> discord.Message | None:
    """Send a public message through the interaction; None when its token is dead or the connection broke."""
    try:
        return await interaction.followup.send(
            files=list(files), allowed_mentions=NO_PINGS, wait=True, **content
        )
    except discord.HTTPException as error:
        if error.code not in _TOKEN_DEAD and error.status < 500:
            raise
        log.warning("follow-up not sent interaction=%s code=%s", interaction.id, error.code)
    except _CONNECTION as error:
        log.warning("follow-up cut off interaction=%s: %r", interaction.id, error)
    return None


async def edit_message(client: discord.Client, channel_id: int, message_id: int, **content: Any) -> Edit:
    """Edit one of our messages. Expected failures are told, not raised."""
    message = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    try:
        await message.edit(allowed_mentions=NO_PINGS, **content)
    except discord.HTTPException as error:
        return _edit_failed(error, channel_id)
    except _CONNECTION as error:
        log.warning("edit cut off channel=%s message=%s: %r", channel_id, message_id, error)
        return Edit.LATER
    return Edit.DONE


async def delete_message(client: discord.Client, channel_id: int, message_id: int) -> None:
    """Delete one of our messages, if it is still there and reachable."""
    try:
        await client.get_partial_messageable(channel_id).get_partial_message(message_id).delete()
    except discord.HTTPException as error:
        if error.code not in _CLOSED | {Code.UNKNOWN_MESSAGE} and error.status < 500:
            raise
        log.info("message not deleted channel=%s code=%s", channel_id, error.code)
    except _CONNECTION as error:
        log.warning("delete cut off channel=%s message=%s: %r", channel_id, message_id, error)


async def send(
    client: discord.Client, channel_id: int, *, files: Sequence[discord.File] = (), **content: Any
) -> discord.Message:
    """Send a message to a channel. Raises ChannelLost when it is closed to the bot."""
    try:
        return await client.get_partial_messageable(channel_id).send(
            files=list(files), allowed_mentions=NO_PINGS, **content
        )
    except discord.HTTPException as error:
        if error.code in _CLOSED:
            log.warning("channel closed channel=%s code=%s", channel_id, error.code)
            raise ChannelLost from error
        raise


def _edit_failed(error: discord.HTTPException, channel_id: int) -> Edit:
    if error.code == Code.UNKNOWN_MESSAGE:
        return Edit.MESSAGE_GONE
    if error.code in _CLOSED:
        log.warning("channel closed channel=%s code=%s", channel_id, error.code)
        return Edit.CHANNEL_CLOSED
    if error.code == Code.TOO_MANY_EDITS or error.status >= 500 or error.status == 429:
        return Edit.LATER
    raise error


REQUIRED_PERMISSIONS = ("view_channel", "send_messages", "embed_links", "attach_files")


def link_to(guild_id: int | None, channel_id: int, message_id: int) -> str:
    """Link to a message; a follow-up's own `jump_url` does not know its server."""
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"


def lacking(interaction: discord.Interaction) -> list[str]:
    """Name the permissions that the bot needs in this channel and does not have."""
    if interaction.guild_id is None:
        return []
    in_thread = isinstance(interaction.channel, discord.Thread)
    sending = "send_messages_in_threads" if in_thread else "send_messages"
    needed = (sending if name == "send_messages" else name for name in REQUIRED_PERMISSIONS)
    have = interaction.app_permissions
    return [name.replace("_", " ").title() for name in needed if not getattr(have, name)]
