"""What servers subscribe to: adding, listing, pausing, removing. The poller notices at its next tick."""

from collections.abc import Callable, Mapping

import msgspec

from sessions.locks import SessionLocks
from sessions.tracker.errors import (
    MAX_PER_GUILD,
    AlreadyTracked,
    NoPingOnBoard,
    NoSuchFeed,
    NoSuchSubscription,
    TooManyTracked,
)
from sessions.tracker.filters import parse_filter
from sessions.tracker.models import ChannelRow, FeedInfo, Style, SubscriptionRow
from sessions.tracker.poller import Poller
from storage.tracker import TrackerStore


class Overview(msgspec.Struct, frozen=True):
    """One line of `/track list`.

    `live` is how many messages are live, None where another process follows the feed; `answered_at` is 0
    before the first complete answer; `closed` is set when the channel refuses us; `full` when there are more
    sessions than a subscription may show as messages.
    """

    subscription: SubscriptionRow
    title: str
    live: int | None
    answered_at: float
    trouble: str
    closed: ChannelRow | None
    full: bool = False


class SubscriptionBook:
    """The servers' subscriptions."""

    def __init__(
        self, store: TrackerStore, feeds: Mapping[str, FeedInfo], poller: Poller, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._feeds = feeds
        self._poller = poller
        self._clock = clock
        self._locks = SessionLocks()

    def feeds(self) -> list[FeedInfo]:
        """List the feeds that can be followed, by title."""
        usable = (feed for feed in self._feeds.values() if not feed.missing)
        return sorted(usable, key=lambda feed: feed.title.casefold())

    async def add(
        self,
        *,
        guild_id: int,
        channel_id: int,
        feed: str,
        filter_text: str = "",
        role_id: int = 0,
        style: Style = Style.CARDS,
        created_by: int,
    ) -> SubscriptionRow:
        """Follow a feed in a channel. Raises TrackError; then nothing has changed."""
        info = self._feeds.get(feed)
        if info is None or info.missing:
            raise NoSuchFeed(feed, info.missing if info else ())
        parse_filter(filter_text)
        if role_id and style is Style.BOARD:
            raise NoPingOnBoard
        row = SubscriptionRow(
            subscription_id=0,
            guild_id=guild_id,
            channel_id=channel_id,
            thread_id=0,
            feed=feed,
            filter=" ".join(filter_text.split()),
            role_id=role_id,
            style=style.value,
            paused=False,
            primed=False,
            removed_at=0.0,
            created_by=created_by,
            created_at=self._clock(),
        )
        async with self._locks.of(str(guild_id)):
            mine = await self.of(guild_id)
            if any((one.channel_id, one.feed, one.filter) == (channel_id, feed, row.filter) for one in mine):
                raise AlreadyTracked
            if len(mine) >= MAX_PER_GUILD:
                raise TooManyTracked
            return await self._store.add_subscription(row)

    async def of(self, guild_id: int) -> list[SubscriptionRow]:
        """List a server's subscriptions, oldest first."""
        rows = await self._store.subscriptions()
        return [row for row in rows if row.guild_id == guild_id and not row.removed_at]

    async def get(self, guild_id: int, subscription_id: int) -> SubscriptionRow:
        """Give one of a server's subscriptions. Raises NoSuchSubscription."""
        for row in await self.of(guild_id):
            if row.subscription_id == subscription_id:
                return row
        raise NoSuchSubscription

    async def pause(self, guild_id: int, subscription_id: int, *, paused: bool = True) -> SubscriptionRow:
        """Stop following for now, or go on; live messages say so. Raises NoSuchSubscription."""
        row = await self.get(guild_id, subscription_id)
        await self._store.change_subscription(subscription_id, paused=paused)
        return msgspec.structs.replace(row, paused=paused)

    async def remove(self, guild_id: int, subscription_id: int) -> SubscriptionRow:
        """Stop following; live messages say so, then all is forgotten. Raises NoSuchSubscription."""
        row = await self.get(guild_id, subscription_id)
        await self._store.change_subscription(subscription_id, removed_at=self._clock())
        return row

    async def forget_guild(self, guild_id: int) -> None:
        """Forget a server that the bot has left."""
        await self._store.drop_guild(guild_id)

    async def overview(self, guild_id: int) -> list[Overview]:
        """Say how each of a server's subscriptions is doing."""
        closed = {row.channel_id: row for row in await self._store.channels()}
        answered = {row.feed: row.at for row in await self._store.feeds()}
        return [
            self._line(
                row, answered.get(row.feed, 0.0), closed.get(row.thread_id) or closed.get(row.channel_id)
            )
            for row in await self.of(guild_id)
        ]

    def _line(self, row: SubscriptionRow, answered_at: float, closed: ChannelRow | None) -> Overview:
        desk, health = self._poller.desks.get(row.feed), self._poller.health(row.feed)
        info = self._feeds.get(row.feed)
        missing = ("its file",) if info is None else info.missing
        trouble = health.reason if health is not None else ""
        return Overview(
            subscription=row,
            title=info.title if info else row.feed,
            live=None if desk is None else desk.live_cards(row.subscription_id),
            answered_at=answered_at,
            trouble=f"the host lacks {', '.join(missing)}" if missing else trouble,
            closed=closed,
            full=desk is not None and desk.is_full(row.subscription_id),
        )

    def values(self, guild_id: int, feed: str, field: str) -> list[str]:
        """List the values that a field has now in the listings a server may see, for autocompletion."""
        desk = self._poller.desks.get(feed)
        listings = [] if desk is None else [one.listing for one in desk.state.followed.values()]
        seen = [one for one in listings if one.scope in ("", str(guild_id))]
        return sorted({str(value) for one in seen if (value := getattr(one, field))}, key=str.casefold)
