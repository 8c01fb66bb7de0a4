"""What is old is removed by whoever holds the lease, and by nobody else."""

import pytest
from sqlalchemy import insert

from storage.cleanup import DONE_JOB_SECONDS, LEASE_SECONDS, VOTE_SECONDS, CleanupStore, Cleared
from storage.errors import StaleEpoch
from storage.rows import TapeRow
from storage.schema import job

NOW = 100_000_000.0


@pytest.fixture
async def held(store):
    return await store.leases.acquire("cleanup", "me", 10, NOW)


async def add_job(store, session_id: str, phase: str, not_before: float, voyage: int = 1) -> None:
    values = {"kind": "tape", "session_id": session_id, "voyage": voyage, "phase": phase, "attempt": 1}
    values |= {"owner": "", "not_before": not_before, "error": ""}
    await store.database.write(lambda conn: conn.execute(insert(job).values(**values)) and None)


async def test_only_what_nobody_will_ask_for_again_goes(store, held):
    old = NOW - DONE_JOB_SECONDS - 1
    for name, phase, at in (("1", "done", old), ("2", "done", NOW), ("3", "parked", old), ("4", "open", old)):
        await add_job(store, name, phase, at)
        await add_job(store, name, "parked", at, voyage=3)
    await store.votes.cast("7", 1, 1, 5, "jump", NOW - VOTE_SECONDS - 1)
    await store.votes.cast("7", 1, 2, 5, "jump", NOW - 1)
    await store.leases.acquire("shard:0/1", "long gone", 10, NOW - LEASE_SECONDS - 11)
    await store.leases.acquire("shard:0/2", "just dead", 10, NOW - 60)
    assert await CleanupStore(store.database).clear(held, NOW) == Cleared(jobs=1, votes=1, leases=1)
    assert [row.session_id for row in await store.jobs.list_parked() if row.voyage == 1] == ["3"]
    assert await store.jobs.count_open("tape") == 1
    assert await store.votes.of_turn("7", 1, 1) == []
    assert await store.votes.of_turn("7", 1, 2) == [(5, "jump", NOW - 1)]
    assert [lease.name for lease in await store.leases.list()] == ["cleanup", "shard:0/2"]
    assert await CleanupStore(store.database).clear(held, NOW) == Cleared(0, 0, 0), "twice does no harm"


async def test_a_voyage_that_may_be_promised_again_keeps_its_done_job(store, held):
    for voyage in (1, 2, 3, 4):
        await add_job(store, "1", "done", NOW - DONE_JOB_SECONDS - 1, voyage)
    assert (await CleanupStore(store.database).clear(held, NOW)).jobs == 2
    assert [await store.jobs.add("tape", "1", voyage, NOW) for voyage in (3, 4)] == [False, False]


async def test_a_former_holder_removes_nothing(store, held):
    await add_job(store, "1", "done", NOW - DONE_JOB_SECONDS - 1)
    await add_job(store, "1", "done", NOW, voyage=3)
    heir = await store.leases.acquire("cleanup", "heir", 10, NOW + 11)
    with pytest.raises(StaleEpoch):
        await CleanupStore(store.database).clear(held, NOW + 11)
    assert (await CleanupStore(store.database).clear(heir, NOW + 11)).jobs == 1


async def test_crowded_sessions_are_those_beyond_a_limit(store):
    for session_id, voyage, size in (("1", 1, 5), ("1", 2, 5), ("2", 1, 100), ("3", 1, 5)):
        await store.tapes.add(
            TapeRow(session_id, voyage, f"tapes/{voyage}.mp4", "video/mp4", 3, 0, 1.0, size, NOW)
        )
    assert await store.tapes.crowded(1, 1_000) == ["1"]
    assert await store.tapes.crowded(20, 50) == ["2"]
    assert await store.tapes.crowded(1, 9) == ["1", "2"]
    assert await store.tapes.crowded(20, 1_000) == []


async def test_many_leases_are_renewed_and_released_at_once(store):
    for name in ("a", "b", "c"):
        await store.leases.acquire(name, "me", 10, NOW)
    await store.leases.acquire("b", "heir", 10, NOW + 11)
    renewed = await store.leases.renew_all("me", ["a", "b"], 10, NOW + 12)
    assert [(lease.name, lease.epoch, lease.until) for lease in renewed] == [("a", 1, NOW + 22)]
    assert await store.leases.ends(["a", "b", "c", "unknown"]) == {
        "a": NOW + 22,
        "b": NOW + 21,
        "c": NOW + 10,
    }
    await store.leases.release_all("me", ["a", "b"])
    assert await store.leases.ends(["a", "b"]) == {"a": 0.0, "b": NOW + 21}
    await store.leases.free_all()
    assert set((await store.leases.ends(["a", "b", "c"])).values()) == {0.0}
    again = await store.leases.acquire("b", "me", 10, NOW)
    assert again.epoch == 3, "the epoch goes on"
