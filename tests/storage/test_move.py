"""A SQLite file moved into a real PostgreSQL: whole, or not at all; and it goes on there."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage import move as moving
from storage.errors import StorageError, StoreLocked
from storage.move import CopyDiffers, TargetNotEmpty, move
from storage.schema import metadata
from storage.store import Store


@pytest.fixture
async def target(postgres) -> str:
    return await postgres.create()


async def rows_of(location: str | Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read every table."""
    store = await Store.open(location, read_only=True)
    try:
        found = {}
        for table in metadata.sorted_tables:
            rows = await store.database.read(lambda conn, t=table: conn.execute(select(t)).all())
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
        return found
    finally:
        await store.close()


@pytest.fixture
async def source(tmp_path: Path, commit) -> Path:
    """A file with more rows than one piece, texts that databases sort differently, and given numbers."""
    path = tmp_path / "store.sqlite3"
    store = await Store.open(path)
    for index, name in enumerate(["b", "A", "_", "a", "Z9", "-x", *map(str, range(12))]):
        for n in range(1, 12):
            changes = {"outcome": bytes(range(256)), "actor": "Zoë 指揮官 🚀'\"\\"}
            await store.turns.commit(commit(name, n, **changes))
        await store.jobs.add("tape", name, index + 1, 1000.25)
        await store.channel_settings.put(name, '{"countdown": 30}')
    await store.leases.acquire("tracker", "gone", 60.0, 1000.0)
    await store.close()
    return path


async def test_everything_arrives_and_the_file_is_as_it_was(source, target, monkeypatch):
    monkeypatch.setattr(moving, "CHUNK", 7)
    before = await rows_of(source)
    told: list[tuple[str, int, int]] = []
    copied = await move(source, target, lambda *step: told.append(step))
    assert await rows_of(target) == before == await rows_of(source)
    assert {table.table: table.rows for table in copied} == {name: len(rows) for name, rows in before.items()}
    assert {table for table, done, total in told if done == total} == set(before)
    assert next(table.rows for table in copied if table.table == "turn") == 18 * 11


async def test_numbers_go_on_after_those_that_came(source, target):
    await move(source, target, lambda *_: None)
    store = await Store.open(target)
    try:
        assert await store.jobs.add("tape", "new", 1, 1000.0)
        newest = max(row[0] for row in (await rows_of(target))["job"])
        assert newest == 19
        turn = await store.turns.get("A", 1, 11)
        assert turn is not None
        assert turn.outcome == bytes(range(256))
    finally:
        await store.close()


async def test_a_database_with_rows_is_refused_and_stays_as_it_is(source, target, commit):
    store = await Store.open(target)
    await store.turns.commit(commit("mine", 1))
    await store.close()
    before = await rows_of(target)
    with pytest.raises(TargetNotEmpty, match="session"):
        await move(source, target, lambda *_: None)
    assert await rows_of(target) == before


async def test_a_copy_that_differs_is_not_kept(source, target, monkeypatch):
    checksums = iter(range(1_000_000))
    monkeypatch.setattr(moving, "_checksum", lambda _rows: next(checksums))
    with pytest.raises(CopyDiffers):
        await move(source, target, lambda *_: None)
    assert not any((await rows_of(target)).values())


async def test_a_row_that_the_other_cannot_hold_names_its_table(source, target):
    with sqlite3.connect(source) as file:
        file.execute("UPDATE turn SET actor = 'a' || char(0) || 'b' WHERE session_id = 'A' AND n = 11")
    file.close()
    with pytest.raises(StorageError, match="turn cannot be copied"):
        await move(source, target, lambda *_: None)
    assert not any((await rows_of(target)).values())


async def test_a_file_in_use_is_left_alone(source, target, commit):
    running = await Store.open(source)
    try:
        with pytest.raises(StoreLocked):
            await move(source, target, lambda *_: None)
    finally:
        await running.close()


async def test_a_file_that_is_not_there_is_not_made(tmp_path, target):
    with pytest.raises(StorageError, match="no database"):
        await move(tmp_path / "none.sqlite3", target, lambda *_: None)
    assert list(tmp_path.iterdir()) == []
