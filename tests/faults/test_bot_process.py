"""The bot's and the engine's own process killed under load; turns offered by former owners of a session.

A few rounds of what `python -m benchmarks faults` does a hundred times. The tests of single turns with a
killed bot are tests/wire/test_killed_bot.py.
"""

import asyncio
from pathlib import Path

import pytest

from benchmarks import fault_owners
from benchmarks.fault_owners import offer_stale, play_session
from benchmarks.faults import kill_bots, kill_engines
from engine.content import Content, load_content
from storage.store import Store

ROUNDS = 2


@pytest.fixture(scope="module")
def content() -> Content:
    """Give the game's own content."""
    return load_content()


@pytest.fixture(params=["sqlite", "postgres"])
async def database_url(request: pytest.FixtureRequest) -> str:
    """DATABASE_URL of the processes: empty for SQLite."""
    return await request.getfixturevalue("postgres").create() if request.param == "postgres" else ""


@pytest.mark.parametrize("kill", [kill_bots, kill_engines])
async def test_killed_processes_lose_and_double_nothing(kill, database_url, tmp_path: Path, content):
    verdict, said = await asyncio.to_thread(kill, tmp_path, database_url, ROUNDS, content)
    assert verdict.acknowledged > 0
    assert (verdict.lost, verdict.doubled, verdict.inexact, verdict.unlike) == (0, 0, 0, 0)
    assert kill is not kill_bots or "; 0 unexpected errors" in said


async def test_former_owners_of_sessions_write_nothing(postgres):
    result = await offer_stale(await postgres.create(), 4)
    assert result.offered > fault_owners.SESSIONS
    assert result.accepted == 0


async def test_without_the_fence_they_would(tmp_path: Path):
    """The stress can say no: SQLite's fence is its file's lock, and one store twice is behind it."""
    store = await Store.open(tmp_path / "store.sqlite3")
    try:
        assert (await play_session([store, store], "s0", 4)).accepted > 0
    finally:
        await store.close()
