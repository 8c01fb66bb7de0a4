"""The bot's own games as a session list: `GameEngineClient.list_sessions` through a feed's mapping.

A game is listed only together with its server, because only that server may see it. A voyage that has just
ended stays listed for a while, as ended, so that its message can still learn where its tape is.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Protocol

import msgspec

from engine_client.errors import EngineError
from engine_client.feeds.errors import FeedAway
from engine_client.feeds.models import Answer
from engine_client.feeds.reading import read_document
from engine_client.feeds.spec import FeedSpec
from engine_client.models import SessionSummary
from engine_client.protocol import GameEngineClient

LINGER = 900.0  # seconds that an ended voyage stays listed

Voyage = tuple[str, int]  # session id, voyage


class ChannelFacts(msgspec.Struct, frozen=True):
    """What the bot knows of a game's channel. `guild` is "" for a channel outside servers."""

    guild: str = ""
    channel_url: str = ""
    tape_url: str = ""


class FactsBook(Protocol):
    """Who knows the channels of games."""

    async def facts(self, running: Sequence[Voyage], ended: Sequence[Voyage]) -> dict[Voyage, ChannelFacts]:
        """Say what is known of these voyages' channels, for the ended ones also where their tapes are."""
        ...


class OwnGames:
    """Lists the voyages of one engine."""

    def __init__(
        self, engine: GameEngineClient, spec: FeedSpec, book: FactsBook, clock: Callable[[], float]
    ) -> None:
        self._engine = engine
        self._spec = spec
        self._book = book
        self._clock = clock
        self._count = count(1)
        self._under_way: dict[Voyage, SessionSummary] = {}
        self._ended: dict[Voyage, tuple[float, SessionSummary]] = {}

    async def fetch(self, feed: str) -> Answer:
        """List the voyages under way and those that have just ended. Raises FeedAway."""
        seq = next(self._count)
        try:
            summaries = await self._engine.list_sessions()
        except EngineError as error:
            raise FeedAway("the engine is away") from error
        now = self._clock()
        self._sort(summaries, now)
        facts = await self._book.facts(list(self._under_way), list(self._ended))
        rows = [_row(one, facts.get(voyage), active=True) for voyage, one in self._under_way.items()]
        rows += [_row(one, facts.get(voyage), active=False) for voyage, (_, one) in self._ended.items()]
        reading = read_document(self._spec, [row for row in rows if row["guild"]], now)
        return Answer(feed, seq, now, reading)

    def _sort(self, summaries: list[SessionSummary], now: float) -> None:
        """Tell the voyages under way from those that ended since the last time, or not long ago."""
        before = self._under_way
        self._under_way = {(one.session_id, one.voyage): one for one in summaries if one.active}
        over = {(one.session_id, one.voyage): one for one in summaries if now - one.updated_at <= LINGER}
        for voyage, one in (before | over).items():
            if voyage not in self._under_way and voyage not in self._ended:
                self._ended[voyage] = (now, one)
        self._ended = {
            voyage: (at, one)
            for voyage, (at, one) in self._ended.items()
            if now - at <= LINGER and voyage not in self._under_way
        }


def _row(summary: SessionSummary, facts: ChannelFacts | None, *, active: bool) -> dict[str, Any]:
    row = msgspec.to_builtins(summary) | msgspec.to_builtins(facts or ChannelFacts())
    return row | {"active": active}
