"""How far one tape is: told by a builder thread in steps, heard on the event loop. It knows no board."""

import asyncio
from collections.abc import Callable

STEP = 0.05  # of the work between two reports

Progress = Callable[[str, int, float], None]  # session, voyage, share done


class Advance:
    """The progress of one build. `share` is 0..1, as the event loop knows it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, progress: Progress | None, session_id: str, voyage: int
    ) -> None:
        self.share = 0.0
        self._loop = loop
        self._progress = progress
        self._place = (session_id, voyage)
        self._reported = 0.0
        self._noted, self._noted_at = 0.0, loop.time()

    def report(self, share: float) -> None:
        """Carry progress from a builder thread to the loop."""
        if share >= 1 or share - self._reported >= STEP:
            self._reported = share
            self._loop.call_soon_threadsafe(self._hear, share)

    def is_news(self, *, within: float) -> bool:
        """Say whether others should hear of it: of progress, or that it lives after `within` seconds."""
        now = self._loop.time()
        if self.share - self._noted < STEP and now - self._noted_at < within:
            return False
        self._noted, self._noted_at = self.share, now
        return True

    def _hear(self, share: float) -> None:
        self.share = share
        if self._progress is not None:
            self._progress(*self._place, share)
