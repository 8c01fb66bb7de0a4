"""Tells channels about completed runs: one silent message per voyage, edited as its runs end.

It shows the newest runs, newest first, so that saying it again is harmless: a crash between the message and
its mark edits the same message once more, and Discord refuses the same nonce twice.
"""

import logging
from collections.abc import Callable
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

SHOWN = 3  # runs in a notice
RETRY_SECONDS = 30.0


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
        for key, runs in groupby(news, key=_voyage_of):
            if self._retry_at.get(key, 0.0) > self._clock():
                waiting.add(key[0])
                continue
            try:
                await self._tell(*key)
            except ChannelLost:
                log.warning("run notice dropped session=%s voyage=%d: channel closed", *key)
            except (discord.HTTPException, OSError) as error:
                log.warning("run notice not sent session=%s voyage=%d: %r", *key, error)
                self._retry_at[key] = self._clock() + RETRY_SECONDS
                waiting.add(key[0])
                continue
            self._retry_at.pop(key, None)
            await self._reports.told(list(runs))
        return waiting

    async def _tell(self, session_id: str, voyage: int) -> None:
        if not session_id.isdecimal():
            return  # another front end's session: no channel of Discord
        board = await self._boards.of(session_id)
        template = await self._template(board.guild_id if board is not None else 0)
        if template == SILENT:
            return
        latest = await self._reports.latest(session_id, voyage, SHOWN)
        content = "\n\n".join(notice_of(run, template) for run in latest)
        channel_id = board.channel_id if board is not None else int(session_id)
        await self._show(session_id, voyage, channel_id, limits.shorten(content, limits.CONTENT))

    async def _template(self, guild_id: int) -> str | None:
        template = await self._notices.template(guild_id)
        if not template:
            return template
        try:
            return check_template(template)
        except BadTemplate as error:  # a release ago it named a variable that is gone
            log.warning("template of server %d not used: %s", guild_id, error)
            return None

    async def _show(self, session_id: str, voyage: int, channel_id: int, content: str) -> None:
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
        nonce = f"{session_id[-17:]}r{voyage % 100_000}" + ("" if placed is None else "b")
        message = await discord_io.send(self._client, channel_id, content=content, silent=True, nonce=nonce)
        await self._notices.placed(session_id, voyage, channel_id, message.id)


def _voyage_of(run: Run) -> tuple[str, int]:
    return run.session_id, run.voyage
