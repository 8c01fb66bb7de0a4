"""What is lost and what is doubled when processes, the server or the power fail under load.

A player acts in 24 sessions at once, delivers every action one to three times, and logs what it sent and
what was acknowledged; then it is killed with SIGKILL at a random moment, and the store is compared with the
log. There is no peer: the floor is zero, and it is the only passing value.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.databases import Databases
from benchmarks.fault_check import Verdict, judge
from benchmarks.fault_rounds import kill_round, player, wait_for_turn
from benchmarks.fault_takeover import take_over
from benchmarks.postgres_server import PostgresServer, postgres_server
from benchmarks.power_disk import library
from engine.content import Content, load_content

Row = dict[str, object]


def run(quick: bool) -> list[Row]:
    """Kill players on both databases, crash the server, fail the power; `quick` does little of each."""
    rounds, images, crashes = (5, 10, 1) if quick else (100, 200, 5)
    content = load_content()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows += _kills("sqlite", str(folder / "store.sqlite3"), folder / "sqlite.log", rounds, content)
        rows += power_failures(folder / "power", images, content)
        with postgres_server() as server:
            databases = Databases(server.url)
            rows += _kills("postgres", databases.create_now(), folder / "postgres.log", rounds, content)
            location = databases.create_now()
            rows += server_crashes(server, location, folder / "crash.log", crashes, content)
            rows += _takeovers(databases.create_now(), 2 if quick else 10)
    return rows


def _kills(name: str, location: str, log: Path, rounds: int, content: Content) -> list[Row]:
    for number in range(rounds):
        kill_round(location, log, number)
    verdict = asyncio.run(judge(location, log, content, replayed=24))
    return _rows(f"faults.{name}", verdict, rounds, "kill -9 of the playing process")


def server_crashes(
    server: PostgresServer, location: str, log: Path, crashes: int, content: Content
) -> list[Row]:
    """Crash the server under a player, who plays on when it is back; judge after the last."""
    dice = random.Random(crashes)
    with player(location, log, "r0") as process:
        wait_for_turn(process, log, "/r0/")
        for _ in range(crashes):
            time.sleep(dice.uniform(0.2, 0.6))
            server.crash()
            server.start_again()
            wait_for_turn(process, log, "/r0/", more=True)
    verdict = asyncio.run(judge(location, log, content, replayed=24))
    return _rows("faults.postgres_server", verdict, crashes, "crash of the PostgreSQL server")


def power_failures(folder: Path, images: int, content: Content) -> list[Row]:
    """Play on a disk that forgets what was not synced; judge what a power failure would have left."""
    if library() is None:
        return []
    command = [sys.executable, "-m", "benchmarks.power_player", str(folder), str(images), "1"]
    subprocess.run(command, check=True, timeout=600)
    verdicts = [
        asyncio.run(judge(str(image / "store.sqlite3"), image / "log", content, replayed=0))
        for image in sorted(folder.glob("image*"))
    ]
    return _rows("faults.sqlite_power", _sum(verdicts), images, "power failure, unsynced writes torn")


def _takeovers(location: str, runs: int) -> list[Row]:
    results = [asyncio.run(take_over(location, number)) for number in range(runs)]
    job, lease = max(r.job_late for r in results), max(r.lease_late for r in results)
    stale = sum(r.stale_accepted for r in results)
    peer = "the dead owner's lease; polled every 0.1 s, the worst of all runs"
    return [
        _row("faults.job_after_lease_s", round(job, 3), "s", peer, runs),
        _row("faults.successor_after_ttl_s", round(lease, 3), "s", peer, runs),
        _row("faults.stale_epoch_accepted", stale, "writes", "floor 0", runs),
    ]


def _sum(verdicts: Sequence[Verdict]) -> Verdict:
    fields = Verdict.__struct_fields__
    return Verdict(*[sum(getattr(verdict, field) for verdict in verdicts) for field in fields])


def _rows(figure: str, verdict: Verdict, runs: int, what: str) -> list[Row]:
    peer = f"floor 0; {what}; {verdict.acknowledged:,} turns acknowledged, {verdict.kept:,} kept"
    wrong = verdict.inexact + verdict.unlike
    return [
        _row(f"{figure}_lost", verdict.lost, "turns", peer, runs),
        _row(f"{figure}_doubled", verdict.doubled, "turns", peer, runs),
        _row(f"{figure}_inexact", wrong, "totals", peer, runs),
    ]


def _row(figure: str, value: float, unit: str, peer: str, runs: int) -> Row:
    return {"figure": figure, "value": value, "unit": unit, "peer": peer, "runs": runs}
