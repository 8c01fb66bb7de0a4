"""A part of a transaction that can be undone alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, exc


class TransactionLost(Exception):
    """The whole transaction is undone; `__cause__` says why (the disk is full, the connection broke)."""


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """Undo what the block wrote when it raises, and raise its error.

    Raises TransactionLost from the block's error when there is nothing left to go back to.
    """
    nested = conn.begin_nested()
    try:
        yield
    except Exception as error:
        try:
            nested.rollback()
        except exc.SQLAlchemyError:
            raise TransactionLost from error
        raise
    nested.commit()
