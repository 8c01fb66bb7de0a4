"""The doctor's look into the database: its schema, clock, games, jobs and leases. It only reads.

Part of the composition root, like the doctor itself: it opens a store by the settings.
"""

import asyncio
import time
from pathlib import Path

from bot.findings import Finding
from bot.settings import Settings
from storage.errors import StorageError
from storage.migrations import HEAD
from storage.store import Store, store_location

MOST_APART = 2.0  # seconds between two clocks; a shard's lease lasts ten


async def look_into_store(settings: Settings) -> list[Finding]:
    """Look at the database that the settings name, without changing it."""
    location = store_location(settings.database_url, settings.data_dir)
    if isinstance(location, Path) and not await asyncio.to_thread(location.exists):
        return [Finding("database", "there is none yet; the first start makes it.")]
    try:
        store = await Store.open(location, read_only=True)
        try:
            return await _look(store, time.time())
        finally:
            await store.close()
    except StorageError as error:
        return [Finding("database", str(error), bad=True)]


async def _look(store: Store, now: float) -> list[Finding]:
    revision = await store.revision()
    if revision != HEAD:
        return [_other_release(revision)]
    counts = await store.sessions.counts()
    said = f"{counts.sessions} sessions, {counts.active} with a voyage under way; schema {revision}."
    clock = await store.clock()
    found = [Finding("database", said), *(compare_clocks("the database", clock, now) if clock else [])]
    return [*found, *await _jobs(store), *await _leases(store, now)]


def _other_release(revision: str) -> Finding:
    if not revision:
        return Finding("database", "it has no tables yet; the first start makes them.")
    if revision > HEAD:
        said = f"its schema {revision} is of a newer release; this one knows {HEAD}. Install the newer one."
        return Finding("database", said, bad=True)
    said = f"its schema is {revision}; the next start brings it to {HEAD}. Make a backup first."
    return Finding("database", said)


def compare_clocks(whose: str, theirs: float, ours: float) -> list[Finding]:
    """Say how far another clock is from this machine's. Both are UTC seconds."""
    apart = abs(theirs - ours)
    way = "ahead of" if theirs > ours else "behind"
    if apart <= MOST_APART:
        return [Finding("clock", f"this machine agrees with {whose} to within {MOST_APART:g} s.")]
    said = (
        f"{whose} is {apart:.0f} s {way} this machine. Leases and countdowns need clocks that agree: use NTP."
    )
    return [Finding("clock", said, bad=True)]


async def _jobs(store: Store) -> list[Finding]:
    counts = await store.jobs.count_by_phase()
    waiting = sum(count for (_kind, phase), count in counts.items() if phase == "open")
    found = [Finding("jobs", f"{waiting} wait or are being worked on.")] if waiting else []
    for job in await store.jobs.list_parked():
        said = f"{job.kind} of session {job.session_id}, voyage {job.voyage}, failed too often: {job.error}"
        found.append(Finding("parked job", said, bad=True))
    return found


async def _leases(store: Store, now: float) -> list[Finding]:
    """Say who does what at the moment, as far as it is one process's work."""
    return [
        Finding("lease", f"{lease.name} is held by {lease.owner} for {lease.until - now:.0f} s more.")
        for lease in await store.leases.list()
        if lease.owner and lease.until > now
    ]
