"""What the tracker knows of a feed's listings, and what it decides. Times are UTC seconds since 1970."""

from enum import Enum, IntEnum, StrEnum

import msgspec

from engine_client.feeds.models import Listing
from storage.tracker import ChannelRow, FeedRow, ListingRow, PostRow, SubscriptionRow


class Phase(StrEnum):
    """Where a followed listing stands. A listing that comes back within the window is LIVE again."""

    LIVE = "live"
    MISSING = "missing"
    ENDED = "ended"


class Rules(msgspec.Struct, frozen=True):
    """The numbers behind the decisions, and what a feed says about itself.

    `misses` absences end a listing; `mass_misses` when more than half of at least `mass` live listings
    vanish at once; `reopen` is in seconds.
    """

    volatile: frozenset[str] = frozenset()
    split_rounds: bool = False
    misses: int = 3
    mass_misses: int = 5
    mass: int = 3
    reopen: float = 600.0


class Followed(msgspec.Struct, frozen=True, gc=False):
    """A listing over time. `key` stays when the host, and with it the listing's id, changes.

    `digest` stands for what people see of it; `needed` is how many absences will end it; `last_seen` is
    meaningful from the first absence on.
    """

    key: str
    listing: Listing
    digest: str
    first_seen: float
    phase: Phase = Phase.LIVE
    misses: int = 0
    needed: int = 0
    last_seen: float = 0.0
    ended_at: float = 0.0


class FeedState(msgspec.Struct, frozen=True):
    """All that is remembered of a feed between two answers. `followed` is by the listing's current id.

    `at` is the time of the last complete answer; `primed` means that there was one, so that what is new from
    now on is news.
    """

    followed: dict[str, Followed] = {}
    seq: int = 0
    at: float = 0.0
    source_time: float | None = None
    primed: bool = False


class Post(msgspec.Struct, frozen=True, gc=False):
    """Show a new listing. `news` is false for what was there before we first looked: no ping then."""

    followed: Followed
    news: bool


class End(msgspec.Struct, frozen=True, gc=False):
    """Show that a listing is over."""

    followed: Followed


class Edit(msgspec.Struct, frozen=True, gc=False):
    """Show a listing's new state; `reopened` when it was shown as ended."""

    followed: Followed
    reopened: bool = False


Action = Post | End | Edit


class Style(StrEnum):
    """How a subscription looks: a message for each session, or one board for the whole feed."""

    CARDS = "cards"
    BOARD = "board"


class WorkKind(IntEnum):
    """What is to be done in Discord, in the order in which it is done."""

    POST = 0
    END = 1
    EDIT = 2


class Condition(Enum):
    """What a message says about its session."""

    LIVE = "live"
    ENDED = "end"
    PAUSED = "pause"
    STOPPED = "stop"


class Card(msgspec.Struct, frozen=True):
    """The content of one session's message."""

    followed: Followed
    condition: Condition


class Board(msgspec.Struct, frozen=True):
    """The content of a board: the listings that it has room for, busiest first, and how many there are."""

    rows: tuple[Followed, ...]
    total: int
    condition: Condition


class FeedInfo(msgspec.Struct, frozen=True):
    """What the tracker must know of a feed. `interval` is in seconds; `missing` secrets make it unusable."""

    name: str
    title: str
    interval: float
    rules: Rules = Rules()
    site: str = ""
    missing: tuple[str, ...] = ()


class Work(msgspec.Struct, frozen=True):
    """One thing to do in Discord. `token` names the content: `shown` becomes it when it is done.

    `unsure` means that the message may be there already, although its id is not known: look first.
    """

    kind: WorkKind
    subscription: SubscriptionRow
    post: PostRow
    content: Card | Board
    feed: FeedInfo
    token: str
    unsure: bool

    @property
    def channel_id(self) -> int:
        """Give the channel or thread that the message is or will be in."""
        return self.post.channel_id or self.subscription.thread_id or self.subscription.channel_id


__all__ = [
    "Action",
    "Board",
    "Card",
    "ChannelRow",
    "Condition",
    "Edit",
    "End",
    "FeedInfo",
    "FeedRow",
    "FeedState",
    "Followed",
    "Listing",
    "ListingRow",
    "Phase",
    "Post",
    "PostRow",
    "Rules",
    "Style",
    "SubscriptionRow",
    "Work",
    "WorkKind",
]
