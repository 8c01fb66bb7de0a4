"""How far each projection of the journal has come, per session. A cursor never goes back."""

from sqlalchemy import Connection, and_, func, or_, select, update

from storage.database import Database
from storage.schema import cursor, session
from storage.upsert import add_row


class CursorStore:
    """The last turn that a projection, by its name, has seen of a session; (0, 0) is before the first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str, session_id: str) -> tuple[int, int]:
        """Give (voyage, n) of the last turn seen."""
        statement = select(cursor.c.voyage, cursor.c.n).where(
            cursor.c.name == name, cursor.c.session_id == session_id
        )

        def unit(conn: Connection) -> tuple[int, int]:
            row = conn.execute(statement).first()
            return (row.voyage, row.n) if row else (0, 0)

        return await self._database.read(unit)

    async def advance(self, name: str, session_id: str, voyage: int, n: int) -> bool:
        """Move a cursor on; give False when it is there or further already."""
        return await self._database.write(lambda conn: advance_cursor(conn, name, session_id, voyage, n))

    async def behind(self, name: str, *, limit: int | None = None) -> list[str]:
        """List the sessions whose newest turn this projection has not seen, longest waiting first."""
        joined = session.outerjoin(
            cursor, and_(cursor.c.session_id == session.c.session_id, cursor.c.name == name)
        )
        seen_voyage, seen_n = func.coalesce(cursor.c.voyage, 0), func.coalesce(cursor.c.n, 0)
        statement = (
            select(session.c.session_id)
            .select_from(joined)
            .where(or_(session.c.voyage > seen_voyage, session.c.n > seen_n))
            .order_by(session.c.updated_at, session.c.session_id)
            .limit(limit)
        )
        return await self._database.read(lambda conn: list(conn.execute(statement).scalars()))


def advance_cursor(conn: Connection, name: str, session_id: str, voyage: int, n: int) -> bool:
    """Move a cursor on inside a transaction, so that a projection's own rows and its cursor go together."""
    key = {"name": name, "session_id": session_id}
    if add_row(conn, cursor, {**key, "voyage": voyage, "n": n}):
        return True
    earlier = or_(cursor.c.voyage < voyage, and_(cursor.c.voyage == voyage, cursor.c.n < n))
    statement = update(cursor).where(cursor.c.name == name, cursor.c.session_id == session_id, earlier)
    return conn.execute(statement.values(voyage=voyage, n=n)).rowcount == 1
