"""What waits to be done in Discord, and what became of it. Newest state wins: work is made when it is taken,
never queued. When the store does not take the report of a new message, it is looked for before the next try.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from msgspec.structs import replace

from sessions.tracker.content import nonce_of
from sessions.tracker.desk import Desk, Place
from sessions.tracker.models import ChannelRow, Condition, PostRow, Work, WorkKind
from sessions.tracker.poller import Poller
from storage.errors import StaleEpoch, StorageError
from storage.tracker import TrackerStore

UNKNOWN = "?"  # what an adopted message shows: it is edited once, to be sure
STORE_AWAY = 10.0  # seconds until a report is tried again by trying its work again

log = logging.getLogger(__name__)


class Due(NamedTuple):
    """Something to do, in the order of doing. `place` names the message at its desk."""

    kind: WorkKind
    created_at: float
    feed: str
    place: Place


class Outbox:
    """Hands work out and takes reports. All times are UTC seconds."""

    def __init__(self, poller: Poller, store: TrackerStore, clock: Callable[[], float]) -> None:
        self._poller = poller
        self._store = store
        self._clock = clock

    def due(self) -> dict[int, list[Due]]:
        """List what may be tried now, by channel; posts before ends before edits."""
        now = self._clock()
        found: dict[int, list[Due]] = {}
        for name, desk in self._poller.desks.items():
            for kind, place in desk.due(now):
                post = desk.posts[place]
                work = desk.work(place)
                if work is not None:
                    found.setdefault(work.channel_id, []).append(Due(kind, post.created_at, name, place))
        for waiting in found.values():
            waiting.sort()
        return found

    def take(self, due: Due) -> Work | None:
        """Make the work by the newest state; None when it is not needed any more."""
        desk = self._poller.desks.get(due.feed)
        return (
            None if desk is None or desk.later.get(due.place, 0.0) > self._clock() else desk.work(due.place)
        )

    async def sent(self, work: Work, channel_id: int, message_id: int) -> None:
        """Note that a message was posted."""
        now = self._clock()
        await self._put(
            work,
            channel_id=channel_id,
            message_id=message_id,
            posted_at=now,
            edited_at=now,
            shown=work.token,
        )

    async def adopted(self, work: Work, channel_id: int, message_id: int, posted_at: float) -> None:
        """Note that a message of ours was found in its channel."""
        await self._put(
            work,
            channel_id=channel_id,
            message_id=message_id,
            posted_at=posted_at,
            edited_at=posted_at,
            shown=UNKNOWN,
        )

    def attempt(self, work: Work) -> None:
        """Note that a message is about to be sent: whatever happens now, it may be there."""
        if (desk := self._desk(work)) is not None:
            desk.unsure.add(_place(work))

    def not_found(self, work: Work) -> None:
        """Note that a message that might have been sent was not."""
        if (desk := self._desk(work)) is not None:
            desk.unsure.discard(_place(work))

    async def edited(self, work: Work) -> None:
        """Note that a message shows what it should."""
        await self._put(work, shown=work.token, edited_at=self._clock())

    async def gone(self, work: Work) -> None:
        """Note that somebody deleted a message: once it comes back, silently; then it is let be."""
        again = work.post.reposts == 0 and work.content.condition is Condition.LIVE
        if not again:
            await self._put(work, muted=True)
            return
        post = work.post
        nonce = nonce_of(post.subscription_id, post.key, post.created_at, post.reposts + 1)
        await self._put(
            work, nonce=nonce, message_id=0, channel_id=0, pings=False, shown="", reposts=post.reposts + 1
        )

    async def refused(self, work: Work) -> None:
        """Note that Discord will never take this content: it counts as shown."""
        if work.post.message_id:
            await self._put(work, shown=work.token)
        else:
            await self._put(work, muted=True)

    def postpone(self, work: Work, until: float) -> None:
        """Try again, not before a time."""
        if (desk := self._desk(work)) is not None:
            desk.later[_place(work)] = until

    async def moved(self, work: Work, thread_id: int) -> None:
        """Note the thread that holds a forum subscription's messages; 0 when it is gone."""
        number = work.subscription.subscription_id
        if not await self._stored(self._store.change_subscription(number, thread_id=thread_id)):
            return
        desk = self._desk(work)
        if desk is not None and number in desk.subscriptions:
            desk.subscriptions[number] = replace(desk.subscriptions[number], thread_id=thread_id)

    async def closed_channels(self) -> list[ChannelRow] | None:
        """List the channels that refuse us; None when the store does not say."""
        try:
            return await self._store.channels()
        except StorageError as error:
            log.warning("closed channels not read: %s", error)
            return None

    async def close_channel(self, row: ChannelRow) -> None:
        """Keep that a channel refuses us."""
        await self._stored(self._store.put_channel(row, self._poller.held))

    async def open_channel(self, channel_id: int) -> None:
        """Note that a channel takes messages again."""
        await self._stored(self._store.drop_channel(channel_id, self._poller.held))

    @property
    def leading(self) -> bool:
        """Say whether this process is the one that delivers."""
        return self._poller.held is not None

    def _desk(self, work: Work) -> Desk | None:
        return self._poller.desks.get(work.feed.name)

    async def _put(self, work: Work, **changes: object) -> None:
        """Store a message's new state, then make it true. A message forgotten meanwhile stays forgotten."""
        desk, place = self._desk(work), _place(work)
        if desk is None or place not in desk.posts:
            return
        post: PostRow = replace(work.post, **changes)
        if not await self._stored(self._store.save(self._poller.held, posts=[post])):
            desk.later[place] = self._clock() + STORE_AWAY
            return
        desk.unsure.discard(place)
        desk.later.pop(place, None)
        if place in desk.posts:
            desk.put(post)

    async def _stored(self, writing: Awaitable[object]) -> bool:
        try:
            await writing
        except StaleEpoch:
            self._poller.step_down()
            return False
        except StorageError as error:
            log.warning("the tracker's report is not kept: %s", error)
            return False
        return True


def _place(work: Work) -> Place:
    return work.post.subscription_id, work.post.key
