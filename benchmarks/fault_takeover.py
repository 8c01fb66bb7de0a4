"""Processes that die while they hold a lease or a job, and those that take over.

As a program it takes a lease and claims a job, says so, and waits to be killed.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, insert

from sessions.holding import Holding
from storage.errors import StaleEpoch
from storage.leases import Lease, check_lease
from storage.rows import JobRow
from storage.schema import channel_settings
from storage.store import Store

LEASE_SECONDS = 1.0
SHARD_SECONDS = 1.6  # later than the others, so that the standby's rounds begin before its end
POLL_SECONDS = 0.1

T = TypeVar("T")


class Takeover(msgspec.Struct, frozen=True):
    """Seconds from the end of the dead owner's lease to its successor, and stale writes that were taken."""

    job_late: float
    lease_late: float
    shard_late: float  # by a standby that does it as bots do (sessions.holding)
    stale_accepted: int


async def take_over(location: str, number: int) -> Takeover:
    """Let a process die with a lease and a job in its hands; poll for both, then write with the old ones."""
    kind = f"kind{number}"
    job, lease, shard = await asyncio.to_thread(dead_owner, location, kind)
    store = await Store.open(location)
    try:
        heir, job_late = await _poll(lambda: store.jobs.claim(kind, "heir", 10, time.time()), job.not_before)
        held, lease_late = await _poll(
            lambda: store.leases.acquire(kind, "heir", 10, time.time()), lease.until
        )
        shard_late = await _stand_by(store, shard)
        accepted = await _write_stale(store, job, lease)
        await store.jobs.finish(heir)
        await store.leases.release(held)
    finally:
        await store.close()
    return Takeover(job_late, lease_late, shard_late, accepted)


async def _stand_by(store: Store, dead: Lease) -> float:
    """Do rounds until a dead process's lease is held; give the seconds since its end."""
    holding = Holding(store.leases, [dead.name], owner="standby", clock=time.time, steady=time.monotonic)
    while not holding.holds(dead.name):
        await asyncio.sleep(holding.pause)
        await holding.keep()
    late = time.time() - dead.until
    await holding.close()
    return late


def dead_owner(location: str, kind: str) -> tuple[JobRow, Lease, Lease]:
    command = [sys.executable, "-m", "benchmarks.fault_takeover", location, kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.kill()
    return msgspec.json.decode(line, type=tuple[JobRow, Lease, Lease])


async def _poll(take: Callable[[], Awaitable[T | None]], due: float) -> tuple[T, float]:
    while True:
        taken = await take()
        if taken is not None:
            return taken, time.time() - due
        await asyncio.sleep(POLL_SECONDS)


async def _write_stale(store: Store, job: JobRow, lease: Lease) -> int:
    """Try everything that the dead owner might still do; give how much of it was accepted."""

    def write(conn: Connection) -> None:
        check_lease(conn, lease)
        conn.execute(insert(channel_settings).values(session_id=f"stale{lease.name}", settings="{}"))

    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: store.jobs.finish(job),
        lambda: store.jobs.fail(job, "late", time.time()),
        lambda: store.jobs.renew(job, 10, time.time()),
        lambda: store.leases.renew(lease, 10, time.time()),
        lambda: store.leases.release(lease),
        lambda: store.database.write(write),
    ]
    accepted = 0
    for attempt in attempts:
        try:
            await attempt()
        except StaleEpoch:
            continue
        accepted += 1
    return accepted


async def _hold(location: str, kind: str) -> None:
    store = await Store.open(location)
    await store.jobs.add(kind, "7", 1, time.time())
    job = await store.jobs.claim(kind, "dead", LEASE_SECONDS, time.time())
    lease = await store.leases.acquire(kind, "dead", LEASE_SECONDS, time.time())
    shard = await store.leases.acquire(f"shard:{kind}", "dead", SHARD_SECONDS, time.time())
    os.write(1, msgspec.json.encode((job, lease, shard)) + b"\n")
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(_hold(sys.argv[1], sys.argv[2]))
