"""What the tracker keeps: subscriptions, followed listings, messages, closed channels, feeds.

A listing's `data` is the tracker's own encoding. Writes of the poller carry its lease: a former poller is
refused. Times are UTC seconds since 1970.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from storage.database import Database
from storage.leases import Lease, check_lease
from storage.put_rows import PutRows
from storage.schema import tracker_channel, tracker_feed, tracker_listing, tracker_post, tracker_subscription

T = TypeVar("T")


class SubscriptionRow(msgspec.Struct, frozen=True):
    """One `/track add`. `removed_at` is 0 while it is wanted; `thread_id` is a forum's post, else 0."""

    subscription_id: int
    guild_id: int
    channel_id: int
    thread_id: int
    feed: str
    filter: str
    role_id: int
    style: str
    paused: bool
    primed: bool
    removed_at: float
    created_by: int
    created_at: float


class ListingRow(msgspec.Struct, frozen=True):
    """A followed listing that some message shows."""

    feed: str
    key: str
    data: bytes


class PostRow(msgspec.Struct, frozen=True):
    """One message of a subscription, kept before it is sent. `message_id` is 0 until it is known."""

    subscription_id: int
    key: str
    nonce: str
    channel_id: int
    message_id: int
    pings: bool
    created_at: float
    posted_at: float
    edited_at: float
    shown: str
    reposts: int
    muted: bool


class ChannelRow(msgspec.Struct, frozen=True):
    """A channel that refuses us, since `opened_at`, with Discord's `code`; tried again at `retry_at`."""

    channel_id: int
    code: int
    failures: int
    opened_at: float
    retry_at: float
    told: bool


class FeedRow(msgspec.Struct, frozen=True):
    """When a feed last gave a complete answer."""

    feed: str
    at: float
    source_time: float | None


class TrackerRows(msgspec.Struct, frozen=True):
    """Everything, as a poller needs it at its start."""

    listings: list[ListingRow]
    posts: list[PostRow]
    channels: list[ChannelRow]
    feeds: list[FeedRow]


_LISTINGS = PutRows[ListingRow](tracker_listing)
_POSTS = PutRows[PostRow](tracker_post)
_CHANNELS = PutRows[ChannelRow](tracker_channel)
_FEEDS = PutRows[FeedRow](tracker_feed)


class TrackerStore:
    """The tracker's rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscriptions(self) -> list[SubscriptionRow]:
        """List every subscription, also those being removed, oldest first."""
        return await self._database.read(
            lambda conn: _all(conn, tracker_subscription, SubscriptionRow, "subscription_id")
        )

    async def add_subscription(self, row: SubscriptionRow) -> SubscriptionRow:
        """Keep a new subscription; give it with its number (the given one is ignored)."""
        values = msgspec.structs.asdict(row)
        del values["subscription_id"]
        statement = (
            insert(tracker_subscription).values(**values).returning(tracker_subscription.c.subscription_id)
        )
        number = await self._database.write(lambda conn: conn.execute(statement).scalar_one())
        return msgspec.structs.replace(row, subscription_id=number)

    async def change_subscription(self, subscription_id: int, **values: object) -> bool:
        """Change some of a subscription; give False where there is none."""
        statement = (
            update(tracker_subscription)
            .where(tracker_subscription.c.subscription_id == subscription_id)
            .values(**values)
        )
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def drop_subscription(self, subscription_id: int, held: Lease | None = None) -> None:
        """Forget a subscription and its messages."""

        def unit(conn: Connection) -> None:
            for table in (tracker_post, tracker_subscription):
                conn.execute(delete(table).where(table.c.subscription_id == subscription_id))

        await self._write(unit, held)

    async def drop_guild(self, guild_id: int) -> None:
        """Forget all subscriptions of a server that the bot has left."""
        mine = select(tracker_subscription.c.subscription_id).where(
            tracker_subscription.c.guild_id == guild_id
        )

        def unit(conn: Connection) -> None:
            conn.execute(delete(tracker_post).where(tracker_post.c.subscription_id.in_(mine)))
            conn.execute(delete(tracker_subscription).where(tracker_subscription.c.guild_id == guild_id))

        await self._database.write(unit)

    async def load(self) -> TrackerRows:
        """Give everything but the subscriptions."""

        def unit(conn: Connection) -> TrackerRows:
            return TrackerRows(
                _all(conn, tracker_listing, ListingRow, "key"),
                _all(conn, tracker_post, PostRow, "subscription_id"),
                _all(conn, tracker_channel, ChannelRow, "channel_id"),
                _all(conn, tracker_feed, FeedRow, "feed"),
            )

        return await self._database.read(unit)

    async def save(
        self,
        held: Lease | None = None,
        *,
        feed: FeedRow | None = None,
        listings: Sequence[ListingRow] = (),
        posts: Sequence[PostRow] = (),
        primed: Iterable[int] = (),
    ) -> None:
        """Keep what an answer has changed, in one transaction. Raises StaleEpoch."""
        numbers = list(primed)

        def unit(conn: Connection) -> None:
            if feed is not None:
                _FEEDS.put(conn, [feed])
            _LISTINGS.put(conn, listings)
            _POSTS.put(conn, posts)
            for number in numbers:
                where = tracker_subscription.c.subscription_id == number
                conn.execute(update(tracker_subscription).where(where).values(primed=True))

        await self._write(unit, held)

    async def forget(
        self,
        held: Lease | None = None,
        *,
        posts: Iterable[tuple[int, str]] = (),
        listings: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Forget messages by (subscription, key) and listings by (feed, key). Raises StaleEpoch."""
        old_posts, old_listings = list(posts), list(listings)

        def unit(conn: Connection) -> None:
            for number, key in old_posts:
                theirs = and_(tracker_post.c.subscription_id == number, tracker_post.c.key == key)
                conn.execute(delete(tracker_post).where(theirs))
            for feed, key in old_listings:
                mine = and_(tracker_listing.c.feed == feed, tracker_listing.c.key == key)
                conn.execute(delete(tracker_listing).where(mine))

        await self._write(unit, held)

    async def put_channel(self, row: ChannelRow, held: Lease | None = None) -> None:
        """Keep that a channel refuses us. Raises StaleEpoch."""
        await self._write(lambda conn: _CHANNELS.put(conn, [row]), held)

    async def drop_channel(self, channel_id: int, held: Lease | None = None) -> None:
        """Note that a channel takes messages again. Raises StaleEpoch."""
        statement = delete(tracker_channel).where(tracker_channel.c.channel_id == channel_id)
        await self._write(lambda conn: conn.execute(statement), held)

    async def channels(self) -> list[ChannelRow]:
        """List the channels that refuse us."""
        return await self._database.read(lambda conn: _all(conn, tracker_channel, ChannelRow, "channel_id"))

    async def feeds(self) -> list[FeedRow]:
        """List when each feed last gave a complete answer."""
        return await self._database.read(lambda conn: _all(conn, tracker_feed, FeedRow, "feed"))

    async def _write(self, unit: Callable[[Connection], object], held: Lease | None) -> None:
        def checked(conn: Connection) -> None:
            if held is not None:
                check_lease(conn, held)
            unit(conn)

        await self._database.write(checked)


def _all(conn: Connection, table: Table, kind: Callable[..., T], order: str) -> list[T]:
    return [kind(*row) for row in conn.execute(select(*table.c).order_by(table.c[order]))]
