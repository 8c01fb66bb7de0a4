"""How late the event loop runs its timers: what everything else on it waits at least.

One timer, four times a second; it starts no task, so that nothing has to wait for it.
"""

import asyncio
from collections import deque

EVERY_SECONDS = 0.25
REMEMBERED = 240  # one minute


class LoopLag:
    """Measures the running loop from `start` to `stop`. All values are seconds."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=REMEMBERED)
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to measure the running event loop."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(loop.time() + EVERY_SECONDS, self._tick, loop, loop.time() + EVERY_SECONDS)

    def stop(self) -> None:
        """Measure no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def newest(self) -> float:
        """Give how late the last timer was."""
        return self._late[-1] if self._late else 0.0

    @property
    def worst(self) -> float:
        """Give how late the latest timer of about the last minute was."""
        return max(self._late, default=0.0)

    def _tick(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        now = loop.time()
        self._late.append(max(0.0, now - due))
        self._timer = loop.call_at(now + EVERY_SECONDS, self._tick, loop, now + EVERY_SECONDS)
