"""All that is in memory about one feed: its listings, who subscribes to it, and their messages. No I/O.

A change is made in two steps: drafts.py computes it, the caller stores it, `accept` makes it true here. So a
store that fails leaves nothing half done.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from sessions.tracker import content as contents
from sessions.tracker.content import BOARD
from sessions.tracker.filters import Filter
from sessions.tracker.models import (
    Board,
    Card,
    Condition,
    FeedInfo,
    FeedState,
    Followed,
    Phase,
    PostRow,
    SubscriptionRow,
    Work,
    WorkKind,
)

GIVEN_UP = 86_400.0  # seconds after its removal until a subscription is forgotten with messages unfinished
_TRUSTED_AFTER = 5  # answers after a start, none of them complete, until a board shows what there is
MAX_CARDS = 30  # live messages of one subscription; more is a flood, better filtered or shown as a board

Place = tuple[int, str]  # subscription id, listing key


class Draft(msgspec.Struct, frozen=True):
    """What an answer changes: the feed's state, the listings that changed, messages to add."""

    state: FeedState
    changed: dict[str, Followed]
    posts: tuple[PostRow, ...]
    scanned: tuple[int, ...]
    primed: tuple[int, ...]
    whole: bool
    answered: bool


class Desk:
    """One feed's memory. `followed` holds every listing that some message shows, by key.

    `unsure` are messages that may be there without our knowing their id; `later` are those that must not be
    tried before a time. `scanned` subscriptions were compared with every listing; `full` ones had no room.
    """

    def __init__(self, feed: FeedInfo) -> None:
        self.feed = feed
        self.state = FeedState()
        self.followed: dict[str, Followed] = {}
        self.subscriptions: dict[int, SubscriptionRow] = {}
        self.posts: dict[Place, PostRow] = {}
        self.unsure: set[Place] = set()
        self.later: dict[Place, float] = {}
        self.filters: dict[int, Filter] = {}
        self.scanned: set[int] = set()
        self.full: set[int] = set()
        self._showing: dict[str, set[int]] = {}
        self._keys: dict[int, set[str]] = {}
        self._dirty: set[Place] = set()
        self._answers = 0
        self._whole = False

    def restore(self, state: FeedState, followed: Iterable[Followed], posts: Iterable[PostRow]) -> None:
        """Take over what was stored before this start. A message without an id may be there all the same."""
        self.state = state
        self.followed = {one.key: one for one in followed}
        for post in posts:
            self.put(post)
            if not post.message_id:
                self.unsure.add((post.subscription_id, post.key))

    def subscribe(self, rows: Iterable[SubscriptionRow]) -> None:
        """Take the subscriptions as they stand now; what changed is looked at again."""
        now = {row.subscription_id: row for row in rows}
        for number in self.subscriptions.keys() - now.keys():
            self._leave(number)
        for number, row in now.items():
            before = self.subscriptions.get(number)
            if before is not None:  # `row` may have been read before we wrote these two
                row = replace(
                    row,
                    primed=row.primed or before.primed,
                    thread_id=row.thread_id or before.thread_id,
                )
            if before == row:
                continue
            self.subscriptions[number] = row
            self.filters[number] = contents.filter_of(row)
            if before is None or (before.paused, before.removed_at) != (row.paused, row.removed_at):
                self.scanned.discard(number)
                self._dirty.update((number, key) for key in self._keys.get(number, ()))

    def _leave(self, number: int) -> None:
        del self.subscriptions[number]
        for key in list(self._keys.get(number, ())):
            self.drop((number, key))

    @property
    def active(self) -> bool:
        """Say whether anybody wants this feed to be asked."""
        return any(not row.paused and not row.removed_at for row in self.subscriptions.values())

    @property
    def waiting(self) -> bool:
        """Say whether a subscription has not been compared with the listings yet."""
        return any(contents.condition_of(row) is Condition.LIVE for row in self._unscanned())

    def _unscanned(self) -> Iterator[SubscriptionRow]:
        return (row for number, row in self.subscriptions.items() if number not in self.scanned)

    def live_cards(self, number: int) -> int:
        """Count a subscription's messages whose session has not ended."""
        shown = (self.followed.get(key) for key in self._keys.get(number, ()))
        return sum(one is not None and one.phase is not Phase.ENDED for one in shown)

    def to_store(self, draft: Draft) -> list[Followed]:
        """List the listings of a draft that some message shows or is about to."""
        new = {post.key for post in draft.posts}
        return [one for key, one in draft.changed.items() if key in new or key in self._showing]

    def is_full(self, number: int) -> bool:
        """Say whether a subscription shows as many messages as it may, and there are more sessions."""
        return number in self.full and self.live_cards(number) >= MAX_CARDS

    def accept(self, draft: Draft) -> None:
        """Make a stored draft true."""
        self.state = draft.state
        self._whole = self._whole or draft.whole
        self._answers += draft.answered
        self.followed.update((one.key, one) for one in self.to_store(draft))
        for post in draft.posts:
            self.put(post)
        self.scanned.update(draft.scanned)
        for number in draft.primed:
            if number in self.subscriptions:
                self.subscriptions[number] = replace(self.subscriptions[number], primed=True)
        for key, one in draft.changed.items():
            self._dirty.update((number, key) for number in self._showing.get(key, ()))
            if one.phase is Phase.ENDED and self.full:
                self.scanned -= self.full & self._showing.get(key, set())
        if draft.changed or (draft.answered and self._answers <= _TRUSTED_AFTER):
            self._dirty.update((number, BOARD) for number in self._showing.get(BOARD, ()))

    def put(self, post: PostRow) -> None:
        """Take a message as it stands now."""
        place = (post.subscription_id, post.key)
        self.posts[place] = post
        self._showing.setdefault(post.key, set()).add(post.subscription_id)
        self._keys.setdefault(post.subscription_id, set()).add(post.key)
        self._dirty.add(place)

    def drop(self, place: Place) -> bool:
        """Forget a message; give True when nobody shows its listing any more."""
        self.posts.pop(place, None)
        self._dirty.discard(place)
        self.unsure.discard(place)
        self.later.pop(place, None)
        self._keys.get(place[0], set()).discard(place[1])
        showing = self._showing.get(place[1], set())
        showing.discard(place[0])
        if showing:
            return False
        self._showing.pop(place[1], None)
        self.followed.pop(place[1], None)
        return True

    def due(self, now: float) -> Iterator[tuple[WorkKind, Place]]:
        """Give what is not as it should be and may be tried now."""
        for place in list(self._dirty):
            if self.later.get(place, 0.0) > now:
                continue
            work = self.work(place)
            if work is not None:
                yield work.kind, place
            else:
                self._dirty.discard(place)

    def work(self, place: Place) -> Work | None:
        """Say what is to be done about a message by the newest state; None when nothing is."""
        post, row = self.posts.get(place), self.subscriptions.get(place[0])
        content = self._content(place, row) if row is not None else None
        if post is None or row is None or content is None or post.muted:
            return None
        if isinstance(content, Board) and not self._knows_enough(post, content):
            return None
        token = contents.token_of(content)
        unsure = place in self.unsure
        if post.message_id == 0:
            if content.condition is not Condition.LIVE and not unsure:
                return None
            kind = WorkKind.POST
        elif post.shown == token:
            return None
        else:
            over = content.condition in (Condition.ENDED, Condition.STOPPED)
            kind = WorkKind.END if over else WorkKind.EDIT
        return Work(kind, row, post, content, self.feed, token, unsure)

    def _knows_enough(self, post: PostRow, board: Board) -> bool:
        """Say whether a board would be true: after a start it waits for a complete answer."""
        if board.condition is not Condition.LIVE or self._whole:
            return True
        return self._answers >= (_TRUSTED_AFTER if post.message_id else 1)

    def _content(self, place: Place, row: SubscriptionRow) -> Card | Board | None:
        if place[1] == BOARD:
            wanted = self.filters.get(place[0], Filter())
            return contents.board_of(self.state.followed.values(), row, wanted)
        followed = self.followed.get(place[1])
        return None if followed is None else contents.card_of(followed, row)

    def finished(self, now: float) -> list[Place]:
        """List the messages that nothing will happen to any more."""
        return [place for place in self.posts if self._is_finished(place, now)]

    def _is_finished(self, place: Place, now: float) -> bool:
        post, row = self.posts[place], self.subscriptions.get(place[0])
        if row is None:
            return True
        if place in self.unsure or (place in self._dirty and self.work(place) is not None):
            return False
        condition, ended_at = contents.condition_of(row), 0.0
        if place[1] != BOARD:
            followed = self.followed.get(place[1])
            if followed is None:
                return True
            condition, ended_at = contents.card_of(followed, row).condition, followed.ended_at
        if not post.message_id and not post.muted:
            return condition is not Condition.LIVE  # never sent, and nothing to say any more
        if condition is Condition.ENDED:
            return now - ended_at > self.feed.rules.reopen
        return condition is Condition.STOPPED

    def emptied(self, now: float) -> list[int]:
        """List the removed subscriptions that have no message left, or none that can still be reached."""
        used = {number for number, _ in self.posts}
        return [
            number
            for number, row in self.subscriptions.items()
            if row.removed_at and (number not in used or now - row.removed_at > GIVEN_UP)
        ]
