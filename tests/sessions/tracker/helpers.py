"""Answers and listings for the tracker's tests, in as few words as possible."""

from collections.abc import Iterable
from typing import Any

from engine_client.feeds.models import Answer, Listing, Reading, SessionState
from sessions.tracker.models import Action, FeedState, Rules
from sessions.tracker.reconcile import reconcile
from storage.tracker import SubscriptionRow

T0 = 1_000_000.0
STEP = 60.0


def listing(listing_id: str = "a", **changes: Any) -> Listing:
    """Make a listing in game, with two players."""
    values: dict[str, Any] = {
        "id": listing_id,
        "name": f"game {listing_id}",
        "players": 2,
        "max": 4,
        "names": ("Ada", f"Guest of {listing_id}"),
        "state": SessionState.INGAME,
    }
    return Listing(**(values | changes))


def answer(seq: int, *listings: Listing, complete: bool = True, **reading: Any) -> Answer:
    """Make the answer to request number `seq`, received `seq` steps after T0."""
    return Answer("feed", seq, T0 + seq * STEP, Reading(tuple(listings), complete, **reading))


class Course:
    """A feed's course through several answers; one step of time passes before each."""

    def __init__(self, **rules: Any) -> None:
        self.rules = Rules(**rules)
        self.state = FeedState()
        self.seq = 0
        self.now = T0

    def sees(
        self, *listings: Listing, complete: bool = True, after: float = STEP, **reading: Any
    ) -> list[Action]:
        """Let an answer come; give what it leads to."""
        self.seq += 1
        self.now += after
        given = Answer("feed", self.seq, self.now, Reading(tuple(listings), complete, **reading))
        self.state, actions = reconcile(self.state, given, self.now, self.rules)
        return actions

    def sees_ids(self, ids: Iterable[str], **more: Any) -> list[Action]:
        """Let an answer with plain listings of these ids come."""
        return self.sees(*(listing(one) for one in ids), **more)


def told(actions: Iterable[Action]) -> list[str]:
    """Write actions as words: "post a", "end b"."""
    return [f"{type(action).__name__.lower()} {action.followed.listing.id}" for action in actions]


def subscription(number: int = 1, **changes: Any) -> SubscriptionRow:
    """Make a subscription to "feed"."""
    values: dict[str, Any] = {
        "subscription_id": number,
        "guild_id": 10,
        "channel_id": 100 + number,
        "thread_id": 0,
        "feed": "feed",
        "filter": "",
        "role_id": 0,
        "style": "cards",
        "paused": False,
        "primed": True,
        "removed_at": 0.0,
        "created_by": 5,
        "created_at": T0,
    }
    return SubscriptionRow(**(values | changes))
