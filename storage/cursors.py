"""How far each projection of the journal has come, per session. A cursor never goes back."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from storage.database import Database
from storage.put_rows import PutRows
from storage.schema import cursor, session


class _Move(NamedTuple):
    name: str
    session_id: str
    voyage: int
    n: int


_FORWARD = PutRows[_Move](
    cursor,
    only_if=lambda new: or_(
        cursor.c.voyage < new.voyage, and_(cursor.c.voyage == new.voyage, cursor.c.n < new.n)
    ),
)


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

    async def advance_many(self, moves: Iterable[tuple[str, str, int, int]]) -> int:
        """Move cursors on, each given as (name, session_id, voyage, n), in one statement; none goes back.

        Gives how many moved.
        """
        furthest: dict[tuple[str, str], _Move] = {}
        for move in sorted([_Move(*move) for move in moves]):
            furthest[move.name, move.session_id] = move
        if not furthest:
            return 0
        return await self._database.write(lambda conn: _FORWARD.put(conn, list(furthest.values())))

    async def all(self, name: str) -> dict[str, tuple[int, int]]:
        """Give (voyage, n) of the last turn that a projection has seen, by session id."""
        columns = (cursor.c.session_id, cursor.c.voyage, cursor.c.n)
        statement = select(*columns).where(cursor.c.name == name)

        def unit(conn: Connection) -> dict[str, tuple[int, int]]:
            return {row[0]: (row[1], row[2]) for row in conn.execute(statement)}

        return await self._database.read(unit)

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
    return _FORWARD.put(conn, [_Move(name, session_id, voyage, n)]) == 1
