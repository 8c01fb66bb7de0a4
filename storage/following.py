"""What the followers of the journal ask: where cursors stand, which are behind, which are nobody's."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, and_, delete, false, or_, select, union

from storage.database import Database
from storage.schema import cursor, session
from storage.schema_runs import run_notice

MOST_ASKED = 500  # sessions in one question


class Newest(msgspec.Struct, frozen=True):
    """A session and the place of its newest turn."""

    session_id: str
    voyage: int
    n: int


class FollowStore:
    """Questions over many sessions at once; each is one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def positions(self, session_ids: Sequence[str]) -> dict[tuple[str, str], tuple[int, int]]:
        """Give the cursors of up to MOST_ASKED sessions: (voyage, n) by (name, session id)."""
        asked = select(*cursor.c).where(cursor.c.session_id.in_(session_ids[:MOST_ASKED]))

        def unit(conn: Connection) -> dict[tuple[str, str], tuple[int, int]]:
            return {(row.name, row.session_id): (row.voyage, row.n) for row in conn.execute(asked)}

        return await self._database.read(unit)

    async def lagging(self, names: Sequence[str]) -> list[Newest]:
        """List the sessions whose newest turn one of these projections has not seen, in no order.

        For a journal in this database. What stands behind a session's state is not read: with 10,000 sessions
        that would be most of the file.
        """
        joined: FromClause = session
        behind: list[ColumnElement[bool]] = []
        for name in names:
            seen = cursor.alias()
            joined = joined.outerjoin(
                seen, and_(seen.c.name == name, seen.c.session_id == session.c.session_id)
            )
            same = seen.c.voyage == session.c.voyage
            behind += [seen.c.voyage.is_(None), seen.c.voyage < session.c.voyage]
            behind += [and_(same, seen.c.n < session.c.n)]
        statement = select(session.c.session_id, session.c.voyage, session.c.n)
        statement = statement.select_from(joined).where(or_(false(), *behind))

        def unit(conn: Connection) -> list[Newest]:
            return [Newest(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def gone(self) -> list[str]:
        """List the sessions that have a cursor or a notice but are gone, or were begun anew since.

        For a journal in this database.
        """
        alive = (
            select(session.c.session_id)
            .where(
                session.c.session_id == cursor.c.session_id,
                or_(
                    session.c.voyage > cursor.c.voyage,
                    and_(session.c.voyage == cursor.c.voyage, session.c.n >= cursor.c.n),
                ),
            )
            .exists()
        )
        there = select(session.c.session_id).where(session.c.session_id == run_notice.c.session_id).exists()
        left = select(cursor.c.session_id).where(~alive)
        statement = union(left, select(run_notice.c.session_id).where(~there))
        return await self._database.read(lambda conn: sorted(conn.execute(statement).scalars()))

    async def kept(self) -> list[str]:
        """List the sessions that have a notice, for a journal that is elsewhere."""
        statement = select(run_notice.c.session_id)
        return await self._database.read(lambda conn: list(conn.execute(statement).scalars()))

    async def forget(self, session_ids: Iterable[str]) -> None:
        """Forget the cursors and notices of sessions, wherever their journal was."""
        gone = list(session_ids)

        def unit(conn: Connection) -> None:
            for start in range(0, len(gone), MOST_ASKED):
                part = gone[start : start + MOST_ASKED]
                for table in (cursor, run_notice):
                    conn.execute(delete(table).where(table.c.session_id.in_(part)))

        if gone:
            await self._database.write(unit)
