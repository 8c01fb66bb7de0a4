"""The voyages of every session. Turn commits write them; here they are read."""

from sqlalchemy import Connection, Select, case, func, select

from storage.database import Database
from storage.rows import VoyageRow
from storage.schema import session, voyage


class VoyageStore:
    """Voyage rows, by (session_id, voyage)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, session_id: str, number: int) -> VoyageRow | None:
        """Give one voyage."""
        statement = _voyages().where(voyage.c.session_id == session_id, voyage.c.voyage == number)
        return next(iter(await self._rows(statement)), None)

    async def last(self, session_id: str) -> VoyageRow | None:
        """Give the session's newest voyage."""
        return next(iter(await self.list(session_id, limit=1)), None)

    async def count(self, session_id: str) -> int:
        """Count a session's voyages."""
        statement = select(func.count()).select_from(voyage).where(voyage.c.session_id == session_id)
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one())

    async def _rows(self, statement: Select[tuple[object, ...]]) -> list[VoyageRow]:
        def unit(conn: Connection) -> list[VoyageRow]:
            return [VoyageRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def list(self, session_id: str, *, limit: int | None = None) -> list[VoyageRow]:
        """List a session's voyages, newest first."""
        statement = _voyages().where(voyage.c.session_id == session_id)
        return await self._rows(statement.order_by(voyage.c.voyage.desc()).limit(limit))


def _voyages() -> Select[tuple[object, ...]]:
    """Select voyages; one under way counts its turns in the session row, which every turn writes anyway."""
    turns = case((voyage.c.ended_at.is_(None), func.coalesce(session.c.n, 0)), else_=voyage.c.turns)
    columns = [turns.label("turns") if column.name == "turns" else column for column in voyage.c]
    under_way = (session.c.session_id == voyage.c.session_id) & (session.c.voyage == voyage.c.voyage)
    return select(*columns).select_from(voyage.outerjoin(session, under_way))
