"""The tracker: deciding about 10,000 listings, asking for 1,000 subscriptions, and an hour without change.

The peers are a plain comparison of two dicts, a poller that asks for each subscription, and one that edits
every message at every answer; they run in turn with ours, on the same rows.
"""

import asyncio
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import discord
from msgspec.structs import replace

from benchmarks.tracker_bot import INTERVAL, FeedServer, game, tracked
from bot.tracker.wiring import feed_infos
from engine_client.feeds.models import Answer, Listing, Reading, SessionState
from engine_client.session_lists import HttpSessionLists
from sessions.tracker.models import FeedState
from sessions.tracker.reconcile import reconcile
from sessions.tracker.service import Tracker
from storage.store import Store
from storage.tracker import TrackerStore

LISTINGS = 10_000
SUBSCRIPTIONS = 1_000
HOUR = 3600
TICK = 5  # seconds between two looks of the poller at what is due

Row = dict[str, object]


def run(quick: bool) -> list[Row]:
    """Measure everything; `quick` takes fewer runs and fewer messages."""
    rows = _reconcile(7 if quick else 25)
    rows.append(asyncio.run(_requests(2 if quick else 5)))
    rows.append(asyncio.run(_unchanged_hour(4 if quick else 12)))
    return rows


def _reconcile(runs: int) -> list[Row]:
    """Decide about 10,000 listings, of which none, some or all have changed."""
    before = [_listing(number) for number in range(LISTINGS)]
    cases = {
        "tracker.reconcile_10k_ms": _some_changed(before),
        "tracker.reconcile_10k_unchanged_ms": [replace(one) for one in before],
        "tracker.reconcile_10k_all_changed_ms": [replace(one, players=9) for one in before],
    }
    state, _ = reconcile(FeedState(), _answer(1, before), 0.0)
    rows: list[Row] = []
    for figure, after in cases.items():
        answer = _answer(2, after)
        ours, peer = [], []
        for _ in range(runs):
            peer.append(_timed(lambda after=after: _plain_diff(before, after)))
            ours.append(_timed(lambda answer=answer: reconcile(state, answer, 60.0)))
        floor = f"comparing two dicts: {statistics.median(peer):.1f} ms"
        rows.append(_row(figure, statistics.median(ours), "ms", floor, runs))
    return rows


def _some_changed(before: list[Listing]) -> list[Listing]:
    """One in ten has changed, one in a hundred is gone, one in a hundred is new."""
    kept = [one for number, one in enumerate(before) if number % 100]
    after = [replace(one, players=9) if number % 10 == 5 else replace(one) for number, one in enumerate(kept)]
    return after + [_listing(LISTINGS + number) for number in range(LISTINGS // 100)]


def _plain_diff(before: list[Listing], after: list[Listing]) -> int:
    old = {one.id: one for one in before}
    new = {one.id: one for one in after}
    changed = sum(old.get(key) != one for key, one in new.items())
    return changed + len(old.keys() - new.keys())


def _listing(number: int) -> Listing:
    return Listing(
        id=f"server-{number}",
        name=f"Server number {number}",
        mode="conquest",
        map=f"map {number % 40}",
        players=number % 64,
        max=64,
        names=tuple(f"player {number}.{n}" for n in range(number % 12)),
        state=SessionState.INGAME,
    )


def _answer(seq: int, listings: list[Listing]) -> Answer:
    return Answer("feed", seq, seq * 60.0, Reading(tuple(listings), True))


def _timed(work: Callable[[], object]) -> float:
    """Give milliseconds."""
    gc.collect()
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


async def _requests(intervals: int) -> Row:
    """Count what a feed's server is asked in one interval for 1,000 subscriptions."""
    async with FeedServer([game(1)]).running() as feed:
        begin = feed.requests
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(_ask(session, feed.port) for _ in range(SUBSCRIPTIONS)))
        literal = feed.requests - begin
        counts = await _asked(feed, intervals)
    peer = f"asking for each subscription: {literal}"
    return _row("tracker.requests_per_interval", max(counts), "requests", peer, intervals)


async def _asked(feed: FeedServer, intervals: int) -> list[int]:
    """Let the poller tick every five seconds for its subscriptions; give the requests of each interval."""
    now = 1_000_000.0
    counts: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Path(folder) / "tracker.sqlite3")
        lists = HttpSessionLists(feed.catalog(), lambda: now)
        tracker = Tracker(
            TrackerStore(store.database),
            store.leases,
            lists,
            feed_infos(feed.catalog()),
            owner="benchmark",
            clock=lambda: now,
            chance=random.Random(1),
        )
        for number in range(SUBSCRIPTIONS):
            await tracker.book.add(guild_id=number // 20, channel_id=number + 1, feed="league", created_by=1)
        for _ in range(intervals):
            begin = feed.requests
            for _ in range(INTERVAL // TICK):
                await tracker.poller.tick()
                await tracker.poller.idle()
                now += TICK
            counts.append(feed.requests - begin)
        if len(tracker.poller.desks["league"].posts) != SUBSCRIPTIONS:
            raise RuntimeError("not every subscription was served")
        await tracker.close()
        await lists.close()
        await store.close()
    return counts


async def _ask(session: aiohttp.ClientSession, port: int) -> None:
    async with session.get(f"http://127.0.0.1:{port}/") as response:
        await response.read()


async def _unchanged_hour(channels: int) -> Row:
    """Count the calls to Discord in an hour in which the feed says nothing new."""
    async with FeedServer([game(number) for number in range(5)]).running() as feed:
        with tempfile.TemporaryDirectory() as folder:
            async with tracked(Path(folder), feed, channels) as (env, bot, ids):
                for _ in range(2):
                    await env.advance_time(INTERVAL)
                messages = sum(len(env.backend.messages[channel_id]) for channel_id in ids)
                if messages != 5 * channels:
                    raise RuntimeError(f"{messages} messages instead of {5 * channels}: nothing to measure")
                begin = len(env.http_requests)
                for _ in range(HOUR // INTERVAL):
                    await env.advance_time(INTERVAL)
                ours = len(env.http_requests) - begin
                begin = len(env.http_requests)
                for _ in range(HOUR // INTERVAL):
                    await _edit_all(bot, {one: list(env.backend.messages[one]) for one in ids})
                literal = len(env.http_requests) - begin
    peer = f"editing every message at every answer: {literal}"
    return _row("tracker.calls_unchanged_hour", ours, "calls", peer, 1)


async def _edit_all(bot: discord.Client, messages: dict[int, list[int]]) -> None:
    for channel_id, ids in messages.items():
        for message_id in ids:
            message = bot.get_partial_messageable(channel_id).get_partial_message(message_id)
            await message.edit(embed=discord.Embed(title="the same"))


def _row(figure: str, value: float, unit: str, peer: str, runs: int) -> Row:
    return {"figure": figure, "value": value, "unit": unit, "peer": peer, "runs": runs}
