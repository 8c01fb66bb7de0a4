"""PostgreSQL: many processes on one database, connections that break at the worst moment."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from storage.errors import Conflict, StorageError, StoreClosed, StoreUnavailable
from storage.store import Store


@pytest.fixture
def backend() -> str:
    """Test PostgreSQL only."""
    return "postgres"


@pytest.fixture
async def other(location: str, store: Store) -> AsyncIterator[Store]:
    """A second process's store on the same database."""
    opened = await Store.open(location)
    yield opened
    await opened.close()


class Cutter:
    """Stands between us and the server, and cuts a connection when it asks for a COMMIT.

    With a `mark` it cuts where that is sent: as a parameter of a statement that commits itself.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self.cuts = 0
        self.forward_first = True
        self.mark = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        upstream, downstream = await asyncio.open_unix_connection(self._server)
        replies = asyncio.ensure_future(self._carry(upstream, writer))
        try:
            while data := await reader.read(65536):
                if (self.mark or b"COMMIT;") in data and self.cuts > 0:
                    self.cuts -= 1
                    if self.forward_first:
                        replies.cancel()
                        await asyncio.wait([replies])
                        downstream.write(data)
                        await upstream.read(1)  # the server has answered: it is kept
                    return
                downstream.write(data)
        finally:
            replies.cancel()
            for end in (writer, downstream):
                end.close()

    @staticmethod
    async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()


@asynccontextmanager
async def cut_store(location: str, folder: Path) -> AsyncIterator[tuple[Store, Cutter]]:
    """Open a store through a cutter."""
    name = ".s.PGSQL.5432"
    cutter = Cutter(f"{parse_qs(urlsplit(location).query)['host'][0]}/{name}")
    server = await asyncio.start_unix_server(cutter.serve, str(folder / name))
    store = await Store.open(f"{location.partition('?')[0]}?host={folder}")
    try:
        yield store, cutter
    finally:
        await store.close()
        server.close()


@pytest.mark.parametrize("kept", [True, False])
async def test_a_commit_whose_answer_never_came_is_looked_up(location, commit, tmp_path, kept):
    async with cut_store(location, tmp_path) as (store, cutter):
        await store.turns.commit(commit("7", 1))
        cutter.cuts, cutter.forward_first, cutter.mark = 1, kept, b"7-1-2"
        result = await store.turns.commit(commit("7", 2))
        assert cutter.cuts == 0
        assert (result.row.turn_id, result.repeated) == ("7-1-2", False)
        assert (await store.sessions.load("7")).version == 2
        await store.turns.commit(commit("7", 3))
        assert [row.n for row in await store.turns.after("7", 0, 0)] == [1, 2, 3]


async def test_a_lost_answer_to_a_repeat_is_still_a_repeat(location, commit, tmp_path):
    async with cut_store(location, tmp_path) as (store, cutter):
        await store.turns.commit(commit("7", 1))
        await store.turns.commit(commit("7", 2))
        cutter.cuts, cutter.forward_first = 1, True
        again = await store.turns.commit(commit("7", 3, turn_id="7-1-2", outcome=b"another"))
        assert (again.row.outcome, again.repeated) == (b"outcome 2", True)
        assert (await store.sessions.load("7")).n == 2


async def test_a_group_whose_answer_never_came_is_looked_up_turn_by_turn(location, commit, tmp_path):
    async with cut_store(location, tmp_path) as (store, cutter):
        await asyncio.gather(*[store.turns.commit(commit(str(i), 1)) for i in range(30)])
        for n, kept in ((2, True), (3, False), (4, True)):
            cutter.cuts, cutter.forward_first, cutter.mark = 1, kept, b"7-1-%d" % n
            await asyncio.gather(*[store.turns.commit(commit(str(i), n)) for i in range(30)])
        for i in range(30):
            assert [row.n for row in await store.turns.after(str(i), 0, 0)] == [1, 2, 3, 4]
        assert cutter.cuts == 0


@pytest.mark.parametrize("kept", [True, False])
async def test_a_launch_whose_answer_never_came_is_looked_up(location, commit, tmp_path, kept):
    async with cut_store(location, tmp_path) as (store, cutter):
        cutter.cuts, cutter.forward_first = 1, kept
        assert not (await store.turns.commit(commit("7", 1))).repeated
        assert cutter.cuts == 0
        assert (await store.sessions.load("7")).version == 1


@pytest.mark.parametrize("kept", [True, False])
async def test_a_row_whose_answer_never_came_is_put_again(location, tmp_path, kept):
    async with cut_store(location, tmp_path) as (store, cutter):
        await store.channel_settings.put("7", "first")
        cutter.cuts, cutter.forward_first, cutter.mark = 1, kept, b"second"
        await store.channel_settings.put("7", "second")
        assert cutter.cuts == 0
        assert await store.channel_settings.get("7") == "second"


async def test_of_a_group_those_that_fit_are_kept_and_each_other_hears_why(store, other, commit):
    names = [f"s{i}" for i in range(40)]
    await asyncio.gather(*[store.turns.commit(commit(name, 1)) for name in names])
    await asyncio.gather(*[other.turns.commit(commit(name, 2, turn_id=f"{name}x")) for name in names[:10]])
    repeats = [store.turns.commit(commit(name, 2, turn_id=f"{name}x", at=9.0)) for name in names[:5]]
    late = [store.turns.commit(commit(name, 2)) for name in names[5:10]]
    fresh = [store.turns.commit(commit(name, 2)) for name in names[10:]]
    results = await asyncio.gather(*repeats, *late, *fresh, return_exceptions=True)
    assert [getattr(result, "repeated", None) for result in results[:5]] == [True] * 5
    assert all(isinstance(result, Conflict) for result in results[5:10])
    assert [getattr(result, "repeated", None) for result in results[10:]] == [False] * 30
    for name in names:
        assert [row.n for row in await store.turns.after(name, 0, 0)] == [1, 2]


async def test_late_turns_do_not_stop_the_others_of_their_group(store, other, commit):
    """No repeat among them: the statement keeps those that fit and passes over those that do not."""
    names = [f"s{i}" for i in range(40)]
    await asyncio.gather(*[store.turns.commit(commit(name, 1)) for name in names])
    await other.turns.commit(commit("s3", 2, turn_id="first"))
    results = await asyncio.gather(
        *[store.turns.commit(commit(name, 2)) for name in names], return_exceptions=True
    )
    assert [index for index, result in enumerate(results) if isinstance(result, Conflict)] == [3]
    assert [(await store.sessions.load(name)).version for name in names] == [2] * 40


async def test_another_write_whose_answer_never_came_says_that_nobody_knows(location, tmp_path):
    async with cut_store(location, tmp_path) as (store, cutter):
        cutter.cuts = 1
        with pytest.raises(StoreUnavailable) as caught:
            await store.cursors.advance("frames", "7", 1, 2)
        assert caught.value.maybe_done
        assert await store.cursors.get("frames", "7") == (1, 2)


async def test_connections_that_the_server_ends_are_not_noticed(store, other, commit):
    end = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for n in range(1, 8):
        await asyncio.gather(
            *[store.turns.commit(commit(str(i), n)) for i in range(20)],
            other.database.read(lambda conn: conn.execute(end)),
        )
    for i in range(20):
        assert [row.n for row in await store.turns.after(str(i), 0, 0)] == list(range(1, 8))


async def test_two_processes_race_and_every_turn_is_one_of_theirs(store, other, commit):
    await asyncio.gather(*[store.turns.commit(commit(str(i), 1)) for i in range(40)])

    async def play(mine: Store, name: str, number: int) -> list[str]:
        won = []
        for n in range(2, 12):
            try:
                turn_id = f"{name}-{number}-{n}"
                await mine.turns.commit(commit(str(number), n, turn_id=turn_id))
                won.append(turn_id)
            except Conflict:
                continue
        return won

    players = [play(s, name, i) for i in range(40) for s, name in ((store, "a"), (other, "b"))]
    won = [turn_id for turns in await asyncio.gather(*players) for turn_id in turns]
    kept = []
    for i in range(40):
        rows = await store.turns.after(str(i), 1, 1)
        assert [row.n for row in rows] == list(range(2, 2 + len(rows)))
        kept += [row.turn_id for row in rows]
        assert (await store.sessions.load(str(i))).version == 1 + len(rows)
    assert sorted(kept) == sorted(won)


async def test_the_same_delivery_at_two_processes_is_kept_once(store, other, commit):
    await asyncio.gather(*[store.turns.commit(commit(str(i), 1)) for i in range(40)])
    results = await asyncio.gather(
        *[s.turns.commit(commit(str(i), 2)) for i in range(40) for s in (store, other)]
    )
    assert sum(result.repeated for result in results) == 40


async def test_workers_of_two_processes_share_the_jobs(store, other):
    for i in range(30):
        await store.jobs.add("tape", str(i), 1, float(i))

    async def work(mine: Store, owner: str) -> list[str]:
        done = []
        while (job := await mine.jobs.claim("tape", owner, 10, 100.0)) is not None:
            await mine.jobs.finish(job)
            done.append(job.session_id)
        return done

    done = await asyncio.gather(*[work(s, f"w{i}") for i in range(4) for s in (store, other)])
    assert sorted(name for names in done for name in names) == sorted(str(i) for i in range(30))


async def test_processes_that_start_together_make_the_tables_once(location):
    base, _, query = location.partition("?")
    fresh = f"{base.rpartition('/')[0]}/fresh?{query}"
    owner = await Store.open(location)
    await owner.database.read(lambda conn: conn.execute(text("CREATE DATABASE fresh")))
    stores = await asyncio.gather(*[Store.open(fresh) for _ in range(4)])
    for store in (*stores, owner):
        await store.close()


async def test_no_server_is_a_sentence_without_the_password(tmp_path):
    with pytest.raises(StoreUnavailable) as caught:
        await Store.open(f"postgresql://u:hunter2@/d?host={tmp_path}")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@host:port/d", "postgresql://[u:hunter2"])
async def test_a_url_that_cannot_be_read_is_a_sentence_without_the_password(url):
    with pytest.raises(StorageError) as caught:
        await Store.open(url)
    assert "hunter2" not in str(caught.value)


async def test_a_closed_store_says_so_at_once(store, commit):
    await store.close()
    before = time.monotonic()
    with pytest.raises(StoreClosed):
        await store.turns.commit(commit("7", 1))
    with pytest.raises(StoreClosed):
        await store.sessions.load("7")
    assert time.monotonic() - before < 1


async def test_close_waits_for_accepted_turns(store, other, commit):
    pending = [asyncio.ensure_future(store.turns.commit(commit(str(i), 1))) for i in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert [(await task).repeated for task in pending] == [False] * 20
    assert len(await other.sessions.ids()) == 20


async def test_reading_only(store, location, commit):
    await store.turns.commit(commit("7", 1))
    reader = await Store.open(location, read_only=True)
    assert (await reader.sessions.load("7")).n == 1
    with pytest.raises(StorageError, match="reading only"):
        await reader.turns.commit(commit("7", 2))
    with pytest.raises(StorageError, match="reading only"):
        await reader.channel_settings.put("7", "{}")
    await reader.close()
