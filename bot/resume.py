"""What a process does when it gains a shard: take up its countdowns, and find boards behind the journal.

That is at a start, and when it takes over from a process that died or stopped. No start resets a session:
this only reads games and marks boards.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import TypeVar

from engine_client.models import SessionSummary, parse_session_id
from engine_client.protocol import GameEngineClient
from sessions.boards import BoardBook
from sessions.channel_settings import SettingsBook
from sessions.countdown import Countdowns

log = logging.getLogger(__name__)

BREATH = 200  # sessions between two moments for others: clicks go on while many sessions are looked at
AT_ONCE = 4  # sessions whose newest turn is read at the same time

T = TypeVar("T")


class Resume:
    """Takes up where the last process stopped, once for each shard that is gained."""

    def __init__(
        self,
        engine: GameEngineClient,
        boards: BoardBook,
        settings: SettingsBook,
        countdowns: Countdowns,
        shard_of: Callable[[int], int],
    ) -> None:
        self._engine = engine
        self._boards = boards
        self._settings = settings
        self._countdowns = countdowns
        self._shard_of = shard_of
        self._one_at_a_time = asyncio.Lock()
        self._done: dict[int, int] = {}

    async def once(self, held: Mapping[int, int]) -> None:
        """Do it for the shards that were gained since the last time. Raises EngineError: then again later.

        `held` gives for each shard that is held a number that changes when it is gained anew.
        """
        async with self._one_at_a_time:
            gained = {shard for shard, number in held.items() if self._done.get(shard) != number}
            if gained:
                await self._take_up(gained)
            self._done = dict(held)

    async def _take_up(self, shards: set[int]) -> None:
        summaries = {summary.session_id: summary for summary in await self._engine.list_sessions()}
        mine = await self._mark_boards(summaries, shards)
        log.info("resumed shards=%s sessions=%d", ",".join(map(str, sorted(shards))), len(mine))
        await self._take_up_countdowns(mine)

    async def _mark_boards(
        self, summaries: Mapping[str, SessionSummary], shards: set[int]
    ) -> dict[str, SessionSummary]:
        """Mark the boards that are behind; give the sessions of these shards, also those without a board."""
        mine = dict(summaries) if 0 in shards else {}
        behind = 0
        async for board in _breathing(await self._boards.all()):
            newest = summaries.get(board.session_id)
            if newest is None:
                continue
            if self._shard_of(board.guild_id) not in shards:
                mine.pop(board.session_id, None)
                continue
            mine[board.session_id] = newest
            if board.message_id and (board.voyage, board.n) != (newest.voyage, newest.turn):
                await self._boards.behind(board.session_id)
                behind += 1
        log.info("boards behind the journal count=%d", behind)
        return mine

    async def _take_up_countdowns(self, summaries: Mapping[str, SessionSummary]) -> None:
        """Watch what counts down, the longest waiting first."""
        known = [summaries[key] for key in await self._settings.with_countdown() if key in summaries]
        counting = iter(sorted((one for one in known if one.active), key=lambda one: one.updated_at))

        async def take_up_some() -> None:
            for summary in counting:
                turn = await self._engine.state(parse_session_id(summary.session_id))
                if turn is not None:
                    await self._countdowns.watch(turn)

        await asyncio.gather(*(take_up_some() for _ in range(AT_ONCE)))


async def _breathing(items: Iterable[T]) -> AsyncIterator[T]:
    for number, item in enumerate(items, start=1):
        yield item
        if number % BREATH == 0:
            await asyncio.sleep(0)
