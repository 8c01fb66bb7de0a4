"""Jobs: each ended voyage gets one tape, whoever builds it, and old tapes go in order."""

import asyncio

import pytest

from sessions.tapes.builder import LEASE_SECONDS
from sessions.tapes.models import TapeOptions
from sessions.tapes.shelf import WAITING_SECONDS, Keep


async def ended(house, engine, session: str, voyage: int = 1, turns: int = 3) -> None:
    flown = engine.fly(session, turns, voyage=voyage)
    await house.film(flown)
    await house.end(flown[-1])


async def test_a_job_is_done_once(house, engine):
    await ended(house, engine, "1")
    (outcome,) = await house.tapes.drain()
    assert outcome.tape is not None
    assert await house.tapes.drain() == []
    house.now += 1000
    assert await house.tapes.drain() == []


async def test_two_drains_at_once_share_the_work(house, engine):
    for number in range(6):
        await ended(house, engine, str(number))
    rounds = await asyncio.gather(house.tapes.drain(), house.tapes.drain())
    assert sorted(o.session_id for outcomes in rounds for o in outcomes) == [str(n) for n in range(6)]
    for number in range(6):
        assert len(list(house.tapes.shelf.folder(str(number)).iterdir())) == 1


async def test_a_worker_that_lost_its_claim_stores_nothing(house, engine, marks, monkeypatch):
    await ended(house, engine, "1")
    other = house.service(owner="other")
    shelved = []
    renew = house.store.jobs.renew

    async def lose_first(job, lease, now, **told):
        if job.owner != "other":
            house.now += LEASE_SECONDS + 1
            shelved.extend(await other.drain())
        return await renew(job, lease, now, **told)

    monkeypatch.setattr(house.store.jobs, "renew", lose_first)
    assert await house.tapes.drain() == []
    (outcome,) = shelved
    assert [n for _, n in marks(outcome.tape.path)] == [1, 2, 3]
    assert list(house.tapes.shelf.folder("1").iterdir()) == [outcome.tape.path]
    await other.stop()


async def test_a_job_whose_tape_was_stored_before_a_crash_is_only_finished(house, engine):
    await ended(house, engine, "1")
    job = await house.store.jobs.claim("tape", "dead", LEASE_SECONDS, house.now)
    path, _ = await house.tapes.build("1", 1)
    house.now += LEASE_SECONDS + 1
    (outcome,) = await house.tapes.drain()
    assert outcome.tape.path == path
    assert job is not None


async def test_too_few_frames_finish_the_job(house, engine):
    await ended(house, engine, "1", turns=1)
    (outcome,) = await house.tapes.drain()
    assert outcome.tape is None
    assert not outcome.will_retry
    house.now += 1000
    assert await house.tapes.drain() == []


async def test_a_job_that_fails_five_times_is_parked(house, engine):
    await ended(house, engine, "1")
    engine.away = True
    tries = []
    for _ in range(8):
        tries += await house.tapes.drain()
        house.now += 1000
    assert [outcome.will_retry for outcome in tries] == [True] * 4 + [False]
    assert ["tried again" in outcome.sentence for outcome in tries] == [True] * 4 + [False]
    assert len(await house.store.jobs.list_parked("tape")) == 1


async def test_progress_is_told_on_the_loop_in_steps(house, engine):
    turns = engine.fly("1", 40)
    for turn in turns:
        await house.frames.record("1", turn, engine.picture(turn))
    await house.tapes.settle()
    fresh = house.service()
    told: list[float] = []
    await fresh.build("1", 1, TapeOptions(vhs=True), lambda session, voyage, share: told.append(share))
    await fresh.stop()
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert 10 <= len(told) <= 21


async def test_posting_is_noted_once(house, engine):
    await ended(house, engine, "1")
    await house.tapes.drain()
    (tape,) = await house.tapes.unposted()
    assert await house.tapes.mark_posted("1", tape.voyage, 77)
    assert not await house.tapes.mark_posted("1", tape.voyage, 78)
    assert await house.tapes.unposted() == []
    (tape,) = await house.tapes.list("1")
    assert tape.message_id == 77


async def test_a_waiting_tape_whose_file_is_gone_is_built_again(house, engine, marks):
    await ended(house, engine, "1")
    await house.tapes.drain()
    (tape,) = await house.tapes.unposted()
    tape.path.unlink()
    assert await house.tapes.unposted() == []
    (outcome,) = await house.tapes.drain()
    assert [n for _, n in marks(outcome.tape.path)] == [1, 2, 3]


@pytest.fixture
async def small(house):
    made = house.service(keep=Keep(count=2, size=10**9))
    yield made
    await made.stop()


async def test_the_oldest_posted_tapes_go_beyond_the_count(house, engine, small):
    for voyage in range(1, 5):
        await ended(house, engine, "1", voyage)
        await small.drain()
        await small.mark_posted("1", voyage, 100 + voyage)
        house.now += 60
    assert [tape.voyage for tape in await small.list("1")] == [4, 3]
    assert len(list(small.shelf.folder("1").iterdir())) == 2


async def test_the_oldest_posted_tapes_go_beyond_the_bytes(house, engine):
    await ended(house, engine, "1", 1)
    await house.tapes.drain()
    await house.tapes.mark_posted("1", 1, 101)
    (first,) = await house.tapes.list("1")
    roomy = house.service(keep=Keep(count=99, size=int(first.size * 2.5)))
    for voyage in (2, 3, 4):
        house.now += 60
        await ended(house, engine, "1", voyage)
        await roomy.drain()
        await roomy.mark_posted("1", voyage, 100 + voyage)
    kept = await roomy.list("1")
    await roomy.stop()
    assert [tape.voyage for tape in kept] == [4, 3]
    assert {path.name for path in house.tapes.shelf.folder("1").iterdir()} == {
        tape.path.name for tape in kept
    }


async def test_a_waiting_tape_stays_for_a_week_and_a_held_one_until_it_is_let_go(house, engine, small):
    for voyage in (1, 2):
        await ended(house, engine, "1", voyage)
        await small.drain()
    await small.mark_posted("1", 2, 5)
    with small.hold("1", 2):
        for voyage in (3, 4):
            await ended(house, engine, "1", voyage)
            await small.drain()
            await small.mark_posted("1", voyage, voyage)
        assert [tape.voyage for tape in await small.list("1")] == [4, 2, 1]
    house.now += WAITING_SECONDS + 1
    await ended(house, engine, "1", 5)
    await small.drain()
    assert [tape.voyage for tape in await small.list("1")] == [5, 4]


async def test_the_newest_tape_stays_however_large(house, engine):
    tiny = house.service(keep=Keep(count=5, size=1))
    for voyage in (1, 2):
        await ended(house, engine, "1", voyage)
        await tiny.drain()
        await tiny.mark_posted("1", voyage, voyage)
    await tiny.stop()
    assert [tape.voyage for tape in await tiny.list("1")] == [2]


async def test_other_sessions_tapes_are_not_counted(house, engine, small):
    for session in ("1", "2", "3"):
        await ended(house, engine, session)
    await small.drain()
    for session in ("1", "2", "3"):
        assert len(await small.list(session)) == 1


async def test_a_tape_built_again_keeps_its_message_and_one_file(house, engine):
    await ended(house, engine, "1")
    await house.tapes.drain()
    await house.tapes.mark_posted("1", 1, 9)
    path, _ = await house.tapes.build("1", 1, TapeOptions(vhs=True))
    (tape,) = await house.tapes.list("1")
    assert (tape.path, tape.message_id) == (path, 9)
    assert list(house.tapes.shelf.folder("1").iterdir()) == [path]


async def test_frames_that_came_late_go_when_the_tape_is_posted(house, engine):
    """Another process may build a tape while the last frames are still on their way to the files."""
    flown = engine.fly("1", 12)
    await house.film(flown[:9])
    await house.end(flown[-1])
    (outcome,) = await house.tapes.drain()
    assert outcome.tape.frames == 12
    await house.film(flown[9:])
    assert [frame.n for frame in await house.frames.frames("1", 1)] == [10, 11, 12]
    assert await house.tapes.mark_posted("1", 1, 77)
    assert await house.frames.frames("1", 1) == []
    assert list((house.root / "sessions/1/images").iterdir()) == []
    assert list((house.root / "sessions/1/films/segments").glob("*")) == []
