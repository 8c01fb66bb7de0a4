"""Copies everything that is kept in SQL from a SQLite file into an empty PostgreSQL database, once.

All or nothing: one transaction, which is only committed when every table has the same number of rows and the
same checksum on both sides. The file is held by its lock meanwhile and is not changed.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, create_engine, exc, func, insert, select, text, tuple_
from sqlalchemy.engine import URL, Row

from storage import schema_runs  # the module adds its tables to the metadata
from storage.errors import StorageError
from storage.sqlite import SqliteDatabase

CHUNK = 500  # rows on their way at a time
_MODULO = 2**256

Told = Callable[[str, int, int], None]  # table, rows copied so far, rows in all


class TargetNotEmpty(StorageError):
    """The database has rows already: nothing was copied."""


class CopyDiffers(StorageError):
    """A table's copy is not the same as the table: nothing was kept."""


class Copied(msgspec.Struct, frozen=True):
    """One table that is now on both sides. The checksum is of its rows in any order."""

    table: str
    rows: int
    checksum: str


async def move(source: Path, target: str, told: Told) -> list[Copied]:
    """Copy the file's tables into the database at a postgresql:// URL; `told` hears of the progress.

    Raises TargetNotEmpty, CopyDiffers, StoreLocked where a process uses the file, StoreUnavailable.
    """
    from storage.postgres import PostgresDatabase  # asyncpg is only loaded where it is needed

    if not await asyncio.to_thread(source.is_file):
        raise StorageError(f"there is no database at {source}")
    held = await SqliteDatabase.open(source)  # takes the file's lock and brings its tables up to date
    try:
        database = await PostgresDatabase.open(target)
        try:
            return await database.write(lambda conn: _copy_file(source, conn, told))
        finally:
            await database.close()
    finally:
        await held.close()


def _copy_file(source: Path, target: Connection, told: Told) -> list[Copied]:
    engine = create_engine(URL.create("sqlite", database=str(source)))
    try:
        with engine.connect() as conn:
            return _copy_all(conn, target, told)
    finally:
        engine.dispose()


def _copy_all(source: Connection, target: Connection, told: Told) -> list[Copied]:
    tables = schema_runs.metadata.sorted_tables
    names = ", ".join(f'"{table.name}"' for table in tables)
    target.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    _check_empty(target, tables)
    copied = []
    for table in tables:
        try:
            copied.append(_copy(source, target, table, told))
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            raise StorageError(f"{table.name} cannot be copied: {error.orig}") from error
        _continue_numbers(target, table)
    return copied


def _check_empty(target: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        if target.execute(select(1).select_from(table).limit(1)).first() is not None:
            said = f"the database has rows in {table.name} already; only an empty one can be moved into"
            raise TargetNotEmpty(said)


def _copy(source: Connection, target: Connection, table: Table, told: Told) -> Copied:
    total = source.execute(select(func.count()).select_from(table)).scalar_one()
    done, sent = 0, 0
    told(table.name, 0, total)
    for rows in _chunks(source, table):
        target.execute(insert(table), [row._asdict() for row in rows])
        done += len(rows)
        sent = (sent + _checksum(rows)) % _MODULO
        told(table.name, done, total)
    arrived, received = 0, 0
    for rows in _chunks(target, table):
        arrived += len(rows)
        received = (received + _checksum(rows)) % _MODULO
    if (arrived, received) != (total, sent):
        raise CopyDiffers(f"{table.name}: {arrived} of {total} rows arrived, or not as they were sent")
    return Copied(table.name, total, f"{sent:064x}")


def _chunks(conn: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    """Read a table in pieces, by its primary key: neither side has to hold all of it in memory."""
    key = list(table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    while True:
        statement = select(table).order_by(*key).limit(CHUNK)
        if last is not None:
            statement = statement.where(_after(key, last))
        rows = conn.execute(statement).all()
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        last = tuple(rows[-1]._mapping[column] for column in key)


def _after(key: Sequence[Any], last: tuple[Any, ...]) -> Any:
    """Compare a row's key with the last one, column by column, as both databases understand it."""
    return tuple_(*key) > tuple_(*last)


def _checksum(rows: Sequence[Row[Any]]) -> int:
    """Add up the rows' digests: the two databases sort texts differently, a sum has no order."""
    digests = (hashlib.sha256(msgspec.msgpack.encode(tuple(row))).digest() for row in rows)
    return sum(int.from_bytes(digest) for digest in digests)


def _continue_numbers(target: Connection, table: Table) -> None:
    """Let the database number further rows after those that came with a number."""
    for column in table.primary_key.columns:
        names = {"name": table.name, "col": column.name}
        sequence = target.execute(text("SELECT pg_get_serial_sequence(:name, :col)"), names).scalar()
        highest = target.execute(select(func.max(column))).scalar() if sequence else None
        if highest is not None:
            target.execute(
                text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest}
            )
