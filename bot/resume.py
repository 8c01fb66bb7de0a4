"""What a start does before the first tick: take up countdowns, and find boards that are behind the journal.

No start resets a session: this only reads games and marks boards.
"""

import asyncio
import logging

from engine_client.models import SessionSummary, parse_session_id
from engine_client.protocol import GameEngineClient
from sessions.boards import BoardBook
from sessions.channel_settings import SettingsBook
from sessions.countdown import Countdowns

log = logging.getLogger(__name__)


class Resume:
    """Takes up where the last process stopped, once."""

    def __init__(
        self, engine: GameEngineClient, boards: BoardBook, settings: SettingsBook, countdowns: Countdowns
    ) -> None:
        self._engine = engine
        self._boards = boards
        self._settings = settings
        self._countdowns = countdowns
        self._once = asyncio.Lock()
        self._done = False

    async def once(self) -> None:
        """Do it, unless it has been done."""
        async with self._once:
            if self._done:
                return
            summaries = {summary.session_id: summary for summary in await self._engine.list_sessions()}
            await self._mark_boards(summaries)
            await self._take_up_countdowns(summaries)
            self._done = True

    async def _mark_boards(self, summaries: dict[str, SessionSummary]) -> None:
        behind = 0
        for board in await self._boards.all():
            newest = summaries.get(board.session_id)
            if newest is None or not board.message_id:
                continue
            if (board.voyage, board.n) != (newest.voyage, newest.turn):
                await self._boards.behind(board.session_id)
                behind += 1
        log.info("resumed sessions=%d boards_behind=%d", len(summaries), behind)

    async def _take_up_countdowns(self, summaries: dict[str, SessionSummary]) -> None:
        for text_id in await self._settings.with_countdown():
            if text_id in summaries and summaries[text_id].active:
                turn = await self._engine.state(parse_session_id(text_id))
                if turn is not None:
                    await self._countdowns.watch(turn)
