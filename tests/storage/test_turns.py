"""Turns are kept once, whole, in order."""

import asyncio

import pytest

from storage.errors import Conflict, StorageError, StoreUnavailable
from storage.rows import SessionRow, TurnRow, VoyageLaunch
from storage.turn_commit import Committed


async def test_a_turn_is_kept_with_its_state_and_voyage(store, commit):
    kept = await store.turns.commit(commit("7", 1))
    assert kept.row == TurnRow("7", 1, 1, "7-1-1", "Ada", 1001.0, b"go", b"outcome 1")
    assert not kept.repeated
    assert await store.sessions.load("7") == SessionRow("7", 1, 1, 1, True, b"state 1", 1001.0)
    voyage = await store.voyages.get("7", 1)
    assert (voyage.seed, voyage.captain, voyage.ship, voyage.started_at) == (7, "Ada", "scout", 1001.0)
    assert (voyage.turns, voyage.ended_at, voyage.victory) == (1, None, False)


async def test_a_repeated_turn_id_gives_the_stored_turn_and_changes_nothing(store, commit):
    await store.turns.commit(commit("7", 1))
    await store.turns.commit(commit("7", 2))
    again = await store.turns.commit(commit("7", 3, turn_id="7-1-2", outcome=b"another", state=b"another"))
    assert again.repeated
    assert again.row.outcome == b"outcome 2"
    assert (await store.sessions.load("7")).state == b"state 2"
    assert len(await store.turns.after("7", 0, 0)) == 2


async def test_a_turn_id_of_another_session_is_refused(store, commit):
    await store.turns.commit(commit("7", 1))
    with pytest.raises(Conflict):
        await store.turns.commit(commit("8", 1, turn_id="7-1-1"))
    assert await store.sessions.load("8") is None


async def test_a_turn_id_of_another_session_is_refused_also_after_a_commit_of_unknown_outcome(store, commit):
    await store.turns.commit(commit("7", 1))
    answers = [StoreUnavailable("cut off", maybe_done=True)]
    write_together = store.database.write_together

    async def cut_off(*given):
        if answers:
            raise answers.pop()
        return await write_together(*given)

    store.database.recovery_pauses = (0.0,)
    store.database.write_together = cut_off
    with pytest.raises(Conflict):
        await store.turns.commit(commit("8", 1, turn_id="7-1-1"))
    assert answers == []
    assert await store.sessions.load("8") is None


async def test_a_stale_version_is_refused_whole(store, commit, lost):
    for n in (1, 2, 3):
        await store.turns.commit(commit("7", n))
    with pytest.raises(Conflict):
        await store.turns.commit(commit("7", 4, expected_version=2, finish=lost))
    assert await store.turns.find("7-1-4") is None
    assert (await store.sessions.load("7")).n == 3
    assert (await store.voyages.get("7", 1)).ended_at is None
    assert await store.jobs.count_open("tape") == 0


async def test_a_taken_place_is_refused(store, commit):
    await store.turns.commit(commit("7", 1))
    with pytest.raises(Conflict):
        await store.turns.commit(commit("7", 1, turn_id="other", expected_version=1))


@pytest.mark.parametrize("changes", [{"n": 0}, {"launch": None}, {"voyage": 0}, {"expected_version": -1}])
async def test_a_commit_that_contradicts_itself_is_refused(store, commit, changes):
    with pytest.raises(ValueError):
        await store.turns.commit(commit("7", **({"n": 1} | changes)))


async def test_the_last_turn_ends_the_voyage_and_promises_its_tape(store, commit, lost):
    await store.turns.commit(commit("7", 1))
    await store.turns.commit(commit("7", 2, finish=lost))
    voyage = await store.voyages.get("7", 1)
    assert (voyage.turns, voyage.ended_at, voyage.cause, voyage.title) == (2, 1002.0, lost.cause, lost.title)
    assert not (await store.sessions.load("7")).active
    job = await store.jobs.claim("tape", "worker", 30, 2000.0)
    assert (job.session_id, job.voyage, job.attempt) == ("7", 1, 1)


async def test_voyages_follow_each_other_and_turns_are_listed_across_them(store, commit, lost):
    await store.turns.commit(commit("7", 1))
    await store.turns.commit(commit("7", 2, finish=lost))
    await store.turns.commit(commit("7", 1, voyage=2, turn_id="7-2-1", expected_version=2))
    await store.turns.commit(commit("7", 2, voyage=2, turn_id="7-2-2", expected_version=3))

    async def places(*after: int, limit: int = 100) -> list[tuple[int, int]]:
        return [(row.voyage, row.n) for row in await store.turns.after("7", *after, limit=limit)]

    assert await places(0, 0) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert await places(1, 1) == [(1, 2), (2, 1), (2, 2)]
    assert await places(1, 9) == [(2, 1), (2, 2)]
    assert await places(2, 2) == []
    assert await places(0, 0, limit=3) == [(1, 1), (1, 2), (2, 1)]
    last = await store.turns.last("7")
    assert (last.voyage, last.n) == (2, 2)
    assert [row.voyage for row in await store.voyages.list("7")] == [2, 1]
    assert [row.turns for row in await store.voyages.list("7")] == [2, 2]
    assert await store.voyages.count("7") == 2
    assert (await store.voyages.last("7")).voyage == 2


async def test_of_fifty_turns_at_once_one_wins(store, commit):
    await store.turns.commit(commit("7", 1))
    racing = [store.turns.commit(commit("7", 2, turn_id=f"click-{i}")) for i in range(50)]
    results = await asyncio.gather(*racing, return_exceptions=True)
    won = [result for result in results if not isinstance(result, BaseException)]
    assert len(won) == 1
    assert all(isinstance(result, Conflict) for result in results if isinstance(result, BaseException))
    assert (await store.turns.last("7")).turn_id == won[0].row.turn_id
    assert (await store.sessions.load("7")).version == 2


async def test_fifty_deliveries_of_one_turn_keep_it_once_and_all_get_it(store, commit):
    await store.turns.commit(commit("7", 1))
    results = await asyncio.gather(*[store.turns.commit(commit("7", 2)) for _ in range(50)])
    assert sorted(result.repeated for result in results) == [False] + [True] * 49
    assert {result.row.turn_id for result in results} == {"7-1-2"}
    assert len(await store.turns.after("7", 0, 0)) == 2


async def test_in_a_group_each_turn_gets_its_own_answer(store, commit, lost):
    await asyncio.gather(*[store.turns.commit(commit(str(i), 1)) for i in range(40)])
    group = [commit(str(i), 2) for i in range(40)]
    group[3] = commit("3", 2, expected_version=9)
    group[5] = commit("5", 1)
    group[8] = commit("8", 2, finish=lost)
    results = await asyncio.gather(*[store.turns.commit(c) for c in group], return_exceptions=True)
    assert isinstance(results[3], Conflict)
    assert results[5].repeated
    others = [result for i, result in enumerate(results) if i not in (3, 5)]
    assert all(result.row.n == 2 and not result.repeated for result in others)
    assert [row.session_id for row in await store.sessions.list(active=False)] == ["8"]
    assert (await store.sessions.load("3")).n == 1


async def test_text_with_any_character_comes_back_as_it_was(store, commit):
    actor = "Zoë ‮ 🚀 ' \" ; --"
    await store.turns.commit(commit("7", 1, actor=actor))
    assert (await store.turns.get("7", 1, 1)).actor == actor


async def test_unknown_turns_are_none(store):
    assert await store.turns.find("nothing") is None
    assert await store.turns.get("7", 1, 1) is None
    assert await store.turns.last("7") is None
    assert await store.turns.after("7", 0, 0) == []


async def test_a_turn_id_longer_than_the_column_is_no_crash(store, commit):
    """SQLite takes it, PostgreSQL refuses it; either way the session goes on."""
    try:
        await store.turns.commit(commit("7", 1, turn_id="x" * 129))
    except StorageError:
        await store.turns.commit(commit("7", 1))
    assert (await store.sessions.load("7")).n == 1


async def test_a_turn_that_the_database_cannot_keep_takes_no_other_with_it(store, commit):
    """PostgreSQL has no character of code 0; SQLite takes it."""
    group = [commit(str(i), 1) for i in range(12)]
    group[4] = commit("4", 1, launch=VoyageLaunch(seed=7, captain="A\0da", ship="scout"))
    group[7] = commit("7", 1, actor="\0")
    results = await asyncio.gather(*[store.turns.commit(c) for c in group], return_exceptions=True)
    assert all(result.row.n == 1 for i, result in enumerate(results) if i not in (4, 7))
    assert [type(results[i]) for i in (4, 7)] == [StorageError if store.database.shared else Committed] * 2
    group = [commit(str(i), 2, actor="\0" if i == 2 else "Ada") for i in range(4)]
    results = await asyncio.gather(*[store.turns.commit(c) for c in group], return_exceptions=True)
    assert [getattr(result, "row", None) is not None for result in results] == [
        True, True, not store.database.shared, True
    ]  # fmt: skip
