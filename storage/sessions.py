"""The newest state of every session. States are changed by turn commits only."""

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from storage import schema_runs
from storage.database import Database
from storage.rows import OwnerRow, SessionRow, TurnRow
from storage.schema import board, channel_settings, cursor, frame, job, session, tape, turn, vote


class SessionCounts(msgspec.Struct, frozen=True):
    """How many sessions are kept, and how many have a voyage under way."""

    sessions: int
    active: int


class NewestTurn(msgspec.Struct, frozen=True):
    """A session and the outcome of its newest turn."""

    session_id: str
    voyage: int
    n: int
    active: bool
    updated_at: float
    outcome: bytes


_NEWEST = (
    (turn.c.session_id == session.c.session_id)
    & (turn.c.voyage == session.c.voyage)
    & (turn.c.n == session.c.n)
)
_OF_SESSION = (session.c.session_id, session.c.voyage, session.c.n, session.c.active, session.c.updated_at)


class SessionStore:
    """Session rows: read, count, forget."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, session_id: str) -> SessionRow | None:
        """Give one session's newest state."""

        def unit(conn: Connection) -> SessionRow | None:
            row = conn.execute(select(*session.c).where(session.c.session_id == session_id)).first()
            return SessionRow(*row) if row else None

        return await self._database.read(unit)

    async def version(self, session_id: str) -> tuple[int, float]:
        """Give (version, updated_at) of a session, zeros where there is none: it tells if it moved on."""
        statement = select(session.c.version, session.c.updated_at).where(session.c.session_id == session_id)

        def unit(conn: Connection) -> tuple[int, float]:
            row = conn.execute(statement).first()
            return (row.version, row.updated_at) if row else (0, 0.0)

        return await self._database.read(unit)

    async def load_newest(self, session_id: str) -> tuple[SessionRow, TurnRow] | None:
        """Give one session's newest state and the turn that made it."""
        columns = len(session.c)
        statement = select(*session.c, *turn.c).join(turn, _NEWEST).where(session.c.session_id == session_id)

        def unit(conn: Connection) -> tuple[SessionRow, TurnRow] | None:
            row = conn.execute(statement).first()
            return (SessionRow(*row[:columns]), TurnRow(*row[columns:])) if row else None

        return await self._database.read(unit)

    async def newest_turns(self) -> list[NewestTurn]:
        """List every session with its newest turn's outcome, newest change first."""
        statement = (
            select(*_OF_SESSION, turn.c.outcome)
            .join(turn, _NEWEST)
            .order_by(session.c.updated_at.desc(), session.c.session_id)
        )

        def unit(conn: Connection) -> list[NewestTurn]:
            return [NewestTurn(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def ids(self, *, active: bool | None = None) -> list[str]:
        """List session ids in order, without their states."""
        statement = select(session.c.session_id).order_by(session.c.session_id)
        if active is not None:
            statement = statement.where(session.c.active == active)
        return await self._database.read(lambda conn: list(conn.execute(statement).scalars()))

    async def release(self, owner: str) -> int:
        """Give up all that an owner holds, in one statement; give how many sessions that were."""
        statement = update(session).where(session.c.owner == owner).values(owner="", owned_until=0.0)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount)

    async def owners(self, now: float) -> list[OwnerRow]:
        """List the processes whose claims on sessions have not run out, by name."""
        statement = (
            select(session.c.owner, func.count(), func.max(session.c.owned_until))
            .where(session.c.owner != "", session.c.owned_until > now)
            .group_by(session.c.owner)
            .order_by(session.c.owner)
        )

        def unit(conn: Connection) -> list[OwnerRow]:
            return [OwnerRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def counts(self) -> SessionCounts:
        """Count the sessions."""
        statement = select(func.count(), func.count().filter(session.c.active))
        statement = statement.select_from(session)
        return await self._database.read(lambda conn: SessionCounts(*conn.execute(statement).one()))

    async def remove(self, session_id: str) -> bool:
        """Forget a session, its journal and all that was kept with it; give False when there was none.

        The channel's settings go too.
        """

        def unit(conn: Connection) -> bool:
            for table in (frame, tape, job, board, vote, cursor, channel_settings, *schema_runs.ALL):
                conn.execute(delete(table).where(table.c.session_id == session_id))
            return conn.execute(delete(session).where(session.c.session_id == session_id)).rowcount == 1

        return await self._database.write(unit)

    async def list(self, *, limit: int | None = None, active: bool | None = None) -> list[SessionRow]:
        """List sessions with their states, newest change first; `active` keeps only such ones."""
        statement = select(*session.c).order_by(session.c.updated_at.desc(), session.c.session_id)
        if active is not None:
            statement = statement.where(session.c.active == active)

        def unit(conn: Connection) -> list[SessionRow]:
            return [SessionRow(*row) for row in conn.execute(statement.limit(limit))]

        return await self._database.read(unit)
