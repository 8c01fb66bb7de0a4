"""The poller over a real store: asking, failing, recovering, starting again, and there being only one."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine_client.feeds.errors import FeedAway
from engine_client.feeds.models import Answer, Listing, Reading
from sessions.tracker.errors import (
    MAX_PER_GUILD,
    AlreadyTracked,
    BadFilter,
    NoPingOnBoard,
    NoSuchFeed,
    NoSuchSubscription,
    TooManyTracked,
)
from sessions.tracker.models import FeedInfo, Style
from sessions.tracker.poller import LEASE_SECONDS
from sessions.tracker.schedule import MAX_BACKOFF, FeedClock
from sessions.tracker.service import Tracker
from storage.errors import StoreUnavailable
from storage.store import Store
from storage.tracker import TrackerStore
from tests.sessions.tracker.helpers import T0, listing, subscription

FEEDS = {
    "feed": FeedInfo("feed", "Test League", 60.0),
    "other": FeedInfo("other", "Other", 60.0),
    "locked": FeedInfo("locked", "Locked", 60.0, missing=("KEY",)),
}


class Lists:
    """Answers that a test chooses; counts what was asked."""

    def __init__(self, clock: "Time") -> None:
        self.clock = clock
        self.rows: list[Listing] = []
        self.error: Exception | None = None
        self.complete = True
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None

    async def fetch(self, feed: str) -> Answer:
        self.asked.append(feed)
        number = len(self.asked)
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        reading = Reading(tuple(self.rows), self.complete, "" if self.complete else "odd rows")
        return Answer(feed, number, self.clock.now, reading)


class Time:
    """The time of a test."""

    def __init__(self) -> None:
        self.now = T0

    def __call__(self) -> float:
        return self.now


class House:
    """A store and trackers over it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.rows = TrackerStore(store.database)
        self.time = Time()
        self.lists = Lists(self.time)
        self.tracker = self.another("one")

    def another(self, owner: str) -> Tracker:
        return Tracker(
            self.rows,
            self.store.leases,
            self.lists,
            FEEDS,
            owner=owner,
            clock=self.time,
            chance=random.Random(3),
        )

    async def track(self, **changes) -> int:
        values = {"guild_id": 10, "channel_id": 100, "feed": "feed", "created_by": 5} | changes
        return (await self.tracker.book.add(**values)).subscription_id

    async def tick(self, tracker: Tracker | None = None, after: float = 60.0) -> None:
        self.time.now += after
        await (tracker or self.tracker).poller.tick()
        await (tracker or self.tracker).poller.idle()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await Store.open(tmp_path / "store.sqlite3")
    made = House(store)
    yield made
    await made.tracker.close()
    await store.close()


async def test_nobody_asks_for_what_nobody_wants(house):
    await house.tick()
    assert house.lists.asked == []


async def test_a_thousand_subscriptions_are_one_request(house):
    for number in range(1000):
        await house.rows.add_subscription(subscription(number, channel_id=5000 + number))
    house.lists.rows = [listing("a")]
    for _ in range(3):
        await house.tick()
    assert house.lists.asked == ["feed"] * 3
    assert len((await house.rows.load()).posts) == 1000


async def test_the_interval_is_kept_and_a_new_subscription_costs_no_request(house):
    await house.track()
    house.lists.rows = [listing("a")]
    await house.tick()
    for _ in range(11):
        await house.tick(after=5)
    assert len(house.lists.asked) == 1
    await house.track(channel_id=101)
    await house.tick(after=1)
    assert len(house.lists.asked) == 1
    posts = (await house.rows.load()).posts
    assert sorted(post.subscription_id for post in posts) == [1, 2]
    await house.tick(after=4)
    assert len(house.lists.asked) == 2


async def test_a_slow_feed_is_asked_once_and_holds_up_nobody(house):
    await house.track()
    house.lists.gate = asyncio.Event()
    house.time.now += 60
    await house.tracker.poller.tick()
    await house.track(feed="other")
    for _ in range(5):
        house.time.now += 60
        await house.tracker.poller.tick()
        await asyncio.sleep(0)
    assert house.lists.asked == ["feed", "other"]
    house.lists.gate.set()
    await house.tracker.poller.idle()


async def test_failures_wait_longer_and_are_logged_once(house, caplog):
    caplog.set_level(logging.INFO)
    await house.track()
    house.lists.error = FeedAway("HTTP 500")
    for _ in range(6):
        await house.tick(after=MAX_BACKOFF)
    assert len(house.lists.asked) == 6
    said = [one.message for one in caplog.records if "feed feed" in one.message]
    assert said == ["feed feed does not answer: HTTP 500"]
    health = house.tracker.poller.health("feed")
    assert health is not None
    assert health.failures == 6
    house.lists.error = None
    house.lists.rows = [listing("a")]
    await house.tick(after=MAX_BACKOFF)
    await house.tick()
    said = [one.message for one in caplog.records if "feed feed" in one.message]
    assert said[1:] == ["feed feed answers again"]


async def test_an_answer_that_says_nothing_is_a_failure_that_ends_nothing(house):
    await house.track()
    house.lists.rows = [listing("a")]
    await house.tick()
    house.lists.rows, house.lists.complete = [], False
    for _ in range(10):
        await house.tick(after=MAX_BACKOFF)
    desk = house.tracker.poller.desks["feed"]
    assert desk.state.followed["a"].misses == 0
    health = house.tracker.poller.health("feed")
    assert health is not None
    assert health.failures == 10


async def test_a_doubtful_feed_is_logged_when_it_begins_and_when_it_ends(house, caplog):
    caplog.set_level(logging.INFO)
    await house.track()
    house.lists.rows = [listing("a")]
    await house.tick()
    house.lists.complete = False
    for _ in range(5):
        await house.tick()
    house.lists.complete = True
    for _ in range(3):
        await house.tick()
    said = [one.message for one in caplog.records if "feed feed" in one.message]
    assert said == ["feed feed is not complete: odd rows", "feed feed is complete"]


async def test_closing_right_after_a_tick_ends(house):
    await house.track()
    house.time.now += 60
    await house.tracker.poller.tick()
    await asyncio.wait_for(house.tracker.close(), 10)
    assert house.tracker.poller.held is None


async def test_a_store_that_is_away_is_logged_once(house, caplog, monkeypatch):
    async def away(*_: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(house.rows, "subscriptions", away)
        for _ in range(5):
            await house.tick(after=5)
    await house.tick(after=5)
    assert caplog.text.count("the store is away") == 1


async def test_a_server_that_asks_for_patience_gets_it(house):
    await house.track()
    house.lists.error = FeedAway("HTTP 429", retry_after=1800)
    await house.tick()
    for _ in range(29):
        await house.tick(after=60)
    assert len(house.lists.asked) == 1
    await house.tick(after=60)
    assert len(house.lists.asked) == 2


def test_backoff_has_full_jitter_up_to_ten_minutes():
    clock = FeedClock(60.0, random.Random(1))
    waits: list[float] = []
    for _ in range(300):
        clock.failed(T0, "away")
        waits.append(clock.next_at - T0)
    assert 60 <= min(waits) < 80
    assert 580 < max(waits) <= MAX_BACKOFF
    assert clock.answered(T0)
    assert clock.next_at == T0 + 60
    assert not clock.answered(T0)


async def test_a_restart_goes_on_where_it_was(house):
    await house.track()
    house.lists.rows = [listing("a"), listing("b"), listing("c")]
    await house.tick()
    before = house.tracker.poller.desks["feed"].state
    await house.tracker.close()
    house.tracker = house.another("two")
    house.lists.rows = house.lists.rows[1:]
    for _ in range(3):
        await house.tick()
    desk = house.tracker.poller.desks["feed"]
    assert {one.key for one in desk.followed.values()} == {one.key for one in before.followed.values()}
    assert desk.state.followed["a"].phase == "ended"
    assert len(desk.posts) == 3
    assert desk.state.followed["b"].first_seen == before.followed["b"].first_seen


async def test_absences_are_not_forgotten_by_a_restart(house):
    await house.track()
    house.lists.rows = [listing("a"), listing("b"), listing("c")]
    await house.tick()
    house.lists.rows = house.lists.rows[1:]
    await house.tick()
    await house.tick()
    await house.tracker.close()
    house.tracker = house.another("two")
    await house.tick()
    assert house.tracker.poller.desks["feed"].state.followed["a"].phase == "ended"


async def test_what_is_over_is_forgotten(house):
    await house.track()
    house.lists.rows = [listing("a")]
    await house.tick()
    house.lists.rows = []
    for _ in range(3):
        await house.tick()
    for _ in range(12):
        await house.tick()
    rows = await house.rows.load()
    assert (rows.posts, rows.listings) == ([], [])


async def test_only_one_process_asks(house):
    second = house.another("two")
    await house.track()
    house.lists.rows = [listing("a")]
    await house.tick()
    await house.tick(second, after=1)
    assert (len(house.lists.asked), second.poller.desks) == (1, {})
    await house.tracker.close()
    await house.tick(second, after=1)
    assert len(house.lists.asked) == 2
    assert len(second.poller.desks["feed"].posts) == 1
    await second.close()


async def test_a_former_poller_is_refused_and_steps_down(house):
    """It sleeps past its lease with an answer on the way; the other one has taken over meanwhile."""
    second = house.another("two")
    await house.track()
    house.lists.gate = asyncio.Event()
    house.time.now += 60
    await house.tracker.poller.tick()
    house.time.now += LEASE_SECONDS + 1
    await second.poller.tick()
    house.lists.gate.set()
    house.lists.rows = [listing("a")]
    await house.tracker.poller.idle()
    assert house.tracker.poller.held is None
    assert house.tracker.poller.desks == {}
    await second.poller.idle()
    assert len((await house.rows.load()).posts) == 1
    await second.close()


async def test_a_store_that_is_away_loses_nothing(house, monkeypatch):
    await house.track()
    house.lists.rows = [listing("a")]

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(house.rows, "save", away)
        await house.tick()
        assert house.tracker.poller.desks["feed"].posts == {}
    await house.tick()
    assert len(house.tracker.poller.desks["feed"].posts) == 1


async def test_an_error_of_ours_is_logged_and_the_feed_asked_again_later(house, caplog):
    await house.track()
    house.lists.error = RuntimeError("bug")
    await house.tick()
    await house.tick(after=5)
    assert len(house.lists.asked) == 1
    assert "not understood" in caplog.text
    house.lists.error, house.lists.rows = None, [listing("a")]
    await house.tick(after=MAX_BACKOFF)
    assert len(house.tracker.poller.desks["feed"].posts) == 1


async def test_the_book_refuses_what_makes_no_sense(house):
    await house.track(filter_text="map:dunes")
    with pytest.raises(AlreadyTracked):
        await house.track(filter_text=" map:dunes ")
    with pytest.raises(NoSuchFeed, match="no feed `nope`"):
        await house.track(feed="nope")
    with pytest.raises(NoSuchFeed, match="`KEY`"):
        await house.track(feed="locked")
    with pytest.raises(BadFilter):
        await house.track(filter_text="what")
    with pytest.raises(NoPingOnBoard):
        await house.track(style=Style.BOARD, role_id=4)
    with pytest.raises(NoSuchSubscription):
        await house.tracker.book.remove(11, 1)
    with pytest.raises(NoSuchSubscription):
        await house.tracker.book.pause(10, 99)
    assert [row.filter for row in await house.tracker.book.of(10)] == ["map:dunes"]


async def test_the_book_has_a_limit_for_each_server_also_in_a_rush(house):
    results = await asyncio.gather(
        *(house.track(channel_id=number) for number in range(MAX_PER_GUILD + 5)), return_exceptions=True
    )
    assert sum(isinstance(one, TooManyTracked) for one in results) == 5
    assert len(await house.tracker.book.of(10)) == MAX_PER_GUILD
    await house.track(guild_id=11)


async def test_two_equal_commands_at_once_make_one_subscription(house):
    results = await asyncio.gather(house.track(), house.track(), return_exceptions=True)
    assert sum(isinstance(one, AlreadyTracked) for one in results) == 1


async def test_a_server_that_we_left_is_forgotten(house):
    await house.track()
    await house.track(guild_id=11)
    house.lists.rows = [listing("a")]
    await house.tick()
    await house.tracker.book.forget_guild(10)
    await house.tick()
    assert [row.guild_id for row in await house.rows.subscriptions()] == [11]
    assert len(house.tracker.poller.desks["feed"].posts) == 1


async def test_a_feed_whose_file_is_gone_is_not_asked_but_can_be_removed(house):
    number = await house.track(feed="other")
    house.lists.rows = [listing("a")]
    await house.tick()
    await house.tracker.close()
    without = Tracker(
        house.rows,
        house.store.leases,
        house.lists,
        {},
        owner="x",
        clock=house.time,
        chance=random.Random(1),
    )
    await house.tick(without)
    assert len(house.lists.asked) == 1
    (line,) = await without.book.overview(10)
    assert "its file" in line.trouble
    await without.book.remove(10, number)
    await house.tick(without)
    without.poller.desks["other"].unsure.clear()  # the delivery looked for the message: it is not there
    await house.tick(without)
    assert await house.rows.subscriptions() == []
    await without.close()


async def test_the_overview_tells_how_it_is_going(house):
    await house.track()
    house.lists.rows = [listing("a"), listing("b")]
    await house.tick()
    (line,) = await house.tracker.book.overview(10)
    assert (line.title, line.live, line.trouble, line.closed) == ("Test League", 2, "", None)
    assert line.answered_at == house.time.now
    house.lists.error = FeedAway("HTTP 500")
    await house.tick()
    (line,) = await house.tracker.book.overview(10)
    assert line.trouble == "HTTP 500"
    assert await house.tracker.book.overview(11) == []


async def test_values_for_autocompletion_keep_to_what_a_server_may_see(house):
    await house.track()
    house.lists.rows = [listing("a", map="dunes"), listing("b", map="moon", scope="77")]
    await house.tick()
    assert house.tracker.book.values(10, "feed", "map") == ["dunes"]
    assert house.tracker.book.values(77, "feed", "map") == ["dunes", "moon"]
    assert house.tracker.book.values(10, "unknown", "map") == []
    assert [feed.name for feed in house.tracker.book.feeds()] == ["other", "feed"]
