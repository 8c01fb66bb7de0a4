"""Projections that are done for all sessions at once, from marks of their own: what they have in common.

The mark (a run's `logged` or `told`, an account's `recorded`) refuses a double; the cursor follows it and
says up to which turn a session is served.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

RUN_LOG = "run_log"
NOTICES = "notices"
HISTORY = "history"
SWEEPS: tuple[str, ...] = (RUN_LOG, NOTICES, HISTORY)

# A block that does one sweep; it adds the sessions that it left for later to the set.
Sweeping = Callable[[str], AbstractAsyncContextManager[set[str]]]

# Whether this process does a session's background work.
Mine = Callable[[str], Awaitable[bool]]


@asynccontextmanager
async def unfollowed(_name: str) -> AsyncIterator[set[str]]:
    """Sweep without anybody keeping cursors."""
    yield set()


async def everything(_session_id: str) -> bool:
    """Take every session as this process's own."""
    return True
