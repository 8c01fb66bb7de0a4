"""One lock per session. A lock lives exactly as long as somebody holds or awaits it.

A map with a size or time limit would evict a lock that is held, and two turns would run at once; weak values
cannot.
"""

import asyncio
from weakref import WeakValueDictionary


class SessionLocks:
    """Gives each session its own lock."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, session_id: str) -> asyncio.Lock:
        """Give the session's lock; use it as `async with locks.of(session_id):`."""
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        return lock

    def __len__(self) -> int:
        return len(self._locks)
