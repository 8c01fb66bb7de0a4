"""Rows of one table written many at a time, in one statement, by the callers who wait at the same moment.

A row with the same primary key is replaced; `Change`s say where something else is wanted. On SQLite it is one
`executemany`, on PostgreSQL one INSERT from an array per column. The transaction is the caller's.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Connection, String, Table, Text, bindparam, column, func, select
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError

from storage.database import own_error
from storage.errors import StorageError
from storage.prepared import run_on_sqlite
from storage.savepoint import savepoint
from storage.upsert import insert_into

Row = TypeVar("Row")
Excluded = Any  # the columns of the row that could not be inserted


class PutRows(Generic[Row]):
    """A `Batch` whose items' attributes are the table's columns.

    `changes` gives columns of a present row another value than the new row's; `only_if` leaves a present row
    as it is where it does not hold.
    """

    repeatable = True
    most_at_once = 10_000

    def __init__(
        self,
        table: Table,
        *,
        changes: Callable[[Excluded], dict[str, ColumnElement[Any]]] | None = None,
        only_if: Callable[[Excluded], ColumnElement[bool]] | None = None,
    ) -> None:
        self.name = table.name
        self._table = table
        self._changes = changes
        self._only_if = only_if
        self._names = [each.name for each in table.c]
        self._key = attrgetter(*[each.name for each in table.primary_key])
        self._values = attrgetter(*self._names)
        self._compiled: dict[str, tuple[str, list[int]]] = {}

    def is_usual(self, item: Row) -> bool:
        """Every row is like every other."""
        return True

    def at_once(self, conn: Connection, items: Sequence[Row]) -> list[None]:
        """Write all rows in one statement, as `together` does."""
        return self.together(conn, items)

    def together(self, conn: Connection, items: Sequence[Row]) -> list[None]:
        """Write all rows; of two with one key, the later."""
        self.put(conn, items)
        return [None] * len(items)

    def apart(self, conn: Connection, items: Sequence[Row]) -> list[StorageError | None]:
        """Write each row that the table takes; give for each of the others its error."""
        return [self._put_alone(conn, item) for item in items]

    def _put_alone(self, conn: Connection, row: Row) -> StorageError | None:
        try:
            with savepoint(conn):
                self.put(conn, [row])
        except (SQLAlchemyError, StorageError) as error:
            return own_error(conn, error)
        return None

    def put(self, conn: Connection, rows: Sequence[Row]) -> int:
        """Write rows; give how many were written, fewer than given where one was not wanted."""
        if not rows:
            return 0
        # Every process writes in the same order, so that two never wait for each other in a circle.
        distinct = {self._key(row): row for row in rows}
        ordered = [self._values(distinct[key]) for key in sorted(distinct)]
        dialect = conn.dialect
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        text, order = self._compiled[dialect.name]
        if dialect.name == "sqlite":
            rows_ = [tuple([values[place] for place in order]) for values in ordered]
            return run_on_sqlite(conn.connection.driver_connection, text, rows_)
        columns = list(zip(*ordered, strict=True))
        return conn.exec_driver_sql(text, tuple([list(columns[place]) for place in order])).rowcount

    def _compile(self, dialect: Dialect) -> tuple[str, list[int]]:
        """Give the statement, and which column each of its parameters is."""
        names, statement = self._names, insert_into(dialect.name, self._table)
        if dialect.name == "postgresql":
            statement = statement.from_select(names, _unnest(self._table))
        else:
            statement = statement.values({name: bindparam(name) for name in names})
        new, keys = statement.excluded, [each.name for each in self._table.primary_key]
        changes = {name: new[name] for name in names if name not in keys}
        changes |= self._changes(new) if self._changes else {}
        only_if = self._only_if(new) if self._only_if else None
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changes, where=only_if)
        compiled = statement.compile(dialect=dialect)
        return str(compiled), [names.index(name) for name in compiled.positiontup]


def _unnest(table: Table) -> Any:
    """Select the rows that come as one array per column, each bound under its column's name."""
    # A cast to varchar(64) would cut a long text; without a length the column itself refuses it.
    kinds = {each.name: Text() if isinstance(each.type, String) else each.type for each in table.c}
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items()]
    columns = [column(name, kind) for name, kind in kinds.items()]
    rows = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    return select(*[rows.c[name] for name in kinds])
