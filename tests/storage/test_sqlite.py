"""The SQLite file: one owner, one fsync for a group, clean ends."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import insert, text

from storage.errors import Conflict, StorageError, StoreLocked, StoreUnavailable
from storage.schema import channel_settings
from storage.store import Store, store_location


@pytest.fixture
def backend() -> str:
    """Test the SQLite file only."""
    return "sqlite"


def _put(session_id: str, settings: str = "{}"):
    return lambda conn: conn.execute(
        insert(channel_settings).values(session_id=session_id, settings=settings)
    )


async def test_a_second_owner_gets_a_sentence(store, location):
    with pytest.raises(StoreLocked, match="another process uses the data"):
        await Store.open(location)


async def test_the_file_is_free_after_close_and_keeps_everything(location, commit):
    first = await Store.open(location)
    await first.turns.commit(commit("7", 1))
    await first.close()
    await first.close()
    second = await Store.open(location)
    assert (await second.sessions.load("7")).n == 1
    await second.close()


async def test_close_moves_the_log_into_the_file(location, commit, tmp_path):
    opened = await Store.open(location)
    await opened.turns.commit(commit("7", 1))
    await opened.close()
    assert not (tmp_path / "store.sqlite3-wal").exists()
    with sqlite3.connect(location) as conn:
        assert conn.execute("SELECT count(*) FROM turn").fetchone() == (1,)
    conn.close()


async def test_close_waits_for_accepted_work(location, commit):
    opened = await Store.open(location)
    pending = [asyncio.ensure_future(opened.turns.commit(commit(str(i), 1))) for i in range(20)]
    await asyncio.sleep(0)
    await opened.close()
    assert [(await task).repeated for task in pending] == [False] * 20


async def test_a_closed_store_says_so(location, commit):
    opened = await Store.open(location)
    await opened.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await opened.turns.commit(commit("7", 1))
    with pytest.raises(StoreUnavailable, match="closed"):
        await opened.sessions.load("7")


async def test_a_reader_beside_the_owner_sees_the_rows_and_cannot_write(store, location, commit):
    await store.turns.commit(commit("7", 1))
    reader = await Store.open(location, read_only=True)
    assert (await reader.sessions.load("7")).n == 1
    with pytest.raises(StorageError, match="reading only"):
        await reader.turns.commit(commit("7", 2))
    await reader.close()


async def test_reading_only_needs_a_file(tmp_path):
    with pytest.raises(StoreUnavailable, match="no database"):
        await Store.open(tmp_path / "none.sqlite3", read_only=True)
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "store.sqlite3"
    path.write_text("These are my holiday notes, long enough to be taken for a header of a file. " * 20)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="not a database"):
        await Store.open(path)
    assert path.read_bytes() == before


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot open"):
        await Store.open(tmp_path / "file" / "store.sqlite3")


async def test_units_in_one_group_fail_alone(store):
    def broken(conn):
        _put("b")(conn)
        raise LookupError("mine")

    results = await asyncio.gather(
        store.database.write(_put("a")),
        store.database.write(broken),
        store.database.write(_put("a")),
        store.database.write(lambda conn: conn.execute(text("SELECT nonsense"))),
        store.database.write(_put("c")),
        return_exceptions=True,
    )
    assert [type(result).__name__ for result in results[1:4]] == [
        "LookupError",
        "Conflict",
        "StoreUnavailable",
    ]
    assert sorted(await store.channel_settings.all()) == ["a", "c"]


async def test_a_lone_unit_that_fails_is_undone(store):
    def broken(conn):
        _put("b")(conn)
        raise LookupError("mine")

    with pytest.raises(LookupError):
        await store.database.write(broken)
    await store.database.write(_put("a"))
    with pytest.raises(Conflict):
        await store.database.write(_put("a"))
    assert sorted(await store.channel_settings.all()) == ["a"]


async def test_a_caller_that_went_away_disturbs_nobody(store):
    gone = asyncio.ensure_future(store.database.write(_put("gone")))
    stays = asyncio.ensure_future(store.database.write(_put("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert "stays" in await store.channel_settings.all()


async def test_the_file_is_durable_and_checked(store):
    def pragmas(conn):
        return [
            conn.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert await store.database.read(pragmas) == ["wal", 2, 1]
    assert await store.database.write(pragmas) == ["wal", 2, 1]


async def test_a_reader_cannot_be_blocked_by_the_writer(store, commit):
    """A read inside a running write transaction sees the state before it."""
    await store.turns.commit(commit("7", 1))
    loop = asyncio.get_running_loop()

    def write(conn):
        _put("a")(conn)
        return asyncio.run_coroutine_threadsafe(store.channel_settings.all(), loop).result(10)

    assert await store.database.write(write) == {}
    assert await store.channel_settings.all() == {"a": "{}"}


def test_the_settings_choose_the_place(tmp_path):
    assert store_location("", tmp_path) == tmp_path / "dead_reckoning.sqlite3"
    assert store_location("postgresql://u@h/d", tmp_path) == "postgresql://u@h/d"


async def test_a_sqlite_url_is_a_path(tmp_path):
    opened = await Store.open(f"sqlite:///{tmp_path}/url.sqlite3")
    await opened.close()
    assert (tmp_path / "url.sqlite3").is_file()


async def test_an_unknown_scheme_is_refused(tmp_path):
    with pytest.raises(StorageError, match="mysql") as caught:
        await Store.open("mysql://u:secret@host/db")
    assert "secret" not in str(caught.value)


async def test_a_full_disk_refuses_and_loses_nothing(store, commit):
    def limit(pages):
        return lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar()

    await store.turns.commit(commit("7", 1))
    await store.database.write(limit(1))  # SQLite takes the number of pages that there are
    big = b"x" * 200_000
    with pytest.raises(StoreUnavailable, match="full"):
        await store.turns.commit(commit("7", 2, outcome=big))
    results = await asyncio.gather(
        *[store.turns.commit(commit("7", 2, outcome=big, turn_id=f"t{i}")) for i in range(3)],
        return_exceptions=True,
    )
    assert all(isinstance(result, StoreUnavailable | Conflict) for result in results)
    assert (await store.sessions.load("7")).n == 1
    await store.database.write(limit(1_000_000))
    await store.turns.commit(commit("7", 2, outcome=big))
    assert [row.n for row in await store.turns.after("7", 0, 0)] == [1, 2]
