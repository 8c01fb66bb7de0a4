"""The voyages' history: a record for each, the newest ones kept. What it says is its owner's business."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, delete, func, insert, select, update

from storage.database import Database
from storage.run_rows import RecordRow
from storage.schema_runs import rate_watch, run, voyage_account, voyage_record
from storage.upsert import add_row, put_row

# From the newest rates, oldest first, and whether a warning may be given: the warning, and whether one may
# be given from now on.
Judge = Callable[[Sequence[float], bool], tuple[float | None, bool]]

RATES = 13  # newest rates that a Judge gets
_NEWEST_FIRST = (voyage_record.c.started_at.desc(), voyage_record.c.voyage.desc())


class HistoryStore:
    """Voyage records, by session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, row: RecordRow, *, keep: int, judge: Judge) -> RecordRow:
        """Keep a voyage's record and the newest `keep` of its session; give it as it is stored.

        A voyage that is recorded changes nothing. A name that is taken gets "-2", "-3" and so on.
        """
        return await self._database.write(lambda conn: _save(conn, row, keep, judge))

    async def bring_in(self, rows: Sequence[RecordRow], *, keep: int) -> int:
        """Keep records from elsewhere, under voyage numbers below 0; give how many were new by their name."""

        def unit(conn: Connection) -> int:
            added = sum([_bring_in(conn, row) for row in rows])
            for session_id in {row.session_id for row in rows}:
                _trim(conn, session_id, keep)
            return added

        return await self._database.write(unit)

    async def recent(self, session_id: str, *, limit: int | None = None, offset: int = 0) -> list[RecordRow]:
        """List a session's voyages, newest first."""
        statement = select(*voyage_record.c).where(voyage_record.c.session_id == session_id)
        return await self._rows(statement.order_by(*_NEWEST_FIRST).limit(limit).offset(offset))

    async def newest(self, limit: int) -> list[RecordRow]:
        """List the newest voyages of all sessions."""
        return await self._rows(select(*voyage_record.c).order_by(*_NEWEST_FIRST).limit(limit))

    async def get(self, session_id: str, name: str) -> RecordRow | None:
        """Give a voyage by its name."""
        key = and_(voyage_record.c.session_id == session_id, voyage_record.c.name == name)
        return next(iter(await self._rows(select(*voyage_record.c).where(key))), None)

    async def count(self, session_id: str | None = None) -> int:
        """Count a session's voyages, or all."""
        statement = select(func.count()).select_from(voyage_record)
        if session_id is not None:
            statement = statement.where(voyage_record.c.session_id == session_id)
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one())

    async def set_notes(self, session_id: str, name: str, notes: str) -> bool:
        """Change a voyage's notes; give False when there is no such voyage."""
        key = and_(voyage_record.c.session_id == session_id, voyage_record.c.name == name)
        statement = update(voyage_record).where(key).values(notes=notes)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def untold(self) -> list[RecordRow]:
        """List the voyages whose warning their channel has not heard, oldest first."""
        statement = select(*voyage_record.c).where(voyage_record.c.told.is_(False))
        return await self._rows(statement.order_by(voyage_record.c.started_at).limit(100))

    async def mark_told(self, session_id: str, voyage: int) -> None:
        """Note that a voyage's warning was given."""
        key = and_(voyage_record.c.session_id == session_id, voyage_record.c.voyage == voyage)
        statement = update(voyage_record).where(key).values(told=True)
        await self._database.write(lambda conn: conn.execute(statement).rowcount)

    async def _rows(self, statement: Select[Any]) -> list[RecordRow]:
        def unit(conn: Connection) -> list[RecordRow]:
            return [RecordRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)


def _save(conn: Connection, row: RecordRow, keep: int, judge: Judge) -> RecordRow:
    key = and_(voyage_record.c.session_id == row.session_id, voyage_record.c.voyage == row.voyage)
    stored = conn.execute(select(*voyage_record.c).where(key)).first()
    if stored is None:
        alert = _watch(conn, row, judge)
        name = _free_name(conn, row.session_id, row.name)
        row = msgspec.structs.replace(row, name=name, alert=alert, told=alert is None)
        conn.execute(insert(voyage_record).values(**msgspec.structs.asdict(row)))
    _mark_recorded(conn, row)
    _trim(conn, row.session_id, keep)
    return RecordRow(*stored) if stored is not None else row


def _mark_recorded(conn: Connection, row: RecordRow) -> None:
    key = and_(voyage_account.c.session_id == row.session_id, voyage_account.c.voyage == row.voyage)
    conn.execute(update(voyage_account).where(key).values(recorded=True))


def _watch(conn: Connection, row: RecordRow, judge: Judge) -> float | None:
    """Ask whether this voyage's rate is worth a warning."""
    if row.rate is None:
        return None
    earlier = (
        select(voyage_record.c.rate)
        .where(voyage_record.c.session_id == row.session_id, voyage_record.c.rate.is_not(None))
        .order_by(*_NEWEST_FIRST)
        .limit(RATES - 1)
    )
    rates = [*reversed(conn.execute(earlier).scalars().all()), row.rate]
    watched = select(rate_watch.c.armed).where(rate_watch.c.session_id == row.session_id)
    armed = conn.execute(watched).scalar_one_or_none()
    alert, now_armed = judge(rates, armed is not False)
    put_row(conn, rate_watch, {"session_id": row.session_id, "armed": now_armed})
    return alert


def _free_name(conn: Connection, session_id: str, name: str) -> str:
    statement = select(voyage_record.c.name).where(
        voyage_record.c.session_id == session_id, voyage_record.c.name.startswith(name, autoescape=True)
    )
    taken = set(conn.execute(statement).scalars())
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _bring_in(conn: Connection, row: RecordRow) -> bool:
    lowest = select(func.min(voyage_record.c.voyage)).where(voyage_record.c.session_id == row.session_id)
    voyage = min(conn.execute(lowest).scalar() or 0, 0) - 1
    return add_row(conn, voyage_record, msgspec.structs.asdict(row) | {"voyage": voyage, "told": True})


def _trim(conn: Connection, session_id: str, keep: int) -> None:
    """Forget a session's oldest voyages, and their runs."""
    statement = select(voyage_record.c.voyage).where(voyage_record.c.session_id == session_id)
    old = list(conn.execute(statement.order_by(*_NEWEST_FIRST).offset(keep)).scalars())
    if not old:
        return
    for table in (voyage_record, run, voyage_account):
        conn.execute(delete(table).where(table.c.session_id == session_id, table.c.voyage.in_(old)))
