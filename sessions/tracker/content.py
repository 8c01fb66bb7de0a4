"""What a message should show, and the token that names it: a message whose `shown` is the token is up to
date, whatever happened in between. Pure."""

from collections.abc import Iterable
from hashlib import blake2b

from sessions.tracker.errors import BadFilter
from sessions.tracker.filters import Filter, parse_filter
from sessions.tracker.models import Board, Card, Condition, Followed, Phase, PostRow, Style, SubscriptionRow

BOARD = "board"  # the key of a board's message
BOARD_ROWS = 20  # listings that a board has room for


def card_of(followed: Followed, subscription: SubscriptionRow) -> Card:
    """Say what one session's message should show."""
    if followed.phase is Phase.ENDED:
        return Card(followed, Condition.ENDED)
    return Card(followed, condition_of(subscription))


def board_of(followed: Iterable[Followed], subscription: SubscriptionRow, wanted: Filter) -> Board:
    """Choose what a board should show: the busiest of the listings that the filter means."""
    meant = [one for one in followed if one.phase is not Phase.ENDED and is_meant(one, subscription, wanted)]
    meant.sort(key=lambda one: (-(one.listing.players or 0), one.first_seen, one.key))
    return Board(tuple(meant[:BOARD_ROWS]), len(meant), condition_of(subscription))


def condition_of(subscription: SubscriptionRow) -> Condition:
    """Say what a subscription's live messages are."""
    if subscription.removed_at:
        return Condition.STOPPED
    return Condition.PAUSED if subscription.paused else Condition.LIVE


def is_meant(followed: Followed, subscription: SubscriptionRow, wanted: Filter) -> bool:
    """Say whether a subscription is about a listing."""
    scope = followed.listing.scope
    if scope and scope != str(subscription.guild_id):
        return False
    return wanted.matches(followed.listing)


def token_of(content: Card | Board) -> str:
    """Name a content: equal for what looks equal."""
    if isinstance(content, Card):
        return f"{content.condition.value}:{content.followed.digest}"
    rows = [f"{one.key}{one.digest}" for one in content.rows]
    digest = blake2b("\n".join([str(content.total), *rows]).encode(), digest_size=8).hexdigest()
    return f"{content.condition.value}:{digest}"


def nonce_of(subscription_id: int, key: str, created_at: float, reposts: int) -> str:
    """Name a message before it is sent: always the same for the same one, at most 25 characters."""
    text = f"{subscription_id}\n{key}\n{created_at!r}\n{reposts}"
    return blake2b(text.encode(), digest_size=6).hexdigest()


def is_board(subscription: SubscriptionRow) -> bool:
    """Say whether a subscription is one board instead of a message for each session."""
    return subscription.style == Style.BOARD


def new_post(row: SubscriptionRow, key: str, now: float, *, pings: bool) -> PostRow:
    """Make the row of a message that is not sent yet."""
    return PostRow(
        subscription_id=row.subscription_id,
        key=key,
        nonce=nonce_of(row.subscription_id, key, now, 0),
        channel_id=0,
        message_id=0,
        pings=pings,
        created_at=now,
        posted_at=0.0,
        edited_at=0.0,
        shown="",
        reposts=0,
        muted=False,
    )


def filter_of(row: SubscriptionRow) -> Filter:
    """Read a stored filter; one that only an older release could read filters nothing."""
    try:
        return parse_filter(row.filter)
    except BadFilter:
        return Filter()
