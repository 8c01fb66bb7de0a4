"""The bot dies at every point of the way of a message, and starts again: one session, one message."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from bot.tracker.wiring import feed_infos
from sessions.tracker import outbox
from sessions.tracker.poller import LEASE_SECONDS
from sessions.tracker.service import Tracker
from storage.errors import StoreUnavailable
from tests.bot.tracker.world import World, game, world

POINTS = [
    "before the row",
    "row written",
    "post on its way",
    "post done, answer lost",
    "id not saved",
    "id saved",
]


async def die_at(w: World, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first message get as far as `point`, then kill the bot."""
    with monkeypatch.context() as patch:
        _stop_at(w, point, patch)
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls()
    await w.crash()


def _stop_at(w: World, point: str, patch: pytest.MonkeyPatch) -> None:
    """From `point` on nothing works any more in this process."""
    if point == "before the row":
        patch.setattr(w.bot.rows, "save", _full)
    elif point == "row written":
        patch.setattr(w.bot.delivery, "run_once", _asleep)
    elif point in ("post on its way", "post done, answer lost"):
        patch.setattr(w.bot.http, "request", _lost(w.bot.http.request, sent=point != "post on its way"))
    elif point == "id not saved":
        patch.setattr(w.bot.rows, "save", _without_ids(w.bot.rows.save))
        patch.setattr(w.bot.delivery._calls, "find", lambda *_: asyncio.sleep(0, {}))
        patch.setattr(outbox, "STORE_AWAY", 10_000.0)


async def _full(*_: object, **__: object) -> None:
    raise StoreUnavailable("dead")


async def _asleep() -> None:
    return


def _without_ids(save: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def no_ids(*args: object, posts: tuple = (), **kwargs: object) -> None:
        if any(post.message_id for post in posts):
            raise StoreUnavailable("dead")
        await save(*args, posts=posts, **kwargs)

    return no_ids


def _lost(request: Callable[..., Awaitable[object]], *, sent: bool) -> Callable[..., Awaitable[object]]:
    async def lost(route, **kwargs):
        if "/messages" not in route.path:
            return await request(route, **kwargs)
        if sent and route.method == "POST":
            await request(route, **kwargs)
        raise aiohttp.ClientOSError("dead")

    return lost


REACHED_DISCORD = {"post done, answer lost", "id not saved", "id saved"}


@pytest.mark.parametrize("point", POINTS)
async def test_the_session_goes_on(tmp_path, monkeypatch, point):
    async with world(tmp_path) as w:
        await die_at(w, point, monkeypatch)
        assert len(w.messages()) == (1 if point in REACHED_DISCORD else 0)
        await w.advance(LEASE_SECONDS)
        await w.polls(3)
        assert w.titles() == ["Game 1"]
        w.feed.rows = [game(1, map="moon"), game(2)]
        await w.polls()
        assert w.titles() == ["Game 1", "Game 2"]
        assert w.messages()[0].embeds[0].fields[1].value == "moon"
        w.feed.rows = [game(2)]
        await w.polls(3)
        assert w.titles() == ["❌ Session Ended", "Game 2"]


@pytest.mark.parametrize("point", POINTS)
async def test_the_session_ends_while_the_bot_is_dead(tmp_path, monkeypatch, point):
    async with world(tmp_path) as w:
        await die_at(w, point, monkeypatch)
        w.feed.rows = [game(9)]
        await w.advance(LEASE_SECONDS)
        await w.polls(6)
        titles = w.titles()
        assert titles.count("Game 9") == 1
        assert titles.count("❌ Session Ended") <= 1
        assert "Game 1" not in titles, "a message that lies"
        if point in REACHED_DISCORD:
            assert titles.count("❌ Session Ended") == 1
        assert len(titles) == len(set(titles))


async def test_a_clean_restart_costs_no_call_at_all(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(n) for n in range(5)]
        await w.track()
        await w.polls(2)
        before = len(w.calls("POST")) + len(w.calls("PATCH"))
        for _ in range(3):
            await w.restart()
            await w.polls(2)
        assert len(w.calls("POST")) + len(w.calls("PATCH")) == before
        assert len(w.calls("GET")) == 0


async def test_what_is_new_after_a_restart_is_posted_without_a_ping_then_pings_go_on(tmp_path):
    async with world(tmp_path) as w:
        w.feed.rows = [game(1)]
        await w.track(ping=w.role)
        await w.polls()
        w.feed.rows = [game(1), game(2)]
        await w.restart()
        await w.polls()
        w.feed.rows = [game(1), game(2), game(3)]
        await w.polls()
        assert [bool(one.content) for one in w.messages()] == [False, False, True]


async def test_a_board_survives_a_crash(tmp_path, monkeypatch):
    async with world(tmp_path) as w:
        with monkeypatch.context() as patch:
            _stop_at(w, "id not saved", patch)
            w.feed.rows = [game(1)]
            await w.track(style="board")
            await w.polls()
        await w.crash()
        await w.advance(LEASE_SECONDS)
        await w.polls(2)
        assert len(w.messages()) == 1


async def test_another_process_takes_over_within_a_lease(tmp_path):
    """Two processes on one store: one delivers; when it dies the other goes on with the same messages."""
    async with world(tmp_path) as w:
        w.feed.rows = [game(1)]
        await w.track()
        await w.polls()
        second = Tracker(
            w.bot.rows,
            w.bot.store.leases,
            w.bot.lists,
            feed_infos(w.catalog),
            owner="two",
            clock=w.bot.now,
            chance=random.Random(1),
        )
        await second.poller.tick()
        assert not second.outbox.leading
        await w.bot.cogs["Track"].cog_unload()
        await second.poller.tick()
        await second.poller.idle()
        assert second.outbox.leading
        assert second.outbox.due() == {}
        desk = second.poller.desks["league"]
        assert [post.message_id for post in desk.posts.values()] == [w.messages()[0].id]
        await second.close()
