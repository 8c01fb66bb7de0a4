"""Memory of one loaded session, over ten thousand of them, as tracemalloc counts it.

The sessions are somewhere in a voyage: their states and newest turns come from real voyages. The floor is
that content bare: the encoded state and newest turn, held in dicts by session id.
"""

import asyncio
import gc
import itertools
import tempfile
import tracemalloc
from pathlib import Path

import msgspec

from benchmarks.store_load import commit_of, sample_turns
from engine.content import load_content
from engine.manager import SessionManager
from storage.store import Store

SESSIONS = 10_000
SAMPLES = 400
AT_ONCE = 500


def run(quick: bool) -> list[dict[str, object]]:
    """Load ten thousand sessions twice: as the manager holds them, and as bare bytes."""
    runs = 1 if quick else 3
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        asyncio.run(_fill(path))
        figures = [asyncio.run(_measure(path)) for _ in range(runs)]
    loaded = sorted(figure[0] for figure in figures)[runs // 2]
    floor = sorted(figure[1] for figure in figures)[runs // 2]
    peer = f"its encoded state and turn in two dicts: {floor:,.0f} B"
    figure = {"figure": "memory.session_bytes", "value": round(loaded), "unit": "bytes"}
    return [{**figure, "peer": peer, "runs": runs}]


async def _fill(path: Path) -> None:
    samples = sample_turns(SAMPLES)
    store = await Store.open(path)
    names = [f"{10**18 + number}" for number in range(SESSIONS)]
    for first in range(0, SESSIONS, AT_ONCE):
        commits = [
            msgspec.structs.replace(
                commit_of(samples, name, 1),
                state=samples[number % SAMPLES].state,
                outcome=samples[number % SAMPLES].outcome,
            )
            for number, name in enumerate(names[first : first + AT_ONCE], first)
        ]
        await asyncio.gather(*[store.turns.commit(commit) for commit in commits])
    await store.close()


async def _measure(path: Path) -> tuple[float, float]:
    """Give the bytes per session that the manager takes, and those of the bare rows."""
    store = await Store.open(path)
    seeds = itertools.count(1).__next__
    limit = 2 * SESSIONS
    manager = SessionManager(
        store, load_content(), clock=lambda: 1000.0, seeds=seeds, folder=path.parent, max_loaded=limit
    )
    names = await store.sessions.ids()
    await manager.get_session(names[0])
    tracemalloc.start()
    before = _held()
    for first in range(0, SESSIONS, AT_ONCE):
        await asyncio.gather(*[manager.get_session(name) for name in names[first : first + AT_ONCE]])
    loaded = _held() - before
    before = _held()
    bare = {turn.session_id: turn.outcome for turn in await store.sessions.newest_turns()}
    states = {row.session_id: row.state for row in await store.sessions.list()}
    floor = _held() - before
    tracemalloc.stop()
    assert len(bare) == len(states) == manager.get_session_stats()["active_sessions"] == SESSIONS
    await store.close()
    return loaded / (SESSIONS - 1), floor / SESSIONS


def _held() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
