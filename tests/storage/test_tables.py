"""Sessions, frames, tapes, boards, votes, settings and cursors: what goes in comes out, in order."""

import asyncio

import pytest

from storage.errors import StorageError
from storage.rows import BoardRow, FrameRow, TapeRow


def _frame(session_id: str, n: int, voyage: int = 1) -> FrameRow:
    return FrameRow(session_id, voyage, n, f"images/{voyage}-{n}.webp", "image/webp", 100.0 + n)


def _tape(session_id: str, voyage: int, **changes: object) -> TapeRow:
    values: dict[str, object] = {
        "left_out": 0,
        "seconds": 4.5,
        "size": 5_000_000_000,
        "built_at": 100.0 + voyage,
    }
    return TapeRow(session_id, voyage, f"tapes/{voyage}.mp4", "video/mp4", 12, **(values | changes))


async def test_sessions_are_listed_newest_change_first(store, commit, lost):
    for at, name in ((5.0, "old"), (9.0, "new"), (7.0, "mid")):
        await store.turns.commit(commit(name, 1, at=at))
    await store.turns.commit(commit("mid", 2, at=8.0, finish=lost))
    assert [row.session_id for row in await store.sessions.list()] == ["new", "mid", "old"]
    assert [row.session_id for row in await store.sessions.list(limit=1)] == ["new"]
    assert [row.session_id for row in await store.sessions.list(active=True)] == ["new", "old"]
    assert await store.sessions.ids() == ["mid", "new", "old"]
    assert await store.sessions.ids(active=False) == ["mid"]
    counts = await store.sessions.counts()
    assert (counts.sessions, counts.active) == (3, 2)


async def test_no_sessions(store):
    assert await store.sessions.load("7") is None
    assert await store.sessions.list() == []
    counts = await store.sessions.counts()
    assert (counts.sessions, counts.active) == (0, 0)


async def test_a_removed_session_leaves_nothing_and_others_stay(store, commit, lost):
    for name in ("7", "8"):
        await store.turns.commit(commit(name, 1))
        await store.turns.commit(commit(name, 2, finish=lost))
        await store.frames.add(_frame(name, 1))
        await store.tapes.add(_tape(name, 1))
        await store.boards.put(BoardRow(name, 1, 2, 3, 1, 2, dirty=True))
        await store.votes.cast(name, 1, 2, 5, "go", 9.0)
        await store.cursors.advance("frames", name, 1, 2)
        await store.channel_settings.put(name, "{}")
    assert await store.sessions.remove("7")
    assert not await store.sessions.remove("7")
    assert await store.turns.after("7", 0, 0) == []
    assert await store.voyages.list("7") == []
    assert await store.frames.list("7", 1) == []
    assert await store.tapes.list("7") == []
    assert await store.boards.get("7") is None
    assert await store.votes.tally("7", 1, 2) == {}
    assert await store.cursors.get("frames", "7") == (0, 0)
    assert await store.channel_settings.get("7") is None
    assert await store.jobs.count_open("tape") == 1
    assert len(await store.turns.after("8", 0, 0)) == 2
    assert len(await store.frames.list("8", 1)) == 1
    await store.turns.commit(commit("7", 1))


async def test_frames_in_order_and_replaced_by_turn(store):
    for n in (3, 1, 2):
        await store.frames.add(_frame("7", n))
    await store.frames.add(_frame("7", 1, voyage=2))
    await store.frames.add(FrameRow("7", 1, 2, "images/other.png", "image/png", 200.0))
    assert [(row.n, row.file) for row in await store.frames.list("7", 1)] == [
        (1, "images/1-1.webp"),
        (2, "images/other.png"),
        (3, "images/1-3.webp"),
    ]
    assert await store.frames.get("7", 1, 3) == _frame("7", 3)
    assert await store.frames.get("7", 1, 4) is None
    assert await store.frames.count("7", 1) == 3
    assert await store.frames.remove("7", 1) == 3
    assert await store.frames.count("7", 1) == 0
    assert await store.frames.count("7", 2) == 1


async def test_tapes_newest_first_posted_once(store):
    for voyage in (1, 3, 2):
        await store.tapes.add(_tape("7", voyage))
    assert [row.voyage for row in await store.tapes.list("7")] == [3, 2, 1]
    assert [row.voyage for row in await store.tapes.list("7", limit=2)] == [3, 2]
    assert [row.voyage for row in await store.tapes.unposted()] == [1, 2, 3]
    assert await store.tapes.mark_posted("7", 2, 2**62)
    assert not await store.tapes.mark_posted("7", 2, 5)
    assert not await store.tapes.mark_posted("7", 9, 5)
    assert (await store.tapes.get("7", 2)).message_id == 2**62
    assert [row.voyage for row in await store.tapes.unposted(limit=5)] == [1, 3]
    assert await store.tapes.remove("7", 3)
    assert not await store.tapes.remove("7", 3)
    assert await store.tapes.get("7", 3) is None


async def test_a_tape_that_is_built_again_after_its_post_stays_posted(store):
    await store.tapes.add(_tape("7", 1))
    assert await store.tapes.mark_posted("7", 1, 2**62)
    await store.tapes.add(_tape("7", 1, size=34))
    tape = await store.tapes.get("7", 1)
    assert (tape.size, tape.message_id) == (34, 2**62)
    assert await store.tapes.unposted() == []


async def test_boards(store):
    board = BoardRow("7", 2**61, 2**62, 2**63 - 1, 1, 4, dirty=False)
    await store.boards.put(board)
    assert await store.boards.get("7") == board
    assert await store.boards.list_dirty() == []
    assert await store.boards.mark_dirty("7")
    assert not await store.boards.mark_dirty("8")
    assert [row.session_id for row in await store.boards.list_dirty()] == ["7"]
    await store.boards.mark_dirty("7", dirty=False)
    assert await store.boards.list_dirty() == []
    await store.boards.put(BoardRow("7", 1, 2, 9, 1, 5, dirty=True))
    assert [row.message_id for row in await store.boards.all()] == [9]
    assert await store.boards.remove("7")
    assert not await store.boards.remove("7")


async def test_a_boards_upload_limit_stays_until_another_is_noted(store):
    board = BoardRow("7", 1, 2, 3, 1, 4, dirty=False)
    await store.boards.put(board)
    assert (await store.boards.get("7")).upload_limit == 0
    await store.boards.put(BoardRow("7", 1, 2, 3, 1, 4, dirty=False, upload_limit=50 * 2**20))
    await store.boards.put(board)
    assert (await store.boards.get("7")).upload_limit == 50 * 2**20
    await store.boards.put(BoardRow("7", 1, 2, 3, 1, 5, dirty=True, upload_limit=2**33))
    assert (await store.boards.get("7")).upload_limit == 2**33


async def test_rows_put_at_the_same_moment_all_arrive(store):
    frames = [
        FrameRow(f"s{number % 20}", 1, number, f"{number}.webp", "image/webp", 1.0) for number in range(300)
    ]
    boards = [BoardRow(f"s{number}", 1, 2, number, 1, 4, dirty=False) for number in range(100)]
    again = [FrameRow("s1", 1, 1, f"again {number}", "image/webp", 1.0) for number in range(3)]
    puts = [store.frames.add(row) for row in (*frames, *again)] + [store.boards.put(row) for row in boards]
    settings = [store.channel_settings.put(f"s{number}", "{}") for number in range(50)]
    await asyncio.gather(*puts, *settings)
    assert len(await store.boards.all()) == 100
    assert len(await store.channel_settings.all()) == 50
    assert (await store.frames.get("s1", 1, 1)).file == "again 2"
    assert sum([await store.frames.count(f"s{number}", 1) for number in range(20)]) == 300


async def test_what_is_written_at_the_same_moment_keeps_its_order(store, backend):
    if backend == "postgres":
        pytest.skip("there a unit has a transaction of its own")
    rows = [BoardRow("7", 1, 2, number, 1, number, dirty=False) for number in range(4)]
    put, mark = store.boards.put, store.boards.mark_dirty
    await asyncio.gather(put(rows[0]), mark("7"), put(rows[1]), put(rows[2]), mark("7"))
    assert await store.boards.get("7") == BoardRow("7", 1, 2, 2, 1, 2, dirty=True)
    await asyncio.gather(mark("7"), put(rows[3]))
    assert await store.boards.get("7") == rows[3]


async def test_a_text_too_long_for_its_column_is_refused_whole_and_alone(store, backend):
    if backend == "sqlite":
        pytest.skip("SQLite has no longest text")
    good, bad = BoardRow("7", 1, 2, 3, 1, 4, dirty=False), BoardRow("8" * 65, 1, 2, 3, 1, 4, dirty=False)
    refused, kept = await asyncio.gather(
        store.boards.put(bad), store.boards.put(good), return_exceptions=True
    )
    assert isinstance(refused, StorageError)
    assert kept is None
    assert await store.boards.all() == [good]


async def test_votes_one_per_user_the_last_counts(store):
    for user, choice, at in ((1, "flee", 1.0), (2, "fight", 2.0), (1, "fight", 3.0), (3, "flee", 4.0)):
        await store.votes.cast("7", 1, 2, user, choice, at)
    assert list((await store.votes.tally("7", 1, 2)).items()) == [("fight", 2), ("flee", 1)]
    await store.votes.cast("7", 1, 2, 4, "flee", 5.0)
    assert next(iter(await store.votes.tally("7", 1, 2))) == "fight"
    assert await store.votes.tally("7", 1, 3) == {}
    assert await store.votes.clear("7") == 4
    assert await store.votes.tally("7", 1, 2) == {}


async def test_channel_settings(store):
    assert await store.channel_settings.get("7") is None
    await store.channel_settings.put("7", '{"countdown": 60}')
    await store.channel_settings.put("7", '{"countdown": 90}')
    assert await store.channel_settings.get("7") == '{"countdown": 90}'
    assert await store.channel_settings.all() == {"7": '{"countdown": 90}'}


@pytest.mark.parametrize("place", [(1, 1), (1, 2)])
async def test_a_cursor_never_goes_back(store, place):
    assert await store.cursors.advance("frames", "7", 1, 2)
    assert not await store.cursors.advance("frames", "7", *place)
    assert await store.cursors.get("frames", "7") == (1, 2)
    assert await store.cursors.advance("frames", "7", 2, 1)
    assert await store.cursors.get("frames", "7") == (2, 1)
    assert await store.cursors.get("boards", "7") == (0, 0)


async def test_many_cursors_go_on_at_once_and_none_goes_back(store):
    await store.cursors.advance("frames", "b", 2, 5)
    moves = [("frames", "a", 1, 3), ("frames", "b", 2, 4), ("boards", "a", 1, 1), ("frames", "c", 3, 1)]
    moves += [("frames", "c", 2, 9), ("frames", "c", 3, 2)]
    assert await store.cursors.advance_many(moves) == 3
    assert await store.cursors.all("frames") == {"a": (1, 3), "b": (2, 5), "c": (3, 2)}
    assert await store.cursors.advance_many(moves) == 0
    assert await store.cursors.advance_many([]) == 0
    assert await store.cursors.all("boards") == {"a": (1, 1)}
    assert await store.cursors.all("tapes") == {}


async def test_sessions_behind_a_projection(store, commit, lost):
    for at, name in ((3.0, "a"), (2.0, "b"), (1.0, "c")):
        await store.turns.commit(commit(name, 1, at=at))
    assert await store.cursors.behind("frames") == ["c", "b", "a"]
    await store.cursors.advance("frames", "b", 1, 1)
    assert await store.cursors.behind("frames") == ["c", "a"]
    assert await store.cursors.behind("frames", limit=1) == ["c"]
    await store.turns.commit(commit("b", 2, at=4.0, finish=lost))
    await store.cursors.advance("frames", "b", 1, 2)
    await store.turns.commit(commit("b", 1, at=5.0, voyage=2, turn_id="b-2-1", expected_version=2))
    assert await store.cursors.behind("frames") == ["c", "a", "b"]
