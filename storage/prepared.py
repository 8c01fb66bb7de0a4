"""A Core statement compiled once per database and run with plain tuples.

The turn's statements run thousands of times a second; this leaves out what SQLAlchemy does for every call and
row to find a compiled statement and to convert parameters that need no conversion.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter

from sqlalchemy import Connection, CursorResult
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.dml import UpdateBase

_Values = Callable[[object], tuple[object, ...]]


class Prepared:
    """An INSERT or UPDATE whose bind names are (dotted) attributes of the objects that it is run for."""

    def __init__(self, statement: UpdateBase) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, _Values]] = {}

    def run(self, conn: Connection, objects: Sequence[object]) -> CursorResult[tuple[object, ...]]:
        """Run the statement once for every object."""
        compiled = self._compiled.get(conn.dialect.name)
        if compiled is None:
            compiled = self._compiled[conn.dialect.name] = _compile(self._statement, conn.dialect)
        text, values_of = compiled
        if len(objects) == 1:
            return conn.exec_driver_sql(text, values_of(objects[0]))
        return conn.exec_driver_sql(text, [values_of(item) for item in objects])


def _compile(statement: UpdateBase, dialect: Dialect) -> tuple[str, _Values]:
    compiled = statement.compile(dialect=dialect)
    order: list[str] = getattr(compiled, "positiontup", None) or []
    if len(order) < 2:
        raise TypeError("a prepared statement has two positional parameters or more")
    return str(compiled), attrgetter(*order)
