"""The tracker's REST calls. An expected failure becomes a Fate; whatever Discord does, nothing is raised here
but programming errors."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum

import aiohttp
import discord
import msgspec

from bot.discord_io import NO_PINGS, Code
from bot.tracker.embeds import find_mark

log = logging.getLogger(__name__)

_UNKNOWN_GUILD = 10004
_NOT_OURS = 50005
_NO_TEXT_CHANNEL = 50008
_LOOK_BACK = 300  # messages of a channel that are searched for ours
_EMPTY_MESSAGE = 50006  # what is left of a message when the bot lacks Embed Links
_CLOSED = {
    Code.UNKNOWN_CHANNEL,
    Code.MISSING_ACCESS,
    Code.MISSING_PERMISSIONS,
    _UNKNOWN_GUILD,
    _EMPTY_MESSAGE,
}
_CUT_OFF = (aiohttp.ClientError, TimeoutError, OSError)


class Fate(Enum):
    """What became of a call."""

    DONE = "done"
    GONE = "the message is gone"
    CLOSED = "the channel is closed to us"
    ARCHIVED = "the thread is archived"
    FORUM = "the channel is a forum"
    TOO_MANY_EDITS = "an old message was edited too often"
    LATER = "Discord is busy"
    REFUSED = "Discord will never take this"


class Outcome(msgspec.Struct, frozen=True):
    """A call's fate. `unsure` means that it may have taken effect all the same; `wait` is in seconds."""

    fate: Fate
    code: int = 0
    message_id: int = 0
    wait: float = 0.0
    unsure: bool = False


class Found(msgspec.Struct, frozen=True):
    """One of our messages, found in its channel."""

    message_id: int
    posted_at: float


class Calls:
    """Calls of one client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(
        self, channel_id: int, embed: discord.Embed, *, nonce: str, role_id: int = 0, silent: bool = False
    ) -> Outcome:
        """Send a message that Discord takes at most once for its nonce; a role is pinged on purpose only."""
        pings = discord.AllowedMentions.none()
        if role_id:
            pings.roles = [discord.Object(role_id)]

        async def call() -> int:
            message = await self._client.get_partial_messageable(channel_id).send(
                f"<@&{role_id}>" if role_id else None,
                embed=embed,
                nonce=nonce,
                allowed_mentions=pings,
                silent=silent,
            )
            return message.id

        return await _attempt(call)

    async def edit(self, channel_id: int, message_id: int, embed: discord.Embed) -> Outcome:
        """Edit a message's embed; its text, and so its ping, stays."""

        async def call() -> int:
            message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
            await message.edit(embed=embed, allowed_mentions=NO_PINGS)
            return message_id

        return await _attempt(call)

    async def find(self, channel_id: int, marks: set[str], since: float) -> dict[str, Found] | Outcome:
        """Look for our own messages with these marks, posted after a time (UTC seconds)."""
        found: dict[str, Found] = {}
        mine = self._client.user.id if self._client.user else 0

        async def call() -> int:
            after = datetime.fromtimestamp(since, UTC)
            channel = self._client.get_partial_messageable(channel_id)
            async for message in channel.history(limit=_LOOK_BACK, after=after):
                mark = find_mark(message) if message.author.id == mine else None
                if mark in marks:
                    found[mark] = Found(message.id, message.created_at.timestamp())
            return 0

        outcome = await _attempt(call)
        return found if outcome.fate is Fate.DONE else outcome

    async def unarchive(self, thread_id: int) -> Outcome:
        """Open an archived thread again."""

        async def call() -> int:
            thread = self._client.get_channel(thread_id) or await self._client.fetch_channel(thread_id)
            if isinstance(thread, discord.Thread):
                await thread.edit(archived=False)
            return 0

        return await _attempt(call)

    def is_forum(self, channel_id: int) -> bool:
        """Say whether a channel is known to be a forum."""
        return isinstance(self._client.get_channel(channel_id), discord.ForumChannel)

    async def open_thread(self, forum_id: int, name: str, starter: str) -> Outcome:
        """Give the id of our post of this name in a forum; it is made where there is none yet."""

        async def call() -> int:
            forum = self._client.get_channel(forum_id) or await self._client.fetch_channel(forum_id)
            if not isinstance(forum, discord.ForumChannel):
                return 0
            if (ours := self._our_thread(forum, name)) is not None:
                return ours.id
            tags = [tag for tag in forum.available_tags if not tag.moderated][:1]
            made = await forum.create_thread(
                name=name,
                content=starter,
                allowed_mentions=NO_PINGS,
                applied_tags=tags if forum.flags.require_tag else [],
            )
            return made.thread.id

        outcome = await _attempt(call)
        if outcome.fate is Fate.DONE and not outcome.message_id:
            return Outcome(Fate.CLOSED, Code.FORUM_NEEDS_THREAD)
        return outcome

    def _our_thread(self, forum: discord.ForumChannel, name: str) -> discord.Thread | None:
        mine = self._client.user.id if self._client.user else 0
        return next((one for one in forum.threads if one.owner_id == mine and one.name == name), None)

    async def tell(self, user_id: int, sentence: str) -> bool:
        """Send one person a direct message; False when that is not possible."""

        async def call() -> int:
            user = self._client.get_user(user_id) or await self._client.fetch_user(user_id)
            await user.send(sentence, allowed_mentions=NO_PINGS)
            return 0

        return (await _attempt(call)).fate is Fate.DONE


async def _attempt(call: Callable[[], Awaitable[int]]) -> Outcome:
    try:
        return Outcome(Fate.DONE, message_id=await call())
    except discord.HTTPException as error:
        return _judge(error)
    except discord.RateLimited as error:
        return Outcome(Fate.LATER, 429, wait=error.retry_after)
    except _CUT_OFF as error:
        log.info("call cut off: %r", error)
        return Outcome(Fate.LATER, unsure=True)


def _judge(error: discord.HTTPException) -> Outcome:
    """Say what a refusal means: by Discord's own code first, then by the HTTP status."""
    code = error.code
    known = {
        Code.UNKNOWN_MESSAGE: Fate.GONE,
        _NOT_OURS: Fate.GONE,
        Code.ARCHIVED_THREAD: Fate.ARCHIVED,
        Code.FORUM_NEEDS_THREAD: Fate.FORUM,
        _NO_TEXT_CHANNEL: Fate.FORUM,
        Code.TOO_MANY_EDITS: Fate.TOO_MANY_EDITS,
    }
    if code in known:
        return Outcome(known[code], code)
    if code in _CLOSED or error.status in (403, 404):
        return Outcome(Fate.CLOSED, code)
    if error.status >= 500 or error.status in (401, 408, 429):
        return Outcome(Fate.LATER, code, unsure=error.status >= 500)
    log.error("Discord refuses a message status=%s code=%s: %s", error.status, code, error.text)
    return Outcome(Fate.REFUSED, code)
