"""The store: durable turns per second and per session, beside a raw sqlite3 loop of the same batch and sync.

The raw loop writes the same rows of the same turns into the same tables with nothing in between: BEGIN, two
executemany, COMMIT, WAL with synchronous=FULL. It is the peer of PostgreSQL too. The turns are real ones,
about 2.5 kB each (state, outcome, move).
"""

import asyncio
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.databases import Databases
from benchmarks.postgres_server import postgres_server
from benchmarks.store_epochs import stale_epochs
from benchmarks.store_load import Sample, commit_of, launch_all, packed, play_all, sample_turns
from benchmarks.store_start import fill
from storage.rows import TurnCommit
from storage.sqlite import CHECKPOINT_PAGES
from storage.store import Store

SESSIONS = 200
STORED = 10_000
RAW = "raw sqlite3 loop, same batch and sync"

_UPDATE = (
    "UPDATE session SET version=?, voyage=?, n=?, active=1, state=?, updated_at=? "
    "WHERE session_id=? AND version=?"
)
_INSERT = "INSERT INTO turn VALUES (?,?,?,?,?,?,?,?)"


def run(quick: bool) -> list[dict[str, object]]:
    """Measure everything; `quick` takes fewer and shorter runs."""
    samples = sample_turns()
    runs, turns = (3, 20) if quick else (7, 60)
    rows = _sqlite_many(samples, runs, turns)
    rows += _sqlite_one(samples, runs, 300 if quick else 1000)
    rows += _postgres(samples, quick)
    rows += _start(3 if quick else 7, STORED)
    return rows


def _sqlite_many(samples: Sequence[Sample], runs: int, turns: int) -> list[dict[str, object]]:
    ratios, speeds, raws = [], [], []
    for _ in range(runs):
        raw, _ = _raw(samples, SESSIONS, turns)
        ours, _ = _ours(samples, SESSIONS, turns)
        ratios.append(ours / raw)
        speeds.append(ours)
        raws.append(raw)
    peer = f"{RAW}: {statistics.median(raws):,.0f} turns/s"
    return [
        _row("store.sqlite_200", statistics.median(ratios), "ratio", peer, runs),
        _row("store.sqlite_200_turns_per_s", statistics.median(speeds), "turns/s", peer, runs),
    ]


def _sqlite_one(samples: Sequence[Sample], runs: int, turns: int) -> list[dict[str, object]]:
    ours, raw = [], []
    for _ in range(runs):
        raw += _raw(samples, 1, turns)[1]
        ours += _ours(samples, 1, turns)[1]
    peer = f"{RAW}: {statistics.median(raw) * 1000:.3f} ms"
    return [_row("store.sqlite_1_p50_ms", statistics.median(ours) * 1000, "ms", peer, runs)]


def _postgres(samples: Sequence[Sample], quick: bool) -> list[dict[str, object]]:
    with postgres_server() as server:
        databases = Databases(server.url)
        rows = _fleets(samples, databases, 2 if quick else 5, 25 if quick else 100)
        sessions, rounds = (20, 10) if quick else (50, 40)
        offered, accepted = asyncio.run(stale_epochs(databases.create_now(), samples, sessions, rounds))
    peer = f"{offered:,} writes of former owners offered"
    return [*rows, _row("store.stale_epochs_accepted", accepted, "writes", peer, 1)]


def _fleets(
    samples: Sequence[Sample], databases: Databases, runs: int, turns: int
) -> list[dict[str, object]]:
    speeds: dict[int, list[float]] = {1: [], 2: [], 3: []}
    ratios: dict[int, list[float]] = {1: [], 2: [], 3: []}
    for _ in range(runs):
        raw, _ = _raw(samples, SESSIONS, turns)
        for processes, measured in speeds.items():
            measured.append(_fleet(databases.create_now(), packed(samples), processes, turns))
            ratios[processes].append(measured[-1] / raw)
    rows = []
    for processes, figure in ((1, "store.postgres_200"), (2, "_2_processes"), (3, "_3_processes")):
        name = figure if processes == 1 else "store.postgres_200" + figure
        peer = f"{RAW}; ours {statistics.median(speeds[processes]):,.0f} turns/s"
        rows.append(_row(name, statistics.median(ratios[processes]), "ratio", peer, runs))
    return rows


def _fleet(location: str, samples: bytes, processes: int, turns: int) -> float:
    """Share the sessions among processes that begin together; give turns per second of all."""
    share = -(-SESSIONS // processes)
    command = [sys.executable, "-m", "benchmarks.store_load", location]
    shares = [(first, min(share, SESSIONS - first)) for first in range(0, SESSIONS, share)]
    players = [
        subprocess.Popen(
            [*command, str(first), str(count), str(turns)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for first, count in shares
    ]
    for player in players:
        assert player.stdin is not None
        player.stdin.write(samples)
        player.stdin.flush()
    for player in players:
        assert player.stdout is not None
        if player.stdout.readline() != b"ready\n":
            raise RuntimeError("a player did not start")
    for player in players:
        assert player.stdin is not None
        player.stdin.write(b"go\n")
        player.stdin.flush()
    seconds = [float(player.communicate(timeout=120)[0]) for player in players]
    return SESSIONS * turns / max(seconds)


def _start(runs: int, sessions: int) -> list[dict[str, object]]:
    """Time a fresh process from its spawn to its first durable turn; the floor is Python's own start.

    It is a program's second start: the first one leaves Python's compiled files, here in another folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        asyncio.run(fill(path, sessions))
        seconds, floor = [], []
        for number in range(runs + 1):
            floor.append(_spawn(["-c", "import asyncio; print('accepted', flush=True)"], folder))
            name = str(sessions // 2 + number)
            command = ["-m", "benchmarks.store_start", str(path), f"s{name}", f"t{name}"]
            seconds.append(_spawn(command, folder))
        del seconds[0], floor[0]
    peer = f"python that imports asyncio: {statistics.median(floor):.3f} s"
    return [_row("store.start_10000_s", statistics.median(seconds), "s", peer, runs)]


def _spawn(arguments: list[str], compiled: str) -> float:
    environment = os.environ | {"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, *arguments]
    before = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - before
        process.communicate()
    if line != "accepted\n":
        raise RuntimeError("the process took no turn")
    return seconds


def _ours(samples: Sequence[Sample], sessions: int, turns: int) -> tuple[float, list[float]]:
    """Give turns per second, and each turn's seconds as its caller saw them."""

    async def play(path: Path) -> tuple[float, list[float]]:
        names = [f"s{number}" for number in range(sessions)]
        store = await Store.open(path)
        await launch_all(store, samples, names)
        seconds, latencies = await play_all(store, samples, names, turns)
        await store.close()
        return sessions * turns / seconds, latencies

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play(Path(folder) / "store.sqlite3"))


def _raw(samples: Sequence[Sample], sessions: int, turns: int) -> tuple[float, list[float]]:
    """Give turns per second, and each batch's seconds."""
    names = [f"s{number}" for number in range(sessions)]

    async def prepare(path: Path) -> None:
        store = await Store.open(path)
        await launch_all(store, samples, names)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        asyncio.run(prepare(path))
        connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        latencies = []
        start = time.perf_counter()
        for n in range(2, 2 + turns):
            before = time.perf_counter()
            _raw_batch(connection, [commit_of(samples, name, n) for name in names])
            latencies.append(time.perf_counter() - before)
        seconds = time.perf_counter() - start
        connection.close()
    return sessions * turns / seconds, latencies


def _raw_batch(connection: sqlite3.Connection, batch: Sequence[TurnCommit]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        _UPDATE,
        [
            (c.expected_version + 1, c.voyage, c.n, c.state, c.at, c.session_id, c.expected_version)
            for c in batch
        ],
    )
    connection.executemany(
        _INSERT,
        [(c.session_id, c.voyage, c.n, c.turn_id, c.actor, c.at, c.action, c.outcome) for c in batch],
    )
    connection.execute("COMMIT")


def _row(figure: str, value: float, unit: str, peer: str, runs: int) -> dict[str, object]:
    return {"figure": figure, "value": round(value, 4), "unit": unit, "peer": peer, "runs": runs}
