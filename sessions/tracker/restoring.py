"""From stored rows to a feed's memory, and back. It decides nothing."""

from collections.abc import Iterable

import msgspec

from sessions.tracker.models import FeedRow, FeedState, Followed, ListingRow, Phase

_FRESH = 600.0  # seconds without an answer after which what is new is no news any more

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Followed)


def to_row(feed: str, followed: Followed) -> ListingRow:
    """Make the stored form of a listing."""
    return ListingRow(feed, followed.key, _encode(followed))


def from_rows(rows: Iterable[ListingRow]) -> list[Followed]:
    """Read stored listings; one that this release cannot read is left out (its message is then forgotten)."""
    found: list[Followed] = []
    for row in rows:
        try:
            found.append(_decoder.decode(row.data))
        except msgspec.DecodeError:
            continue
    return found


def restored_state(
    followed: Iterable[Followed], feed: FeedRow | None, interval: float, now: float
) -> FeedState:
    """Make the state that reconcile goes on from. Of two listings with one id, the one that lives counts."""
    by_id: dict[str, Followed] = {}
    for one in sorted(followed, key=lambda one: (one.phase is not Phase.ENDED, one.first_seen)):
        by_id[one.listing.id] = one
    if feed is None:
        return FeedState(by_id)
    primed = now - feed.at <= max(_FRESH, 5 * interval)
    return FeedState(by_id, at=feed.at, source_time=feed.source_time, primed=primed)
