"""What an engine in another database cannot write in the turn's own transaction: runs, and promises of tapes.

Both are done right after each turn by the live path; here they are done for turns at which it died.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from engine_client.models import SessionId, Turn, TurnRef
from sessions.boards import BoardBook
from sessions.locks import SessionLocks
from sessions.projections.track import START, Place
from sessions.runs.book import RunBook

RUNS = "runs"
TAPE_PROMISES = "tape_promises"

Promise = Callable[[str, int], Awaitable[object]]


class Engine(Protocol):
    """The part of GameEngineClient that is needed."""

    async def state(self, session_id: SessionId) -> Turn | None: ...


class RunProjection:
    """Accounts the newest turn. Those before it cannot be measured any more, and are never guessed."""

    name = RUNS
    newest_only = True

    def __init__(self, engine: Engine, book: RunBook, locks: SessionLocks) -> None:
        self._engine = engine
        self._book = book
        self._locks = locks

    def since(self, newest: Turn, reached: Place) -> TurnRef:
        """Look at the newest turn."""
        return newest.ref

    async def apply(self, turn: Turn) -> None:
        """Observe what is the newest turn now; no turn comes between. Raises EngineError, StorageError."""
        session_id = SessionId(turn.session_id)
        async with self._locks.of(session_id):
            newest = await self._engine.state(session_id)
            if newest is not None:
                await self._book.observe(newest)


class TapeProjection:
    """Promises the tape of each voyage that ended, in channels that have a board of this house."""

    name = TAPE_PROMISES
    newest_only = False

    def __init__(self, promise: Promise, boards: BoardBook) -> None:
        self._promise = promise
        self._boards = boards

    def since(self, newest: Turn, reached: Place) -> TurnRef:
        """Go on from the cursor; a session that never had one begins with its last two voyages."""
        return TurnRef(*reached) if reached != START else TurnRef(max(newest.voyage - 1, 1), 0)

    async def apply(self, turn: Turn) -> None:
        """Promise the tape; a second promise of the same voyage changes nothing. Raises StorageError."""
        if turn.end is not None and await self._boards.of(turn.session_id) is not None:
            await self._promise(turn.session_id, turn.voyage)
