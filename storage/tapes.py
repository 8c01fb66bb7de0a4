"""Which tapes were built and where they were posted. The files themselves are somebody else's."""

import msgspec
from sqlalchemy import Connection, Select, delete, func, select, update

from storage.database import Database
from storage.rows import TapeRow
from storage.schema import tape
from storage.upsert import put_row


class TapeStore:
    """Tape rows, by (session_id, voyage)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, row: TapeRow) -> None:
        """Keep a tape; one of the same voyage is replaced, but the message that shows it stays noted.

        A builder that was paused may come after the post: its tape must not be posted once more.
        """
        place = (tape.c.session_id == row.session_id, tape.c.voyage == row.voyage)
        noted = select(tape.c.message_id).where(*place).with_for_update()

        def unit(conn: Connection) -> None:
            message_id = conn.execute(noted).scalar() or row.message_id
            put_row(conn, tape, {**msgspec.structs.asdict(row), "message_id": message_id})

        await self._database.write(unit)

    async def get(self, session_id: str, voyage: int) -> TapeRow | None:
        """Give the tape of one voyage."""
        rows = await self._rows(_tapes().where(tape.c.session_id == session_id, tape.c.voyage == voyage))
        return next(iter(rows), None)

    async def unposted(self, *, limit: int | None = None) -> list[TapeRow]:
        """List tapes that no message shows yet, oldest first."""
        statement = _tapes().where(tape.c.message_id == 0)
        return await self._rows(statement.order_by(tape.c.built_at, tape.c.session_id).limit(limit))

    async def mark_posted(self, session_id: str, voyage: int, message_id: int) -> bool:
        """Note the message that shows a tape; give False when another one was noted before, or no tape is."""
        statement = (
            update(tape)
            .where(tape.c.session_id == session_id, tape.c.voyage == voyage, tape.c.message_id == 0)
            .values(message_id=message_id)
        )
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def remove(self, session_id: str, voyage: int) -> bool:
        """Forget a tape; give False when there was none."""
        statement = delete(tape).where(tape.c.session_id == session_id, tape.c.voyage == voyage)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def crowded(self, count: int, size: int) -> list[str]:
        """List the sessions that keep more tapes than `count`, or more bytes of them than `size`."""
        statement = select(tape.c.session_id).group_by(tape.c.session_id).order_by(tape.c.session_id)
        statement = statement.having((func.count() > count) | (func.sum(tape.c.size) > size))
        return await self._database.read(lambda conn: list(conn.execute(statement).scalars()))

    async def _rows(self, statement: Select[tuple[object, ...]]) -> list[TapeRow]:
        def unit(conn: Connection) -> list[TapeRow]:
            return [TapeRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def list(self, session_id: str, *, limit: int | None = None) -> list[TapeRow]:
        """List a session's tapes, newest voyage first."""
        statement = _tapes().where(tape.c.session_id == session_id)
        return await self._rows(statement.order_by(tape.c.voyage.desc()).limit(limit))


def _tapes() -> Select[tuple[object, ...]]:
    return select(*tape.c)
