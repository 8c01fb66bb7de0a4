"""What the database tells an observer of its groups, and whether it answers."""

import asyncio
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.store import Store


async def test_every_group_is_told_with_its_size_and_time(store, commit):
    told: list[tuple[int, float]] = []
    store.database.observe_commits(lambda size, seconds: told.append((size, seconds)))
    writes = [asyncio.ensure_future(store.turns.commit(commit(f"{n}", 1))) for n in range(20)]
    await asyncio.sleep(0)
    assert store.database.unanswered == 20
    await asyncio.gather(*writes)
    assert store.database.unanswered == 0
    assert sum(size for size, _ in told) == 20
    assert len(told) < 20, "concurrent turns share transactions"
    assert all(seconds > 0 for _, seconds in told)


async def test_a_refused_turn_is_answered_as_well(store, commit):
    await store.turns.commit(commit("1", 1))
    with pytest.raises(StorageError):
        await store.turns.commit(commit("1", 1, turn_id="another"))
    assert store.database.unanswered == 0


async def test_jobs_are_counted_by_kind_and_phase(store):
    for voyage in (1, 2, 3):
        await store.jobs.add("tape", "1", voyage, 1000.0)
    claimed = await store.jobs.claim("tape", "me", 60.0, 1000.0)
    await store.jobs.finish(claimed)
    assert await store.jobs.count_by_phase() == {("tape", "open"): 2, ("tape", "done"): 1}


async def test_a_store_answers_until_it_is_closed(backend, location, tmp_path: Path):
    store = await Store.open(location)
    await store.ping()
    await store.close()
    with pytest.raises(StorageError):
        await store.ping()
