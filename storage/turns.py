"""The journal: commits turns exactly once and reads them back. What a turn means is the engine's business."""

import asyncio

from sqlalchemy import Connection, select

from storage.database import Database
from storage.errors import StoreClosed, StoreUnavailable
from storage.rows import TurnCommit, TurnRow
from storage.schema import turn
from storage.turn_commit import Committed, TurnBatch, check_commit, row_of

COLUMNS = tuple(turn.c)  # in the order of TurnRow's fields


class TurnStore:
    """Accepted turns, in the order of (voyage, n) in each session."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batch = TurnBatch()

    async def commit(self, commit: TurnCommit) -> Committed:
        """Keep one turn with everything that belongs to it: journal, state, voyage and tape job.

        A turn id that was accepted before changes nothing and gives the stored row, `repeated`. Raises
        Conflict when the session has moved on, StoreUnavailable when the database stays away.
        """
        check_commit(commit)
        unknown, pauses = False, iter(self._database.recovery_pauses)
        while True:
            try:
                if unknown:
                    kept = await self.find(commit.turn_id)
                    if kept is not None and kept.session_id == commit.session_id:
                        return Committed(kept, repeated=kept != row_of(commit))
                    unknown = False
                return await self._database.write_together(self._batch, commit)
            except StoreUnavailable as error:
                unknown = unknown or error.maybe_done
                pause = next(pauses, None)
                if pause is None or isinstance(error, StoreClosed):
                    raise type(error)(str(error), maybe_done=unknown) from error
                await asyncio.sleep(pause)

    async def find(self, turn_id: str) -> TurnRow | None:
        """Give the turn that was accepted under an id."""

        def unit(conn: Connection) -> TurnRow | None:
            row = conn.execute(select(*COLUMNS).where(turn.c.turn_id == turn_id)).first()
            return TurnRow(*row) if row else None

        return await self._database.read(unit)

    async def get(self, session_id: str, voyage: int, n: int) -> TurnRow | None:
        """Give one turn by its place in the journal."""
        place = (turn.c.session_id == session_id) & (turn.c.voyage == voyage) & (turn.c.n == n)

        def unit(conn: Connection) -> TurnRow | None:
            row = conn.execute(select(*COLUMNS).where(place)).first()
            return TurnRow(*row) if row else None

        return await self._database.read(unit)

    async def after(self, session_id: str, voyage: int, n: int, limit: int = 100) -> list[TurnRow]:
        """List a session's turns after (voyage, n), oldest first, across voyages."""
        later = (turn.c.voyage > voyage) | ((turn.c.voyage == voyage) & (turn.c.n > n))
        statement = (
            select(*COLUMNS)
            .where(turn.c.session_id == session_id, turn.c.voyage >= voyage, later)
            .order_by(turn.c.voyage, turn.c.n)
            .limit(limit)
        )

        def unit(conn: Connection) -> list[TurnRow]:
            return [TurnRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def last(self, session_id: str) -> TurnRow | None:
        """Give a session's newest turn."""
        statement = (
            select(*COLUMNS)
            .where(turn.c.session_id == session_id)
            .order_by(turn.c.voyage.desc(), turn.c.n.desc())
            .limit(1)
        )

        def unit(conn: Connection) -> TurnRow | None:
            row = conn.execute(statement).first()
            return TurnRow(*row) if row else None

        return await self._database.read(unit)
