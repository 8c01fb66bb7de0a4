"""Processes, servers and power that fail under load: nothing acknowledged is lost, nothing is doubled.

A few rounds of what `python -m benchmarks faults` does a hundred times.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.databases import Databases
from benchmarks.fault_check import Verdict, judge
from benchmarks.fault_rounds import kill_round
from benchmarks.fault_takeover import take_over
from benchmarks.faults import server_crashes
from benchmarks.postgres_server import postgres_server
from benchmarks.power_disk import library
from engine.content import Content, load_content


@pytest.fixture(scope="module")
def content() -> Content:
    """Give the game's own content."""
    return load_content()


@pytest.fixture(params=["sqlite", "postgres"])
async def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the players' store lives."""
    if request.param == "postgres":
        return await request.getfixturevalue("postgres").create()
    return str(tmp_path / "store.sqlite3")


def _assert_whole(verdict: Verdict) -> None:
    assert verdict.acknowledged > 0
    assert (verdict.lost, verdict.doubled, verdict.inexact, verdict.unlike) == (0, 0, 0, 0)


async def test_killed_players_lose_and_double_nothing(location, tmp_path, content):
    log = tmp_path / "log"
    for number in (3, 4, 5):
        await asyncio.to_thread(kill_round, location, log, number)
        _assert_whole(await judge(location, log, content))


def test_a_crashed_server_loses_and_doubles_nothing(tmp_path, content):
    with postgres_server() as server:
        location = Databases(server.url).create_now()
        for row in server_crashes(server, location, tmp_path / "log", 1, content):
            assert row["value"] == 0, row


@pytest.mark.skipif(library() is None, reason="this Python's sqlite3 has no shared library to stand before")
@pytest.mark.parametrize("mode", ["FULL", "NORMAL"])
async def test_a_power_failure_loses_nothing_only_in_full_mode(tmp_path, content, mode):
    command = [sys.executable, "-m", "benchmarks.power_player", str(tmp_path), "8", "5", mode]
    await asyncio.to_thread(subprocess.run, command, check=True, timeout=100)
    verdicts = [
        await judge(str(image / "store.sqlite3"), image / "log", content, replayed=0)
        for image in sorted(tmp_path.glob("image*"))
    ]
    assert len(verdicts) >= 8
    if mode == "FULL":
        for verdict in verdicts[1:]:
            _assert_whole(verdict)
    else:
        assert sum(verdict.lost for verdict in verdicts) > 0
    assert sum(verdict.doubled + verdict.inexact for verdict in verdicts) == 0


async def test_what_a_dead_process_held_is_taken_over_and_it_cannot_come_back(location):
    taken = await take_over(location, 1)
    assert taken.stale_accepted == 0
    assert taken.job_late >= 0
    assert taken.lease_late >= 0


async def test_a_log_that_the_store_does_not_match_is_seen(tmp_path, content):
    """The judge can say no."""
    location, log = str(tmp_path / "store.sqlite3"), tmp_path / "log"
    await asyncio.to_thread(kill_round, location, log, 1)
    text = log.read_text()
    log.write_text(text + "sent s0 ghost 1 1\nkept s0 ghost 1 2\n")
    assert (await judge(location, log, content)).lost == 1
    first = next(line for line in text.splitlines() if line.startswith("kept"))
    _, session_id, turn_id, voyage, n = first.split()
    log.write_text(text + f"kept {session_id} {turn_id} {voyage} {int(n) + 1}\n")
    assert (await judge(location, log, content)).doubled == 1
    log.write_text(text.replace(f"sent {session_id} {turn_id} ", f"sent {session_id} other "))
    assert (await judge(location, log, content)).doubled >= 1
