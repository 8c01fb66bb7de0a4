"""What the followers of the journal ask, on both databases."""

import pytest

from storage.following import MOST_ASKED, FollowStore, Newest
from storage.rows import VoyageLaunch
from storage.run_notices import NoticeRow


@pytest.fixture
def following(store):
    return FollowStore(store.database)


async def fly(store, commit, session_id: str, turns: int) -> None:
    for n in range(1, turns + 1):
        await store.turns.commit(commit(session_id, n))


async def test_sessions_that_one_projection_has_not_seen_are_lagging(store, following, commit):
    for session_id in ("seen", "half", "never"):
        await fly(store, commit, session_id, 3)
    await store.cursors.advance_many([("a", "seen", 1, 3), ("b", "seen", 1, 3), ("a", "half", 1, 3)])
    await store.cursors.advance_many([("b", "half", 1, 2)])
    lagging = await following.lagging(["a", "b"])
    assert sorted(lagging, key=lambda row: row.session_id) == [Newest("half", 1, 3), Newest("never", 1, 3)]
    assert await following.lagging(["a"]) == [Newest("never", 1, 3)]
    await store.cursors.advance_many([(name, s, 1, 3) for name in "ab" for s in ("half", "never")])
    assert await following.lagging(["a", "b"]) == []


async def test_a_cursor_of_a_later_voyage_is_not_behind_an_earlier_ones_higher_turn(
    store, following, commit, lost
):
    await fly(store, commit, "s", 2)
    await store.turns.commit(commit("s", 3, finish=lost))
    await store.cursors.advance("a", "s", 1, 3)
    assert await following.lagging(["a"]) == []
    launch = VoyageLaunch(seed=8, captain="Ada", ship="scout")
    await store.turns.commit(commit("s", 1, voyage=2, expected_version=3, turn_id="again", launch=launch))
    assert await following.lagging(["a"]) == [Newest("s", 2, 1)]
    await store.cursors.advance("a", "s", 2, 1)
    assert await following.lagging(["a"]) == []


async def test_positions_of_many_sessions_are_one_question(store, following):
    await store.cursors.advance_many([("a", f"s{k}", 1, k + 1) for k in range(MOST_ASKED + 5)])
    await store.cursors.advance("b", "s0", 2, 9)
    found = await following.positions(["s0", "s3", "unknown"])
    assert found == {("a", "s0"): (1, 1), ("b", "s0"): (2, 9), ("a", "s3"): (1, 4)}
    assert await following.positions([]) == {}


async def test_what_belongs_to_no_session_is_found_and_forgotten(store, following, commit):
    await fly(store, commit, "alive", 2)
    await fly(store, commit, "anew", 1)
    await store.cursors.advance_many(
        [("a", "alive", 1, 2), ("b", "alive", 1, 1), ("a", "gone", 3, 4), ("a", "anew", 5, 5)]
    )
    await store.run_notices.put(NoticeRow("alive", 1, 10, 11))
    await store.run_notices.put(NoticeRow("noticed", 1, 10, 12))
    gone = await following.gone()
    assert gone == ["anew", "gone", "noticed"]
    await following.forget(gone)
    assert await following.gone() == []
    assert await store.run_notices.get("noticed") is None
    assert await store.run_notices.get("alive") is not None
    assert await store.cursors.get("a", "alive") == (1, 2)
    assert await store.cursors.get("a", "anew") == (0, 0)
    assert await following.kept() == ["alive"]
    await following.forget([])


async def test_a_removed_session_leaves_neither_cursor_nor_notice(store, following, commit):
    await fly(store, commit, "s", 2)
    await store.cursors.advance("a", "s", 1, 2)
    await store.run_notices.put(NoticeRow("s", 1, 10, 11))
    await store.sessions.remove("s")
    assert await following.gone() == []
    assert await store.cursors.all("a") == {}
