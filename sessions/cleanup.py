"""The chores of the whole fleet, done by the one process that holds their lease: now and then, and fenced.

Each may be done twice and does no harm then. What belongs to one process (its memory, its own files) is not
among them.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from sessions.holding import Holding
from storage.cleanup import Cleared
from storage.errors import StaleEpoch
from storage.leases import Lease

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 60.0  # after a failure


class Clearing(Protocol):
    """The store's part of it."""

    async def clear(self, held: Lease, now: float) -> Cleared: ...


class Retention(Protocol):
    """Lets go the tapes that are too many."""

    async def retain(self) -> int: ...


class Cleanup:
    """Does the chores when they are due and the lease `name` is held."""

    def __init__(
        self, holding: Holding, name: str, rows: Clearing, tapes: Retention, clock: Callable[[], float]
    ) -> None:
        self._holding = holding
        self._name = name
        self._rows = rows
        self._tapes = tapes
        self._clock = clock
        self._next_at = 0.0

    def is_due(self) -> bool:
        """Say whether there is something to do for this process, now."""
        return self._clock() >= self._next_at and self._holding.holds(self._name)

    async def run(self) -> None:
        """Do the chores. Raises StorageError, OSError: then they are done a minute later."""
        self._next_at = self._clock() + AGAIN_SECONDS
        lease = self._holding.lease(self._name)
        if lease is None:
            return
        try:
            cleared = await self._rows.clear(lease, self._clock())
        except StaleEpoch:
            log.info("another process does the chores now")
            return
        tapes = await self._tapes.retain()
        self._next_at = self._clock() + EVERY_SECONDS
        log.info(
            "cleared away jobs=%d votes=%d leases=%d tapes=%d",
            cleared.jobs,
            cleared.votes,
            cleared.leases,
            tapes,
        )
