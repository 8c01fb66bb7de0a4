"""Where each session's board stands, and which boards are behind."""

import msgspec
from sqlalchemy import Connection, Select, delete, select, update

from storage.database import Database
from storage.rows import BoardRow
from storage.schema import board
from storage.upsert import put_row


class BoardStore:
    """Board rows, one per session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, session_id: str) -> BoardRow | None:
        """Give a session's board."""
        return next(iter(await self._rows(select(*board.c).where(board.c.session_id == session_id))), None)

    async def put(self, row: BoardRow) -> None:
        """Keep a board; the session's earlier one is replaced."""
        await self._database.write(lambda conn: put_row(conn, board, msgspec.structs.asdict(row)))

    async def mark_dirty(self, session_id: str, *, dirty: bool = True) -> bool:
        """Note that a board does not show the newest turn; give False when there is no board."""
        statement = update(board).where(board.c.session_id == session_id).values(dirty=dirty)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def list_dirty(self) -> list[BoardRow]:
        """List the boards that are behind."""
        return await self._rows(select(*board.c).where(board.c.dirty).order_by(board.c.session_id))

    async def all(self) -> list[BoardRow]:
        """List every board."""
        return await self._rows(select(*board.c).order_by(board.c.session_id))

    async def remove(self, session_id: str) -> bool:
        """Forget a session's board; give False when there was none."""
        statement = delete(board).where(board.c.session_id == session_id)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def _rows(self, statement: Select[tuple[object, ...]]) -> list[BoardRow]:
        def unit(conn: Connection) -> list[BoardRow]:
            return [BoardRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)
