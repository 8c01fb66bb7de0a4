"""Leases that this process holds, or wants: taken, renewed, lost by its own clocks, given back.

`holds` asks nobody and is true only while the lease cannot have passed on: until a margin before its end, by
the wall clock and by one that cannot be set. What a lease is for is not its matter. Never Discord.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from storage.errors import StorageError
from storage.leases import Lease

log = logging.getLogger(__name__)

TTL_SECONDS = 10.0  # a dead process's work is taken over so long after its last sign of life
RENEW_SECONDS = 3.0
MARGIN_SECONDS = 2.5  # before the end: clocks differ, and what was begun then may still be on its way
LOOK_SECONDS = 0.15  # between two looks of a process that stands by
SHORTEST_SECONDS = 0.02  # so that a lease is taken when it ends, not at the next look
AWAY_SECONDS = 1.0  # between two tries while the store is away
ROUND_SECONDS = 2.5  # a store that needs longer is away


class LeaseRows(Protocol):
    """The store's part of it."""

    async def acquire(self, name: str, owner: str, seconds: float, now: float) -> Lease | None: ...
    async def renew_all(
        self, owner: str, names: Iterable[str], seconds: float, now: float
    ) -> list[Lease]: ...
    async def release_all(self, owner: str, names: Iterable[str]) -> None: ...
    async def ends(self, names: Iterable[str]) -> dict[str, float]: ...


class Held(msgspec.Struct, frozen=True):
    """A held lease. `gained` counts the gains of this process, so that two of them can be told apart."""

    lease: Lease
    gained: int
    sure_until: float  # on the clock that cannot be set


class Holding:
    """Holds `names`, as far as nobody else does. `patient` ones may be noticed late when they become free."""

    def __init__(
        self,
        rows: LeaseRows,
        names: Iterable[str],
        *,
        owner: str,
        clock: Callable[[], float],
        steady: Callable[[], float],
        patient: frozenset[str] = frozenset(),
    ) -> None:
        self._rows = rows
        self._names = frozenset(names)
        self._owner = owner
        self._clock = clock
        self._steady = steady
        self._patient = patient
        self._held: dict[str, Held] = {}
        self._ends: dict[str, float] = {}
        self._gains = 0
        self._away = False
        self._closed = False
        self._one_at_a_time = asyncio.Lock()

    @property
    def held(self) -> Mapping[str, Held]:
        """Give what is held for certain, by name."""
        return {name: held for name, held in self._held.items() if self._sure(held)}

    def holds(self, name: str) -> bool:
        """Say whether this process holds a lease for certain, now."""
        held = self._held.get(name)
        return held is not None and self._sure(held)

    def lease(self, name: str) -> Lease | None:
        """Give a lease that is held for certain, to check it in a transaction."""
        held = self._held.get(name)
        return held.lease if held is not None and self._sure(held) else None

    @property
    def pause(self) -> float:
        """Say how many seconds the next round may be away."""
        if self._away:
            return AWAY_SECONDS
        wanted = self._names - self._held.keys()
        earliest = min((self._ends.get(name, 0.0) for name in wanted), default=float("inf"))
        longest = LOOK_SECONDS if wanted - self._patient else RENEW_SECONDS
        return min(longest, max(earliest - self._clock(), SHORTEST_SECONDS))

    async def keep(self) -> None:
        """Do a round: note what is lost, renew what is held, take what is free. An absent store waits."""
        async with self._one_at_a_time:
            if self._closed:
                return
            self._note_lost()
            try:
                async with asyncio.timeout(ROUND_SECONDS):
                    await self._renew()
                    await self._take_free()
            except (StorageError, TimeoutError) as error:
                if not self._away:
                    log.warning("leases not renewed, the store is away: %s", error or "no answer")
                self._away = True
            else:
                if self._away:
                    log.info("leases are renewed again")
                self._away = False
            self._note_lost()

    async def close(self) -> None:
        """Give everything back, so that another process need not wait. Raises StorageError."""
        self._closed = True
        async with self._one_at_a_time:
            self._held = {}
            # All names: a round that was cut off may have taken one without hearing of it.
            await self._rows.release_all(self._owner, self._names)

    async def _renew(self) -> None:
        if not self._held:
            return
        asked, now = self._steady(), self._clock()
        renewed = {
            lease.name: lease
            for lease in await self._rows.renew_all(self._owner, list(self._held), TTL_SECONDS, now)
        }
        for name, held in list(self._held.items()):
            lease = renewed.get(name)
            if lease is None or lease.epoch != held.lease.epoch:
                self._lose(name, "another process has it")
            else:
                self._held[name] = Held(lease, held.gained, asked + TTL_SECONDS - MARGIN_SECONDS)

    async def _take_free(self) -> None:
        wanted = self._names - self._held.keys()
        if not wanted:
            return
        asked, now = self._steady(), self._clock()
        self._ends = await self._rows.ends(wanted)
        for name in sorted(wanted):
            if self._ends.get(name, 0.0) <= now:
                lease = await self._rows.acquire(name, self._owner, TTL_SECONDS, now)
                if lease is not None and not self._closed:
                    self._gains += 1
                    self._held[name] = Held(lease, self._gains, asked + TTL_SECONDS - MARGIN_SECONDS)
                    log.info("lease gained name=%s epoch=%d", name, lease.epoch)

    def _sure(self, held: Held) -> bool:
        return self._clock() < held.lease.until - MARGIN_SECONDS and self._steady() < held.sure_until

    def _note_lost(self) -> None:
        for name, held in list(self._held.items()):
            if not self._sure(held):
                self._lose(name, "it was not renewed in time")

    def _lose(self, name: str, reason: str) -> None:
        del self._held[name]
        log.warning("lease lost name=%s: %s; its work rests here", name, reason)
