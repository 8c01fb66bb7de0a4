"""What accounting costs: one run worked out, and durable turns with accounts beside the same turns without.

Every fourth turn leaves a node, as in a real voyage. The floor of a run is the difference of two dicts.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sessions.runs.accountant import Accountant, decide
from storage.rows import TurnCommit, VoyageLaunch
from storage.run_rows import Moment, RunBooks
from storage.store import Store

SESSIONS = 50
LEAVING = 4  # every such turn leaves a node
ITEMS = 20
PRICES = {f"item_{n}": 3.5 * n for n in range(120)}
NAMES = {item: item.title() for item in PRICES}


def run(quick: bool) -> list[dict[str, object]]:
    """Measure; times are medians."""
    rounds = 5 if quick else 15
    account, floor = _account_us(20 if quick else 60)
    ratio, extra = asyncio.run(_turns(rounds, 12 if quick else 40))
    return [
        _row(
            "runs.account_us", account, "us", f"difference of two dicts {floor:.1f} us", 20 if quick else 60
        ),
        _row("runs.turns_ratio", ratio, "ratio", "the same durable turns without accounts", rounds),
        _row("runs.booking_us", extra, "us", "a turn without accounts: 0", rounds),
    ]


def _row(figure: str, value: float, unit: str, peer: str, runs: int) -> dict[str, object]:
    return {"figure": figure, "value": value, "unit": unit, "peer": peer, "runs": runs}


def _moment(session_id: str, n: int, at: float) -> Moment:
    held = {f"item_{item}": 1 + (n * item) % 7 for item in range(ITEMS)} | {"credits": 500 + n}
    place = ("rim", "The Rim", f"n{n}", f"Node {n}")
    return Moment(session_id, 1, n, at, *place, held, PRICES, NAMES, level=2)


def _account_us(runs: int) -> tuple[float, float]:
    """Time the account of one run, rows and all, and the bare difference of the holds."""
    first = decide(_moment("s", 1, 0.0), RunBooks(None, None))
    assert first is not None
    books, second = RunBooks(first.open, first.account), _moment("s", 2, 60.0)
    pre, post = _moment("s", 1, 0.0).held, second.held

    def difference() -> object:
        return {item: post.get(item, 0) - pre.get(item, 0) for item in {**pre, **post}}

    ours, floor = [], []
    for _ in range(runs):
        ours.append(_microseconds(lambda: decide(second, books)))
        floor.append(_microseconds(difference))
    return median(ours), median(floor)


def _microseconds(work: Callable[[], object], times: int = 200) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times * 1e6


async def _turns(rounds: int, turns: int) -> tuple[float, float]:
    """Play both kinds in turn; give the ratio of their speeds, and the extra time of one accounted turn."""
    plain, accounted = [], []
    for _ in range(rounds):
        plain.append(await _play(turns, accounted=False))
        accounted.append(await _play(turns, accounted=True))
    extra = (median(accounted) - median(plain)) / (SESSIONS * turns / LEAVING) * 1e6
    return median(plain) / median(accounted), max(0.0, extra)


async def _play(turns: int, *, accounted: bool) -> float:
    """Give the seconds that all sessions' turns take on a new store."""
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Path(folder) / "store.sqlite3")
        begun = time.perf_counter()
        await asyncio.gather(*(_fly(store, f"s{n}", turns, accounted) for n in range(SESSIONS)))
        seconds = time.perf_counter() - begun
        await store.close()
    return seconds


async def _fly(store: Store, session_id: str, turns: int, accounted: bool) -> None:
    accountant = Accountant()
    for n in range(1, turns + 1):
        leaves = accounted and n % LEAVING == 1
        commit = TurnCommit(
            session_id=session_id,
            expected_version=n - 1,
            voyage=1,
            n=n,
            turn_id=f"{session_id}-{n}",
            actor="Ada",
            at=1000.0 + n,
            action=b"go",
            outcome=b"o" * 1500,
            state=b"s" * 3000,
            launch=VoyageLaunch(seed=7, captain="Ada", ship="scout") if n == 1 else None,
            also=(accountant(_moment(session_id, n, 1000.0 + n)),) if leaves else (),
        )
        await store.turns.commit(commit)
