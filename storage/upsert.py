"""INSERT … ON CONFLICT for both databases."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table


def put_row(conn: Connection, table: Table, values: Mapping[str, object]) -> None:
    """Insert a row, or give the row with the same primary key these values."""
    keys = [column.name for column in table.primary_key]
    changes = {name: value for name, value in values.items() if name not in keys}
    statement = insert_into(conn.dialect.name, table).values(**values)
    conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes))


def add_row(conn: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Insert a row; give False and change nothing where one of its unique keys is taken."""
    statement = insert_into(conn.dialect.name, table).values(**values).on_conflict_do_nothing()
    return conn.execute(statement).rowcount == 1


def insert_into(dialect: str, table: Table) -> Any:
    """Begin the INSERT of a database that knows ON CONFLICT, by the name of its dialect."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert(table)
