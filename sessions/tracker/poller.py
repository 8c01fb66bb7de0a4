"""Asks the feeds that somebody wants, each at its time, and stores what an answer changes.

One poller works at a time in the whole fleet: it holds a lease, and the store refuses a former one. A slow
feed holds up no other. Never Discord: what is to be shown there waits at the desks.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Generator, Mapping
from typing import Protocol

from engine_client.feeds.errors import FeedAway, FeedError
from engine_client.feeds.models import Answer
from sessions.tracker.desk import Desk, Draft
from sessions.tracker.drafts import drafting
from sessions.tracker.models import FeedInfo, FeedRow, SubscriptionRow
from sessions.tracker.restoring import from_rows, restored_state, to_row
from sessions.tracker.schedule import FeedClock
from storage.errors import StaleEpoch, StorageError
from storage.leases import Lease, LeaseStore
from storage.tracker import TrackerStore

LEASE = "tracker"
LEASE_SECONDS = 60.0
PURGE_SECONDS = 30.0
STEPS = 10  # subscriptions that are compared with a feed's listings in one go

log = logging.getLogger(__name__)


class SessionList(Protocol):
    """Where listings come from."""

    async def fetch(self, feed: str) -> Answer:
        """Ask once. Raises FeedError."""
        ...


class Poller:
    """Keeps the desks. `desks` is by feed name and empty while another process is the poller."""

    def __init__(
        self,
        store: TrackerStore,
        leases: LeaseStore,
        lists: SessionList,
        feeds: Mapping[str, FeedInfo],
        *,
        owner: str,
        clock: Callable[[], float],
        chance: random.Random,
    ) -> None:
        self._store = store
        self._leases = leases
        self._lists = lists
        self._feeds = feeds
        self._owner = owner
        self._clock = clock
        self._chance = chance
        self._clocks: dict[str, FeedClock] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._purged_at = 0.0
        self._store_away = False
        self.desks: dict[str, Desk] = {}
        self.held: Lease | None = None

    async def tick(self) -> None:
        """Do what is due: keep the lease, take the subscriptions, ask the feeds, forget what is over."""
        now = self._clock()
        try:
            if not await self._lead(now):
                return
            await self._take_subscriptions(await self._store.subscriptions(), now)
            for name, desk in list(self.desks.items()):
                due = desk.active and not desk.feed.missing and self._clock_of(name).next_at <= now
                if due and name not in self._asking:
                    self._start(name)
            if now - self._purged_at >= PURGE_SECONDS:
                self._purged_at = now
                await self._purge(now)
            self._store_away = False
        except StaleEpoch:
            self.step_down()
        except StorageError as error:
            if not self._store_away:
                log.warning("the store is away, the tracker waits: %s", error)
            self._store_away = True

    def _start(self, name: str) -> None:
        task = asyncio.create_task(self._ask(name), name=f"ask {name}")
        self._asking[name] = task
        task.add_done_callback(lambda _: self._asking.pop(name, None))

    async def idle(self) -> None:
        """Wait until no feed is being asked."""
        while self._asking:
            await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def close(self) -> None:
        """Stop asking and give the lease back."""
        for task in list(self._asking.values()):
            task.cancel()
        await self.idle()
        held, self.held = self.held, None
        self.desks.clear()
        if held is not None:
            try:
                await self._leases.release(held)
            except StorageError as error:
                log.info("the tracker's lease runs out by itself: %s", error)

    def step_down(self) -> None:
        """Another process is the poller now: forget everything; it is stored."""
        log.info("another process follows the feeds now")
        self.held = None
        self.desks.clear()
        self._clocks.clear()

    def health(self, feed: str) -> FeedClock | None:
        """Say how a feed has been doing, as far as this process has asked it."""
        return self._clocks.get(feed)

    async def _lead(self, now: float) -> bool:
        if self.held is not None and self.held.until - now > LEASE_SECONDS / 2:
            return True
        if self.held is not None:
            self.held = await self._leases.renew(self.held, LEASE_SECONDS, now)
            return True
        held = await self._leases.acquire(LEASE, self._owner, LEASE_SECONDS, now)
        if held is None:
            return False
        await self._load(now)
        self.held = held
        return True

    async def _load(self, now: float) -> None:
        """Build the desks from what is stored."""
        rows = await self._store.load()
        subscriptions = await self._store.subscriptions()
        feed_of = {row.subscription_id: row.feed for row in subscriptions}
        feeds = {row.feed: row for row in rows.feeds}
        self.desks = {}
        for name in set(feed_of.values()):
            desk = self.desks[name] = Desk(self._info(name))
            followed = from_rows(row for row in rows.listings if row.feed == name)
            state = restored_state(followed, feeds.get(name), desk.feed.interval, now)
            posts = (post for post in rows.posts if feed_of.get(post.subscription_id) == name)
            desk.restore(state, followed, posts)
        await self._store.forget(
            posts=[(one.subscription_id, one.key) for one in rows.posts if one.subscription_id not in feed_of]
        )

    async def _take_subscriptions(self, rows: list[SubscriptionRow], now: float) -> None:
        by_feed: dict[str, list[SubscriptionRow]] = {name: [] for name in self.desks}
        for row in rows:
            by_feed.setdefault(row.feed, []).append(row)
        for name, mine in by_feed.items():
            desk = self.desks.setdefault(name, Desk(self._info(name)))
            desk.subscribe(mine)
            if desk.waiting and self._is_current(name, now):
                await self._keep(desk, None)

    def _is_current(self, name: str, now: float) -> bool:
        """Say whether the newest answer is fresh enough to show it to a new subscription."""
        clock = self._clock_of(name)
        return clock.answered_at > 0 and now - clock.answered_at < 2 * clock.interval

    def _clock_of(self, name: str) -> FeedClock:
        if name not in self._clocks:
            self._clocks[name] = FeedClock(self._info(name).interval, self._chance)
        return self._clocks[name]

    def _info(self, name: str) -> FeedInfo:
        """Give a feed; one whose file is gone stays known but unasked, so that its messages can be closed."""
        return self._feeds.get(name) or FeedInfo(name, name, interval=3600.0, missing=("its file",))

    async def _ask(self, name: str) -> None:
        """Ask one feed and keep its answer; a failure is logged once, and so is the recovery."""
        clock = self._clock_of(name)
        try:
            answer = await self._lists.fetch(name)
            desk = self.desks.get(name)
            if desk is not None:
                await self._keep(desk, answer)
            self._note(name, clock, answer)
        except FeedError as error:
            wish = error.retry_after if isinstance(error, FeedAway) else 0.0
            if clock.failed(self._clock(), str(error), wish):
                log.warning("feed %s does not answer: %s", name, error)
        except StaleEpoch:
            self.step_down()
        except StorageError as error:
            clock.next_at = self._clock() + clock.interval
            log.warning("answer of feed %s not kept, the store is away: %s", name, error)
        except Exception:
            clock.failed(self._clock(), "an error of ours; the log has it")
            log.exception("answer of feed %s not understood", name)

    def _note(self, name: str, clock: FeedClock, answer: Answer) -> None:
        """An answer that says nothing (no row, not complete) is a failure too."""
        reading = answer.reading
        now = self._clock()
        if not reading.complete and not reading.listings:
            if clock.failed(now, reading.reason):
                log.warning("feed %s answers, but not usefully: %s", name, reading.reason)
            return
        doubted = bool(clock.reason)
        if clock.answered(now, reading.reason):
            log.info("feed %s answers again", name)
        elif bool(reading.reason) != doubted:
            log.info(
                "feed %s is %s", name, f"not complete: {reading.reason}" if reading.reason else "complete"
            )

    async def _keep(self, desk: Desk, answer: Answer | None) -> None:
        """Store what an answer changes, then make it true."""
        async with self._locks.setdefault(desk.feed.name, asyncio.Lock()):
            if self.held is None:
                raise StaleEpoch("the tracker's lease is gone")
            draft = await _gently(drafting(desk, answer, self._clock()))
            name, state = desk.feed.name, draft.state
            moved = (state.at, state.source_time) != (desk.state.at, desk.state.source_time)
            await self._store.save(
                self.held,
                feed=FeedRow(name, state.at, state.source_time) if moved else None,
                listings=[to_row(name, one) for one in desk.to_store(draft)],
                posts=draft.posts,
                primed=draft.primed,
            )
            desk.accept(draft)

    async def _purge(self, now: float) -> None:
        """Forget messages that are over, listings that nobody shows, subscriptions that are gone."""
        for desk in self.desks.values():
            over = desk.finished(now)
            keys = [key for number, key in over if desk.drop((number, key))]
            if over:
                listings = [(desk.feed.name, key) for key in keys]
                await self._store.forget(self.held, posts=over, listings=listings)
            for number in desk.emptied(now):
                await self._store.drop_subscription(number, self.held)
                desk.subscribe(row for key, row in desk.subscriptions.items() if key != number)


async def _gently(steps: Generator[None, None, Draft]) -> Draft:
    """Run steps and let others work after every few: a thousand subscriptions take a while."""
    done = 0
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value
        done += 1
        if done % STEPS == 0:
            await asyncio.sleep(0)
