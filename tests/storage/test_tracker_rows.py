"""What the tracker keeps, on each database."""

import pytest
from msgspec.structs import replace

from storage.errors import StaleEpoch
from storage.tracker import (
    ChannelRow,
    FeedRow,
    ListingRow,
    PostRow,
    SubscriptionRow,
    TrackerRows,
    TrackerStore,
)

SUBSCRIPTION = SubscriptionRow(
    subscription_id=0,
    guild_id=2**62,
    channel_id=2**62 + 1,
    thread_id=0,
    feed="league",
    filter='map:"übung"',
    role_id=7,
    style="cards",
    paused=False,
    primed=False,
    removed_at=0.0,
    created_by=5,
    created_at=1000.5,
)
POST = PostRow(
    subscription_id=1,
    key="k",
    nonce="abc",
    channel_id=0,
    message_id=0,
    pings=True,
    created_at=1000.5,
    posted_at=0.0,
    edited_at=0.0,
    shown="",
    reposts=0,
    muted=False,
)


@pytest.fixture
def rows(store) -> TrackerStore:
    return TrackerStore(store.database)


async def test_a_subscription_comes_back_as_it_was_given(rows):
    first = await rows.add_subscription(SUBSCRIPTION)
    second = await rows.add_subscription(replace(SUBSCRIPTION, feed="other"))
    assert first.subscription_id != second.subscription_id
    assert replace(first, subscription_id=0) == SUBSCRIPTION
    assert await rows.subscriptions() == [first, second]


async def test_a_subscription_changes_and_goes_with_its_messages(rows):
    row = await rows.add_subscription(SUBSCRIPTION)
    assert await rows.change_subscription(row.subscription_id, paused=True, thread_id=9)
    assert not await rows.change_subscription(999, paused=True)
    assert await rows.subscriptions() == [replace(row, paused=True, thread_id=9)]
    await rows.save(posts=[replace(POST, subscription_id=row.subscription_id)])
    await rows.drop_subscription(row.subscription_id)
    assert await rows.subscriptions() == []
    assert (await rows.load()).posts == []


async def test_a_server_goes_with_all_it_had_and_no_other(rows):
    mine = await rows.add_subscription(SUBSCRIPTION)
    other = await rows.add_subscription(replace(SUBSCRIPTION, guild_id=3))
    posts = [
        replace(POST, subscription_id=mine.subscription_id, nonce="a"),
        replace(POST, subscription_id=other.subscription_id, nonce="b"),
    ]
    await rows.save(posts=posts)
    await rows.drop_guild(SUBSCRIPTION.guild_id)
    assert await rows.subscriptions() == [other]
    assert (await rows.load()).posts == [posts[1]]


async def test_what_an_answer_changes_is_kept_whole(rows):
    row = await rows.add_subscription(SUBSCRIPTION)
    number = row.subscription_id
    listing, feed = ListingRow("league", "k", b"\x00\xff"), FeedRow("league", 1060.0, None)
    post = replace(POST, subscription_id=number)
    await rows.save(feed=feed, listings=[listing], posts=[post], primed=[number])
    assert await rows.load() == TrackerRows([listing], [post], [], [feed])
    assert await rows.subscriptions() == [replace(row, primed=True)]
    assert await rows.feeds() == [feed]
    changed = replace(post, message_id=2**62, channel_id=5, shown="live:1", muted=True)
    await rows.save(
        feed=replace(feed, source_time=1059.25), listings=[replace(listing, data=b"2")], posts=[changed]
    )
    loaded = await rows.load()
    assert (loaded.posts, loaded.listings[0].data, loaded.feeds[0].source_time) == ([changed], b"2", 1059.25)
    await rows.forget(posts=[(number, "k")], listings=[("league", "k"), ("league", "unknown")])
    loaded = await rows.load()
    assert (loaded.posts, loaded.listings) == ([], [])


async def test_a_closed_channel_is_remembered_until_it_opens(rows):
    row = ChannelRow(2**62, 50013, 2, 1000.0, 2800.0, True)
    await rows.put_channel(row)
    await rows.put_channel(replace(row, failures=3))
    assert await rows.channels() == [replace(row, failures=3)]
    await rows.drop_channel(row.channel_id)
    assert await rows.channels() == []


async def test_a_former_poller_writes_nothing(store, rows):
    row = await rows.add_subscription(SUBSCRIPTION)
    post = replace(POST, subscription_id=row.subscription_id)
    old = await store.leases.acquire("tracker", "one", 60.0, 1000.0)
    await rows.save(old, posts=[post])
    new = await store.leases.acquire("tracker", "two", 60.0, 1061.0)
    assert new is not None
    for write in (
        rows.save(old, posts=[replace(post, shown="late")]),
        rows.forget(old, posts=[(row.subscription_id, "k")]),
        rows.put_channel(ChannelRow(1, 2, 3, 4.0, 5.0, False), old),
        rows.drop_channel(1, old),
        rows.drop_subscription(row.subscription_id, old),
    ):
        with pytest.raises(StaleEpoch):
            await write
    assert await rows.load() == TrackerRows([], [post], [], [])
    await rows.save(new, posts=[replace(post, shown="mine")])
    assert (await rows.load()).posts[0].shown == "mine"
