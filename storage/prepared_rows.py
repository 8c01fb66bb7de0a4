"""Whole rows written and read with statements that are compiled once per database and run with plain tuples.

For statements that run inside a turn's transaction: they leave out what SQLAlchemy does on every call to find
a compiled statement. Values need no conversion on either database, except booleans that are read.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam
from sqlalchemy.engine.interfaces import Dialect

from storage.upsert import insert_into


class PutRow:
    """Inserts a row: objects' attributes are the columns. A row with the same key is replaced, or stays."""

    def __init__(self, table: Table, *, replace: bool) -> None:
        self._table = table
        self._replace = replace
        self._compiled: dict[str, tuple[str, Callable[[object], tuple[object, ...]]]] = {}

    def run(self, conn: Connection, row: object) -> bool:
        """Write the row; give False when there was one and it stays."""
        compiled = self._compiled.get(conn.dialect.name)
        if compiled is None:
            compiled = self._compiled[conn.dialect.name] = self._compile(conn.dialect)
        text, values_of = compiled
        return conn.exec_driver_sql(text, values_of(row)).rowcount == 1

    def _compile(self, dialect: Dialect) -> tuple[str, Callable[[object], tuple[object, ...]]]:
        columns = [column.name for column in self._table.c]
        statement = insert_into(dialect.name, self._table).values({name: bindparam(name) for name in columns})
        if self._replace:
            keys = [column.name for column in self._table.primary_key]
            changes = {name: statement.excluded[name] for name in columns if name not in keys}
            statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
        else:
            statement = statement.on_conflict_do_nothing()
        compiled = statement.compile(dialect=dialect)
        order: list[str] = getattr(compiled, "positiontup", None) or []
        return str(compiled), attrgetter(*order)


class GetRow:
    """Reads the first row that a SELECT finds by the value of its bind parameter "key"."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[object, ...]]] = {}

    def run(self, conn: Connection, key: object) -> tuple[Any, ...] | None:
        """Give the row's values as the driver gives them, or None."""
        compiled = self._compiled.get(conn.dialect.name)
        if compiled is None:
            compiled = self._compiled[conn.dialect.name] = self._compile(conn.dialect)
        text, places = compiled
        values = tuple([key if place is _KEY else place for place in places])
        row = conn.exec_driver_sql(text, values).first()
        return tuple(row) if row is not None else None

    def _compile(self, dialect: Dialect) -> tuple[str, tuple[object, ...]]:
        compiled = self._statement.compile(dialect=dialect)
        order: list[str] = getattr(compiled, "positiontup", None) or []
        places = [_KEY if name == "key" else compiled.params[name] for name in order]
        return str(compiled), tuple(places)


_KEY = object()
