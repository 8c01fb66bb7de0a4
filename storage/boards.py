"""Where each session's board stands, and which boards are behind."""

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, case, delete, literal_column, select, update

from storage.database import Database
from storage.put_rows import Excluded, PutRows
from storage.rows import BoardRow
from storage.schema import board
from storage.upsert import add_row


class BoardStore:
    """Board rows, one per session."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = PutRows[BoardRow](board, changes=_known_limit)

    async def get(self, session_id: str) -> BoardRow | None:
        """Give a session's board."""
        return next(iter(await self._rows(select(*board.c).where(board.c.session_id == session_id))), None)

    async def put(self, row: BoardRow) -> None:
        """Keep a board; the session's earlier one is replaced, but a known upload limit stays for a 0."""
        await self._database.write_together(self._put, row)

    async def add(self, row: BoardRow) -> bool:
        """Keep a board where the session has none; give False where it has one, which then stays."""
        values = msgspec.structs.asdict(row)
        return await self._database.write(lambda conn: add_row(conn, board, values))

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


def _known_limit(new: Excluded) -> dict[str, ColumnElement[int]]:
    return {
        "upload_limit": case(
            (new.upload_limit == literal_column("0"), board.c.upload_limit), else_=new.upload_limit
        )
    }
