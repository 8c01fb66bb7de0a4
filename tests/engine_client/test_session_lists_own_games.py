"""Our own games as a session list."""

import pytest
from msgspec.structs import replace

from engine_client.errors import EngineAway
from engine_client.feeds.catalog import load_catalog
from engine_client.feeds.errors import FeedAway
from engine_client.feeds.models import Listing, SessionState
from engine_client.feeds.own_games import LINGER, ChannelFacts, OwnGames
from engine_client.models import SessionSummary
from sessions.tracker.models import FeedState, Post, Rules
from sessions.tracker.reconcile import reconcile

NOW = 1_767_225_600.0
GAME = SessionSummary("100", 3, 12, "Ada", "Station 9", "The Reach", True, NOW)


class Engine:
    """As much of an engine as a list needs."""

    def __init__(self) -> None:
        self.games: list[SessionSummary] = [GAME]
        self.away = False

    async def list_sessions(self) -> list[SessionSummary]:
        if self.away:
            raise EngineAway
        return self.games


class Book:
    """Knows channel 100 and 200 on server 7; tapes when a test says so."""

    def __init__(self) -> None:
        self.tapes: dict[tuple[str, int], str] = {}

    async def facts(self, running, ended):
        found = {}
        for session_id, voyage in [*running, *ended]:
            if session_id in {"100", "200"}:
                tape = self.tapes.get((session_id, voyage), "") if (session_id, voyage) in ended else ""
                found[session_id, voyage] = ChannelFacts(
                    "7", f"https://discord.com/channels/7/{session_id}", tape
                )
        return found


class House:
    def __init__(self) -> None:
        self.engine, self.book, self.now = Engine(), Book(), NOW
        spec = load_catalog().get("dead_reckoning")
        self.list = OwnGames(self.engine, spec, self.book, lambda: self.now)  # type: ignore[arg-type]
        self.state = FeedState()

    async def listings(self) -> list[Listing]:
        answer = await self.list.fetch("dead_reckoning")
        assert answer.reading.complete, answer.reading
        return list(answer.reading.listings)

    async def steps(self) -> list[str]:
        self.now += 15
        answer = await self.list.fetch("dead_reckoning")
        self.state, actions = reconcile(self.state, answer, self.now, Rules())
        return [f"{type(one).__name__.lower()} {one.followed.listing.id}" for one in actions]


@pytest.fixture
def house() -> House:
    return House()


async def test_a_voyage_under_way_is_a_listing(house):
    assert await house.listings() == [
        Listing(
            id="100:3",
            name="Voyage 3 of Ada",
            mode="The Reach",
            map="Station 9",
            host="Ada",
            state=SessionState.INGAME,
            join="https://discord.com/channels/7/100",
            scope="7",
        )
    ]


async def test_a_game_outside_known_servers_is_never_listed(house):
    house.engine.games = [replace(GAME, session_id="999")]
    assert await house.listings() == []


async def test_an_ended_voyage_ends_at_once_and_learns_of_its_tape(house):
    assert await house.steps() == ["post 100:3"]
    assert await house.steps() == []
    house.engine.games = [replace(GAME, active=False, updated_at=house.now)]
    assert await house.steps() == ["end 100:3"]
    assert await house.steps() == []
    house.book.tapes["100", 3] = "https://discord.com/channels/7/100/555"
    assert await house.steps() == ["end 100:3"]
    listing = house.state.followed["100:3"].listing
    assert (listing.link, listing.link_text) == (
        "https://discord.com/channels/7/100/555",
        "Watch the death tape",
    )
    assert await house.steps() == []


async def test_a_voyage_that_another_one_followed_at_once_ends_too(house):
    await house.steps()
    house.engine.games = [replace(GAME, voyage=4, captain="Zoe")]
    assert await house.steps() == ["post 100:4", "end 100:3"]
    house.book.tapes["100", 3] = "https://discord.com/channels/7/100/555"
    assert await house.steps() == ["end 100:3"]


async def test_a_forgotten_session_ends(house):
    await house.steps()
    house.engine.games = []
    assert await house.steps() == ["end 100:3"]


async def test_what_ended_long_ago_is_not_listed(house):
    house.engine.games = [replace(GAME, active=False, updated_at=NOW - LINGER - 1)]
    assert await house.listings() == []
    house.engine.games = [replace(GAME, active=False, updated_at=NOW - 5)]
    assert [one.ended for one in await house.listings()] == [True]
    house.now += LINGER + 1
    assert await house.listings() == []


async def test_turns_alone_are_no_change(house):
    await house.steps()
    house.engine.games = [replace(GAME, turn=13, updated_at=NOW + 5)]
    assert await house.steps() == []
    house.engine.games = [replace(GAME, place="Deep field")]
    assert await house.steps() == ["edit 100:3"]


async def test_an_engine_that_is_away_ends_nothing(house):
    await house.steps()
    house.engine.away = True
    with pytest.raises(FeedAway, match="engine is away"):
        await house.list.fetch("dead_reckoning")


async def test_the_first_games_seen_are_no_news(house):
    answer = await house.list.fetch("dead_reckoning")
    _, actions = reconcile(FeedState(), answer, NOW)
    assert [one.news for one in actions if isinstance(one, Post)] == [False]
