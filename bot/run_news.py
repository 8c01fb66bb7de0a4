"""Tells channels about completed runs: one silent message per voyage, edited as its runs end.

It shows the newest run that brought or cost something, so that saying it again is harmless. A crash between
the message and its mark: Discord refuses the same nonce for some minutes, and what is told late is first
looked for in the channel.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby

import discord

from bot import discord_io, limits
from bot.discord_io import Edit
from bot.errors import ChannelLost
from bot.run_notice import check_template, notice_of
from sessions.boards import BoardBook
from sessions.runs.errors import BadTemplate
from sessions.runs.models import Run
from sessions.runs.notices import SILENT, NoticeBook
from sessions.runs.reports import RunReports

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
LIVE_SECONDS = 10.0  # a run that ended longer ago may have been told by a process that died of it
MARGIN_SECONDS = 60.0  # that Discord's clock and ours may differ
LOOK_BACK = 50  # messages of a channel that are searched for ours


class RunNews:
    """Brings the news of runs to their channels."""

    def __init__(
        self,
        client: discord.Client,
        reports: RunReports,
        notices: NoticeBook,
        boards: BoardBook,
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._reports = reports
        self._notices = notices
        self._boards = boards
        self._clock = clock
        self._retry_at: dict[tuple[str, int], float] = {}

    async def deliver(self) -> set[str]:
        """Tell all news, and name the sessions whose news have to wait.

        What fails for one voyage is logged, stops no other, and is tried again.
        """
        waiting: set[str] = set()
        news = sorted(await self._reports.news(), key=_voyage_of)
        for key, group in groupby(news, key=_voyage_of):
            runs = list(group)
            if self._retry_at.get(key, 0.0) > self._clock():
                waiting.add(key[0])
                continue
            try:
                await self._tell(runs)
            except ChannelLost:
                log.warning("run notice dropped session=%s voyage=%d: channel closed", *key)
            except (discord.HTTPException, OSError) as error:
                log.warning("run notice not sent session=%s voyage=%d: %r", *key, error)
                self._retry_at[key] = self._clock() + RETRY_SECONDS
                waiting.add(key[0])
                continue
            self._retry_at.pop(key, None)
            await self._reports.told(runs)
        return waiting

    async def _tell(self, runs: Sequence[Run]) -> None:
        """Tell the newest run of a voyage that is worth telling."""
        run = next((run for run in reversed(runs) if round(run.value)), None)
        if run is None or not run.session_id.isdecimal():
            return  # nothing to tell, or another front end's session: no channel of Discord
        session_id = run.session_id
        board = await self._boards.of(session_id)
        template = await self._template(board.guild_id if board is not None else 0)
        if template == SILENT:
            return
        channel_id = board.channel_id if board is not None else int(session_id)
        await self._show(run, channel_id, limits.shorten(notice_of(run, template), limits.CONTENT))

    async def _template(self, guild_id: int) -> str | None:
        template = await self._notices.template(guild_id)
        if not template:
            return template
        try:
            return check_template(template)
        except BadTemplate as error:  # a release ago it named a variable that is gone
            log.warning("template of server %d not used: %s", guild_id, error)
            return None

    async def _show(self, run: Run, channel_id: int, content: str) -> None:
        session_id, voyage = run.session_id, run.voyage
        placed = await self._notices.of(session_id, voyage)
        if placed is not None:
            done = await discord_io.edit_message(
                self._client, placed.channel_id, placed.message_id, content=content
            )
            if done is Edit.CHANNEL_CLOSED:
                raise ChannelLost
            if done is Edit.LATER:
                raise OSError("the notice can be edited later")
            if done is Edit.DONE:
                return
        message_id = await self._sent_before(run, channel_id, content) if placed is None else 0
        if not message_id:
            nonce = f"{session_id[-17:]}r{voyage % 100_000}" + ("" if placed is None else "b")
            sent = await discord_io.send(self._client, channel_id, content=content, silent=True, nonce=nonce)
            message_id = sent.id
        await self._notices.placed(session_id, voyage, channel_id, message_id)

    async def _sent_before(self, run: Run, channel_id: int, content: str) -> int:
        """Find the message of a process that died before it could note it; 0 where there is none."""
        if self._clock() - run.ended_at < LIVE_SECONDS or self._client.user is None:
            return 0
        channel = self._client.get_partial_messageable(channel_id)
        after = datetime.fromtimestamp(run.ended_at - MARGIN_SECONDS, UTC)
        try:
            async for message in channel.history(limit=LOOK_BACK, after=after):
                if message.author.id == self._client.user.id and message.content == content.strip():
                    return message.id
        except (discord.Forbidden, discord.NotFound) as error:
            log.info("notices not searched channel=%s code=%s", channel_id, error.code)
        return 0


def _voyage_of(run: Run) -> tuple[str, int]:
    return run.session_id, run.voyage
