"""A worker's hands: they take tape jobs as these become due, one tape for each thread. Never Discord.

One query in half a second sees what is queued. The end of a dead worker's claim is known from it, so that its
tape is taken up at that moment and not at the next look.
"""

import asyncio
import logging
from collections.abc import Callable

from sessions.tapes.service import Tapes
from storage.errors import StorageError

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
AT_LEAST = 0.5  # of the time between two looks, so that many workers do not look in step
SHORTEST = 0.02


class Crew:
    """Works until it is stopped. `chance` gives 0..1, for the jitter; `clock` UTC seconds."""

    def __init__(self, tapes: Tapes, clock: Callable[[], float], chance: Callable[[], float]) -> None:
        self._tapes = tapes
        self._clock = clock
        self._chance = chance
        self._hands: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._away = False

    async def work(self) -> None:
        """Look and have things done, until `stop`; what is under work then goes on."""
        while not self._stopping.is_set():
            pause = await self._look()
            try:
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping.set()

    async def finish(self) -> None:
        """Wait until what is under work is done."""
        while self._hands:
            await asyncio.wait(self._hands)

    async def _look(self) -> float:
        """Give every job that is due a free hand; give the seconds until the next look."""
        try:
            queued = await self._tapes.queued()
        except StorageError as error:
            if not self._away:
                log.warning("no tape can be looked for, the store is away: %s", error)
            self._away = True
            return LOOK_SECONDS
        if self._away:
            log.info("tapes are looked for again")
        self._away = False
        now = self._clock()
        due = sum(tape.due <= now for tape in queued)
        for _ in range(min(due, self._tapes.threads - len(self._hands))):
            hand = asyncio.create_task(self._build(), name="build tapes")
            self._hands.add(hand)
            hand.add_done_callback(self._hands.discard)
        later = min((tape.due - now for tape in queued if tape.due > now), default=LOOK_SECONDS)
        pause = LOOK_SECONDS * (AT_LEAST + (1 - AT_LEAST) * self._chance())
        return max(SHORTEST, min(pause, later))

    async def _build(self) -> None:
        try:
            while not self._stopping.is_set() and await self._tapes.take() is not None:
                continue
        except StorageError as error:
            log.warning("a tape waits, the store is away: %s", error)
        except Exception:
            log.exception("a worker's hand failed; its tape comes up again")
