"""The tracker below Discord, put together: poller, outbox and book over one store."""

import random
from collections.abc import Callable, Mapping

from sessions.tracker.book import SubscriptionBook
from sessions.tracker.models import FeedInfo
from sessions.tracker.outbox import Outbox
from sessions.tracker.poller import Poller, SessionList
from storage.leases import LeaseStore
from storage.tracker import TrackerStore


class Tracker:
    """One process's part in the tracking. `owner` names the process among all that share the store."""

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
        self.poller = Poller(store, leases, lists, feeds, owner=owner, clock=clock, chance=chance)
        self.outbox = Outbox(self.poller, store, clock)
        self.book = SubscriptionBook(store, feeds, self.poller, clock)

    async def close(self) -> None:
        """Stop asking and let another process take over at once."""
        await self.poller.close()
