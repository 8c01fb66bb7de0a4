"""The books of the runs: which one is open, which are over, what each voyage adds up to.

A completed run is credited by the INSERT of its row, whose primary key is the run, in the transaction that
changes the voyage's account. How a run is valued is the caller's business: it decides from the books.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)

from storage.database import Database, Unit
from storage.prepared_rows import GetRow, PutRow
from storage.run_rows import COMPLETED, AccountRow, Credit, Moment, OpenRunRow, RunBooks, RunChange, RunRow
from storage.schema_runs import open_run, run, voyage_account

Decide = Callable[[RunBooks], RunChange | None]  # None leaves the books as they are
Accountant = Callable[[Moment], Unit[None]]  # what an engine asks for the unit that accounts a moment


def add_completed_run(conn: Connection, credit: Credit) -> bool:
    """Credit a run: its row, and the account with it in. False, and no change, when it was done before."""
    if not _ADD_RUN.run(conn, credit.run):
        return False
    _put_account(conn, credit.account)
    return True


def keep_books(
    conn: Connection, session_id: str, decide: Decide, *, at: tuple[int, int] | None = None
) -> RunChange | None:
    """Read a session's books, let `decide` say what becomes of them, and write that.

    `at` (voyage, turn) asks for that turn's first free part. What `decide` raises is raised here, and then
    nothing has changed.
    """
    change = decide(_load(conn, session_id, at))
    if change is None:
        return None
    if change.ended is not None:
        _put_account(conn, change.ended)
    if change.abandoned is not None:
        _ADD_RUN.run(conn, change.abandoned)
    if change.credit is None or not add_completed_run(conn, change.credit):
        _put_account(conn, change.account)
    if change.open is not None:
        _PUT_OPEN.run(conn, change.open)
    else:
        conn.execute(delete(open_run).where(open_run.c.session_id == session_id))
    return change


def booking(session_id: str, decide: Decide) -> Unit[None]:
    """Make a unit that keeps a session's books as part of a larger transaction."""

    def unit(conn: Connection) -> None:
        keep_books(conn, session_id, decide)

    return unit


def _put_account(conn: Connection, account: AccountRow) -> None:
    _PUT_ACCOUNT.run(conn, account)


def _load(conn: Connection, session_id: str, at: tuple[int, int] | None) -> RunBooks:
    account = _GET_ACCOUNT.run(conn, session_id)
    found = _GET_OPEN.run(conn, session_id)
    under_way = OpenRunRow(*found) if found else None
    part = _free_part(conn, session_id, at, under_way) if at is not None else 0
    return RunBooks(under_way, _account(account) if account else None, part)


def _free_part(conn: Connection, session_id: str, at: tuple[int, int], under_way: OpenRunRow | None) -> int:
    same_turn = and_(run.c.session_id == session_id, run.c.voyage == at[0], run.c.n == at[1])
    highest = conn.execute(select(func.max(run.c.part)).where(same_turn)).scalar()
    part = 0 if highest is None else highest + 1
    if under_way is not None and (under_way.voyage, under_way.n) == at:
        part = max(part, under_way.part + 1)
    return part


def _account(row: tuple[Any, ...]) -> AccountRow:
    """Read an account; the driver of SQLite gives booleans as numbers."""
    return AccountRow(*row[:-2], logged=bool(row[-2]), recorded=bool(row[-1]))


_ADD_RUN = PutRow(run, replace=False)
_PUT_ACCOUNT = PutRow(voyage_account, replace=True)
_PUT_OPEN = PutRow(open_run, replace=True)
_GET_OPEN = GetRow(select(*open_run.c).where(open_run.c.session_id == bindparam("key")))
_GET_ACCOUNT = GetRow(
    select(*voyage_account.c)
    .where(voyage_account.c.session_id == bindparam("key"))
    .order_by(voyage_account.c.voyage.desc())
    .limit(1)
    .with_for_update()
)


class RunStore:
    """Runs and accounts, by session and voyage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, session_id: str, decide: Decide, *, at: tuple[int, int] | None = None
    ) -> RunChange | None:
        """Change a session's books in a transaction of their own, as `keep_books` does."""
        return await self._database.write(lambda conn: keep_books(conn, session_id, decide, at=at))

    async def books(self, session_id: str) -> RunBooks:
        """Give a session's open run and its newest account."""
        return await self._database.read(lambda conn: _load(conn, session_id, None))

    async def runs(self, session_id: str, voyage: int) -> list[RunRow]:
        """List a voyage's runs, in the order in which they ended."""
        statement = select(*run.c).where(run.c.session_id == session_id, run.c.voyage == voyage)
        return await self._runs(statement.order_by(run.c.ended_at, run.c.n, run.c.part))

    async def completed(self, session_id: str, voyage: int, limit: int) -> list[RunRow]:
        """List a voyage's newest completed runs, newest first."""
        statement = select(*run.c).where(
            run.c.session_id == session_id, run.c.voyage == voyage, run.c.state == COMPLETED
        )
        order = (run.c.ended_at.desc(), run.c.n.desc(), run.c.part.desc())
        return await self._runs(statement.order_by(*order).limit(limit))

    async def unlogged(self, limit: int = 500) -> list[RunRow]:
        """List the runs that are not in the run log, oldest first."""
        statement = select(*run.c).where(run.c.logged.is_(False))
        return await self._runs(statement.order_by(run.c.ended_at, run.c.session_id).limit(limit))

    async def untold(self, limit: int = 500) -> list[RunRow]:
        """List the completed runs that their channel has not heard of, oldest first."""
        statement = select(*run.c).where(run.c.told.is_(False))
        return await self._runs(statement.order_by(run.c.ended_at, run.c.session_id).limit(limit))

    async def mark_logged(self, rows: Sequence[RunRow]) -> None:
        """Note that runs are in the run log."""
        await self._mark(rows, {"logged": True})

    async def mark_told(self, rows: Sequence[RunRow]) -> None:
        """Note that runs were told."""
        await self._mark(rows, {"told": True})

    async def ended(self, *, logged: bool | None = None, recorded: bool | None = None) -> list[AccountRow]:
        """List the accounts of voyages that are over, oldest first: those logged or not, recorded or not."""
        statement = select(*voyage_account.c).where(voyage_account.c.ended_at.is_not(None))
        if logged is not None:
            statement = statement.where(voyage_account.c.logged.is_(logged))
        if recorded is not None:
            statement = statement.where(voyage_account.c.recorded.is_(recorded))
        statement = statement.order_by(voyage_account.c.ended_at, voyage_account.c.session_id).limit(500)

        def unit(conn: Connection) -> list[AccountRow]:
            return [AccountRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def mark_account_logged(self, session_id: str, voyage: int) -> None:
        """Note that a voyage's last figures are in the session log."""
        key = and_(voyage_account.c.session_id == session_id, voyage_account.c.voyage == voyage)
        statement = update(voyage_account).where(key).values(logged=True)
        await self._database.write(lambda conn: conn.execute(statement).rowcount)

    async def _mark(self, rows: Sequence[RunRow], values: dict[str, object]) -> None:
        def unit(conn: Connection) -> None:
            for row in rows:
                conn.execute(update(run).where(_is(row)).values(values))

        if rows:
            await self._database.write(unit)

    async def _runs(self, statement: Select[Any]) -> list[RunRow]:
        def unit(conn: Connection) -> list[RunRow]:
            return [RunRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)


def _is(row: RunRow) -> ColumnElement[bool]:
    return and_(
        run.c.session_id == row.session_id,
        run.c.voyage == row.voyage,
        run.c.n == row.n,
        run.c.part == row.part,
    )
