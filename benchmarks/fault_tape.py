"""A worker dies with a tape in its hands: how long after the end of its claim the next worker has it.

The dead one is a process that claimed the job and was killed; the next is the real `python -m bot worker`,
which stands by on the same PostgreSQL. Its claim is looked for every few milliseconds.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.fault_takeover import dead_owner
from sessions.tapes.service import TAPE_JOB
from storage.rows import JobRow
from storage.store import Store

LEASE_SECONDS = 1.5  # the rest of the dead worker's claim, once the next one stands by
START_SECONDS = 120.0
LOOK_SECONDS = 0.005

_READY = "tapes are built here"


async def take_up_tapes(location: str, folder: Path, times: int) -> list[float]:
    """Give for each dead worker the seconds from its claim's end until its tape was taken up."""
    store = await Store.open(location)
    try:
        job = await asyncio.to_thread(_claimed, location)
        job = await store.jobs.renew(job, START_SECONDS, time.time())
        late: list[float] = []
        async with _worker(location, folder):
            for number in range(times):
                if number:
                    job = await _claimed_again(store)
                job = await store.jobs.renew(job, LEASE_SECONDS, time.time())
                late.append(await _taken_up(store, job))
        return late
    finally:
        await store.close()


def _claimed(location: str) -> JobRow:
    return dead_owner(location, TAPE_JOB)[0]


async def _claimed_again(store: Store) -> JobRow:
    """Have another worker claim a job, in one step with its making, and fall silent."""
    now = time.time()
    await store.jobs.reopen(TAPE_JOB, "7", 1, now + START_SECONDS)
    job = await store.jobs.claim(TAPE_JOB, "dead", START_SECONDS, now + START_SECONDS)
    assert job is not None
    return job


async def _taken_up(store: Store, dead: JobRow) -> float:
    """Look until the job is another's, or done; its session has no turns, so that it takes no time."""
    while True:
        jobs = await store.jobs.open(TAPE_JOB)
        if not any(job.owner == dead.owner for job in jobs):
            return time.time() - dead.not_before
        await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def _worker(location: str, folder: Path) -> AsyncIterator[None]:
    settings = {"DATABASE_URL": location, "DATA_DIR": str(folder), "TAPE_THREADS": "1", "FILES_URL": ""}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "worker"),
        env=os.environ | settings | {"OPS_PORT": "0", "ENGINE_URL": ""},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(START_SECONDS / 2):
            while _READY not in (line := (await process.stderr.readline()).decode()):
                if not line:
                    raise RuntimeError("the worker ended")
        yield
    finally:
        process.kill()
        await process.communicate()
