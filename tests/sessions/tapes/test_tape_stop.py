"""Tapes at a stop and in the chores: claims given back uncounted, and limits that were lowered."""

import asyncio
import threading

from sessions.tapes import builder
from sessions.tapes.builder import LEASE_SECONDS
from sessions.tapes.shelf import Keep


async def ended(house, engine, session: str, voyage: int = 1) -> None:
    flown = engine.fly(session, 3, voyage=voyage)
    await house.film(flown)
    await house.end(flown[-1])


async def test_a_claim_that_is_given_back_is_due_for_others_and_not_counted(house, engine, monkeypatch):
    await ended(house, engine, "1")
    begun, let_go = asyncio.Event(), threading.Event()
    loop, assemble = asyncio.get_running_loop(), builder.assemble

    def wait(*arguments):
        loop.call_soon_threadsafe(begun.set)
        let_go.wait(60)
        return assemble(*arguments)

    monkeypatch.setattr(builder, "assemble", wait)
    building = asyncio.create_task(house.tapes.drain())
    await begun.wait()
    await house.tapes.give_back()
    claimed = await house.store.jobs.claim("tape", "heir", LEASE_SECONDS, house.now)
    assert claimed is not None
    assert claimed.attempt == 1
    let_go.set()
    assert await building == [], "what was built after that is nobody's"
    assert not house.tapes.shelf.folder("1").exists() or not list(house.tapes.shelf.folder("1").iterdir())
    assert await house.tapes.list("1") == []
    await house.store.jobs.finish(claimed)


async def test_after_a_stop_nothing_is_claimed(house, engine):
    await ended(house, engine, "1")
    await house.tapes.give_back()
    assert await house.tapes.drain() == []
    assert await house.store.jobs.claim("tape", "heir", LEASE_SECONDS, house.now) is not None


async def test_limits_that_were_lowered_are_kept_in_every_session(house, engine):
    for session in ("1", "2"):
        for voyage in range(1, 5):
            await ended(house, engine, session, voyage)
            await house.tapes.drain()
            await house.tapes.mark_posted(session, voyage, 100 + voyage)
            house.now += 60
    small = house.service(keep=Keep(count=2, size=10**9))
    assert await small.retain() == 4
    assert await small.retain() == 0
    for session in ("1", "2"):
        assert [tape.voyage for tape in await small.list(session)] == [4, 3]
        assert len(list(small.shelf.folder(session).iterdir())) == 2
    await small.stop()
