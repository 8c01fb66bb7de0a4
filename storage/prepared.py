"""A Core statement compiled once per database and run with plain tuples.

The turn's statements run thousands of times a second; this leaves out what SQLAlchemy does for every call and
row to find a compiled statement and to convert parameters that need no conversion. On SQLite the driver is
called directly, and its errors are turned into ours here.
"""

import sqlite3
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.dml import UpdateBase

from storage.errors import Conflict, StoreUnavailable

_Values = Callable[[object], tuple[object, ...]]


class Prepared:
    """An INSERT or UPDATE whose bind names are (dotted) attributes of the objects that it is run for."""

    def __init__(self, statement: UpdateBase) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, _Values]] = {}

    def run(self, conn: Connection, objects: Sequence[object]) -> int:
        """Run the statement once for every object; give how many rows it wrote, -1 where nobody counts.

        Raises Conflict or IntegrityError for a broken constraint.
        """
        compiled = self._compiled.get(conn.dialect.name)
        if compiled is None:
            compiled = self._compiled[conn.dialect.name] = _compile(self._statement, conn.dialect)
        text, values_of = compiled
        if conn.dialect.name == "sqlite":
            rows = [values_of(item) for item in objects]
            return run_on_sqlite(conn.connection.driver_connection, text, rows)
        if len(objects) == 1:
            return conn.exec_driver_sql(text, values_of(objects[0])).rowcount
        return conn.exec_driver_sql(text, [values_of(item) for item in objects]).rowcount


def run_on_sqlite(driver: Any, text: str, rows: Sequence[tuple[object, ...]]) -> int:
    """Run a compiled statement for every row; give how many it wrote. Raises Conflict, StoreUnavailable."""
    try:
        if len(rows) == 1:
            return driver.execute(text, rows[0]).rowcount
        return driver.executemany(text, rows).rowcount
    except sqlite3.IntegrityError as error:
        raise Conflict(str(error)) from error
    except sqlite3.Error as error:
        raise StoreUnavailable(str(error)) from error


def _compile(statement: UpdateBase, dialect: Dialect) -> tuple[str, _Values]:
    compiled = statement.compile(dialect=dialect)
    order: list[str] = getattr(compiled, "positiontup", None) or []
    if len(order) < 2:
        raise TypeError("a prepared statement has two positional parameters or more")
    return str(compiled), attrgetter(*order)
