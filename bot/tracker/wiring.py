"""Puts the tracker's parts together for the composition root: feeds, lists, own games, delivery."""

import random
from collections.abc import Callable, Sequence

import discord

from bot.tracker.breaker import Breakers
from bot.tracker.budget import ChannelBudgets
from bot.tracker.calls import Calls
from bot.tracker.delivery import Delivery
from engine_client.feeds.catalog import Catalog
from engine_client.feeds.own_games import ChannelFacts, OwnGames, Voyage
from engine_client.protocol import GameEngineClient
from engine_client.session_lists import HttpSessionLists, RoutedLists, SessionList
from sessions.boards import BoardBook
from sessions.tapes.service import Tapes
from sessions.tracker.models import FeedInfo, Rules
from sessions.tracker.service import Tracker

OWN_GAMES = "dead_reckoning"  # the feed whose rows are our own


def feed_infos(catalog: Catalog) -> dict[str, FeedInfo]:
    """Say of each feed what the tracker must know."""
    return {
        spec.name: FeedInfo(
            name=spec.name,
            title=spec.title,
            interval=spec.interval,
            rules=Rules(volatile=spec.volatile, split_rounds=spec.split_rounds),
            site=spec.site,
            missing=catalog.missing(spec),
        )
        for spec in catalog.specs()
    }


def build_lists(
    http: HttpSessionLists,
    catalog: Catalog,
    engine: GameEngineClient,
    facts: "GameFacts",
    clock: Callable[[], float],
) -> SessionList:
    """Make the lists of a catalog: our own games by the engine, all others by HTTP."""
    if OWN_GAMES not in catalog.names():
        return http
    return RoutedLists(http, {OWN_GAMES: OwnGames(engine, catalog.get(OWN_GAMES), facts, clock)})


def build_delivery(
    client: discord.Client,
    tracker: Tracker,
    budgets: ChannelBudgets,
    *,
    clock: Callable[[], float],
    chance: random.Random,
) -> Delivery:
    """Make what brings a tracker's messages to Discord."""
    breakers = Breakers(tracker.outbox, clock)
    return Delivery(tracker.outbox, Calls(client), budgets, breakers, clock=clock, chance=chance)


class GameFacts:
    """Knows where our own games are played and where their tapes were posted."""

    def __init__(self, boards: BoardBook, tapes: Tapes) -> None:
        self._boards = boards
        self._tapes = tapes

    async def facts(self, running: Sequence[Voyage], ended: Sequence[Voyage]) -> dict[Voyage, ChannelFacts]:
        """Say what is known of voyages. Those outside servers, or without a board, are left out."""
        boards = {row.session_id: row for row in await self._boards.all() if row.guild_id}
        found: dict[Voyage, ChannelFacts] = {}
        for voyage in [*running, *ended]:
            board = boards.get(voyage[0])
            if board is None:
                continue
            channel = f"https://discord.com/channels/{board.guild_id}/{board.channel_id}"
            message = await self._tape_message(voyage) if voyage in ended else 0
            tape = f"{channel}/{message}" if message else ""
            found[voyage] = ChannelFacts(str(board.guild_id), channel, tape)
        return found

    async def _tape_message(self, voyage: Voyage) -> int:
        tapes = await self._tapes.list(voyage[0])
        return next((tape.message_id for tape in tapes if tape.voyage == voyage[1]), 0)
