"""Which picture shows which turn. The files themselves are somebody else's."""

from sqlalchemy import Connection, delete, func, select

from storage.database import Database
from storage.put_rows import PutRows
from storage.rows import FrameRow
from storage.schema import frame


class FrameStore:
    """Frame rows, by (session_id, voyage, n)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = PutRows[FrameRow](frame)

    async def add(self, row: FrameRow) -> None:
        """Keep a frame; a frame of the same turn is replaced."""
        await self._database.write_together(self._put, row)

    async def get(self, session_id: str, voyage: int, n: int) -> FrameRow | None:
        """Give the frame of one turn."""
        place = (frame.c.session_id == session_id) & (frame.c.voyage == voyage) & (frame.c.n == n)

        def unit(conn: Connection) -> FrameRow | None:
            row = conn.execute(select(*frame.c).where(place)).first()
            return FrameRow(*row) if row else None

        return await self._database.read(unit)

    async def count(self, session_id: str, voyage: int) -> int:
        """Count a voyage's frames."""
        statement = select(func.count()).select_from(frame)
        statement = statement.where(frame.c.session_id == session_id, frame.c.voyage == voyage)
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one())

    async def remove(self, session_id: str, voyage: int) -> int:
        """Forget a voyage's frames; give how many there were."""
        statement = delete(frame).where(frame.c.session_id == session_id, frame.c.voyage == voyage)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount)

    async def list(self, session_id: str, voyage: int) -> list[FrameRow]:
        """List a voyage's frames, oldest first."""
        statement = select(*frame.c).where(frame.c.session_id == session_id, frame.c.voyage == voyage)

        def unit(conn: Connection) -> list[FrameRow]:
            return [FrameRow(*row) for row in conn.execute(statement.order_by(frame.c.n))]

        return await self._database.read(unit)
