"""What is lost and what is doubled when processes, the server or the power fail under load.

Three kinds of processes are killed with SIGKILL at random moments, on both databases, while every action is
delivered one to three times: the real bot behind a Discord on loopback (fault_bot), the engine's own process
behind its HTTP API (fault_engine), and a bare player with the engine and the store in it, which gets the most
turns into a second (fault_player). What was sent and what was acknowledged is in a log; the store is compared
with it. There is no peer: the floor is zero, and it is the only passing value.
"""

import asyncio
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.databases import Databases
from benchmarks.fault_bot import bot_rounds
from benchmarks.fault_check import Verdict, judge
from benchmarks.fault_engine import engine_rounds
from benchmarks.fault_owners import offer_stale
from benchmarks.fault_rounds import kill_round, player, wait_for_turn
from benchmarks.fault_takeover import take_over
from benchmarks.fault_tape import take_up_tapes
from benchmarks.postgres_server import PostgresServer, postgres_server
from benchmarks.power_disk import library
from engine.content import Content, load_content

Row = dict[str, object]


class Rounds(msgspec.Struct, frozen=True):
    """How often each kind of process is killed on each database."""

    bot: int
    engine: int
    player: int

    @property
    def total(self) -> int:
        """Count all kinds."""
        return self.bot + self.engine + self.player


QUICK, FULL = Rounds(2, 1, 2), Rounds(40, 40, 20)


def run(quick: bool) -> list[Row]:
    """Kill processes on both databases, crash the server, fail the power; `quick` does little of each."""
    rounds, images, crashes = (QUICK, 10, 1) if quick else (FULL, 200, 5)
    logging.getLogger("engine_client").setLevel(logging.ERROR)  # an engine that is away is what is meant
    content = load_content()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows += _kills("sqlite", folder / "sqlite", rounds, content, None)
        rows += power_failures(folder / "power", images, content)
        with postgres_server() as server:
            databases = Databases(server.url)
            rows += _kills("postgres", folder / "postgres", rounds, content, databases)
            location = databases.create_now()
            rows += server_crashes(server, location, folder / "crash.log", crashes, content)
            rows += _takeovers(databases.create_now(), 2 if quick else 10)
            rows += _orphaned_tapes(databases.create_now(), folder / "tapes", 2 if quick else 10)
            rows += _stale_owners(databases.create_now(), 5 if quick else 50)
    return rows


def _kills(
    name: str, folder: Path, rounds: Rounds, content: Content, databases: Databases | None
) -> list[Row]:
    """Kill each kind of process; first the sums over the kinds, then a row per kind."""
    kinds = {"bot": kill_bots, "engine": kill_engines, "player": kill_players}
    verdicts: dict[str, Verdict] = {}
    rows: list[Row] = []
    for kind, kill in kinds.items():
        own = folder / kind
        own.mkdir(parents=True)
        url = databases.create_now() if databases is not None else ""
        times: int = getattr(rounds, kind)
        verdicts[kind], said = kill(own, url, times, content)
        rows += _rows(f"faults.{name}_{kind}", verdicts[kind], times, said)
    return (
        _rows(
            f"faults.{name}", _sum(list(verdicts.values())), rounds.total, "kill -9 of bot, engine and player"
        )
        + rows
    )


def kill_bots(folder: Path, database_url: str, rounds: int, content: Content) -> tuple[Verdict, str]:
    """Kill the real bot process again and again."""
    log = folder / "log"
    location, errors = asyncio.run(bot_rounds(folder, database_url, log, rounds))
    verdict = asyncio.run(judge(location, log, content, replayed=24))
    return verdict, f"kill -9 of the bot; {errors} unexpected errors in its log"


def kill_engines(folder: Path, database_url: str, rounds: int, content: Content) -> tuple[Verdict, str]:
    """Kill the engine's own process again and again."""
    log = folder / "log"
    location = asyncio.run(engine_rounds(folder, database_url, log, rounds))
    return asyncio.run(judge(location, log, content, replayed=24)), "kill -9 of the engine behind HTTP"


def kill_players(folder: Path, database_url: str, rounds: int, content: Content) -> tuple[Verdict, str]:
    """Kill a process that is player, engine and store in one."""
    location, log = database_url or str(folder / "store.sqlite3"), folder / "log"
    for number in range(rounds):
        kill_round(location, log, number)
    return asyncio.run(judge(location, log, content, replayed=24)), "kill -9 of engine and store"


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
    shard, stale = max(r.shard_late for r in results), sum(r.stale_accepted for r in results)
    peer = "the dead owner's lease; polled every 0.1 s, the worst of all runs"
    return [
        _row("faults.job_after_lease_s", round(job, 3), "s", peer, runs),
        _row("faults.successor_after_ttl_s", round(lease, 3), "s", peer, runs),
        _row("faults.standby_after_ttl_s", round(shard, 3), "s", "the dead bot's lease of a shard", runs),
        _row("faults.stale_epoch_accepted", stale, "writes", "floor 0", runs),
    ]


def _orphaned_tapes(location: str, folder: Path, times: int) -> list[Row]:
    folder.mkdir()
    late = max(asyncio.run(take_up_tapes(location, folder, times)))
    peer = "the dead worker's claim; the next one is a real worker process, the worst of all runs"
    return [_row("faults.tape_after_lease_s", round(late, 3), "s", peer, times)]


def _stale_owners(location: str, turns: int) -> list[Row]:
    result = asyncio.run(offer_stale(location, turns))
    peer = f"floor 0; {result.offered:,} turns offered by former owners of sessions"
    return [_row("faults.stale_session_accepted", result.accepted, "turns", peer, turns)]


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
