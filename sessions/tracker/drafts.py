"""What an answer changes about one feed: its listings, and the messages that its subscriptions now lack.

It only computes; `Desk.accept` makes a draft true once it is stored.
"""

from collections.abc import Generator, Iterable

from engine_client.feeds.models import Answer
from sessions.tracker import content as contents
from sessions.tracker.content import BOARD
from sessions.tracker.desk import MAX_CARDS, Desk, Draft
from sessions.tracker.filters import Filter
from sessions.tracker.models import Condition, Followed, Phase, PostRow, SubscriptionRow
from sessions.tracker.reconcile import reconcile

_APART = 1e-6  # seconds between the rows of one answer, so that messages come in the list's order


def draft(desk: Desk, answer: Answer | None, now: float) -> Draft:
    """Compute what an answer changes; None only compares new subscriptions with what is known."""
    steps = drafting(desk, answer, now)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return done.value


def drafting(desk: Desk, answer: Answer | None, now: float) -> Generator[None, None, Draft]:
    """Compute a draft in steps, one for each subscription, so that others can work in between."""
    before = desk.state
    state, actions = (before, []) if answer is None else reconcile(before, answer, now, desk.feed.rules)
    old = before.followed
    changed = {one.key: one for key, one in state.followed.items() if old.get(key) is not one}
    changed.update((action.followed.key, action.followed) for action in actions)
    posts: list[PostRow] = []
    live = [row for row in desk.subscriptions.values() if contents.condition_of(row) is Condition.LIVE]
    for row in live:
        if row.subscription_id in desk.scanned:
            news = bool(row.role_id) and row.primed and before.primed
            posts += _new_posts(desk, row, changed.values(), now, news=news)
        else:
            posts += _new_posts(desk, row, state.followed.values(), now, news=False)
        yield
    lacking = {post.key for post in posts} - changed.keys()
    if lacking:
        changed.update((one.key, one) for one in state.followed.values() if one.key in lacking)
    return Draft(
        state=state,
        changed=changed,
        posts=tuple(posts),
        scanned=tuple(row.subscription_id for row in live),
        primed=tuple(row.subscription_id for row in live if state.primed and not row.primed),
        whole=answer is not None and answer.reading.complete,
        answered=state is not before,
    )


def _new_posts(
    desk: Desk, row: SubscriptionRow, looked_at: Iterable[Followed], now: float, *, news: bool
) -> list[PostRow]:
    """Make the messages that a subscription lacks. When they are news, the first one pings."""
    number = row.subscription_id
    if contents.is_board(row):
        return [] if (number, BOARD) in desk.posts else [contents.new_post(row, BOARD, now, pings=False)]
    wanted = desk.filters.get(number, Filter())
    lacking = [
        one
        for one in looked_at
        if one.phase is Phase.LIVE
        and (number, one.key) not in desk.posts
        and contents.is_meant(one, row, wanted)
    ]
    if not lacking:
        return []
    room = max(0, MAX_CARDS - desk.live_cards(number))
    if len(lacking) > room:
        desk.full.add(number)
        lacking.sort(key=lambda one: -(one.listing.players or 0))
    return [
        contents.new_post(row, one.key, now + place * _APART, pings=news and place == 0)
        for place, one in enumerate(lacking[:room])
    ]
