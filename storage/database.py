"""Runs units of work on a SQL database. It knows connections and transactions, not what the units do.

A unit is a plain function of a SQLAlchemy connection. It runs in one transaction, off the event loop or in
SQLAlchemy's greenlet, must not keep the connection, and may run again: when another unit of the same
transaction fails, all are undone and run once more, each in a SAVEPOINT of its own. A batch does the same
for many items at a time, so that concurrent callers share statements as well as the transaction.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Connection, exc

from storage.errors import Conflict, StorageError, StoreUnavailable

T = TypeVar("T")
Item = TypeVar("Item", contravariant=True)
Result = TypeVar("Result", covariant=True)

Unit = Callable[[Connection], T]


class Batch(Protocol[Item, Result]):
    """One kind of work on many items."""

    def together(self, conn: Connection, items: Sequence[Item]) -> Sequence[Result]:
        """Do it for all, or raise: then everything is undone and `apart` is called."""
        ...

    def apart(self, conn: Connection, items: Sequence[Item]) -> Sequence[Result | StorageError]:
        """Do it for each item that fits, and give for each of the others its error."""
        ...


class Database(ABC):
    """One SQL database and its connections.

    `recovery_pauses` are the seconds to wait before each further try of work that found the database away.
    """

    recovery_pauses: tuple[float, ...] = ()

    @abstractmethod
    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads. Raises StoreUnavailable."""

    @abstractmethod
    async def write(self, unit: Unit[T]) -> T:
        """Run a unit in a transaction and give its result once it is durable.

        An exception out of the unit undoes that unit alone and is raised here. Raises Conflict for a broken
        constraint, StoreUnavailable.
        """

    @abstractmethod
    async def write_together(self, batch: Batch[Item, T], item: Item) -> T:
        """Run `batch` over this item and whatever else waits for the same batch; durable as in `write`."""

    @abstractmethod
    async def close(self) -> None:
        """Finish the accepted work, then let the connections go."""


def plain_error(error: Exception, *, committing: bool = False) -> Exception:
    """Turn a SQLAlchemy error into ours; others come back as they are."""
    if isinstance(error, exc.IntegrityError):
        return Conflict(str(error.orig))
    if isinstance(error, exc.DBAPIError):
        maybe_done = committing or bool(error.connection_invalidated)
        return StoreUnavailable(str(error.orig), maybe_done=maybe_done)
    if isinstance(error, exc.SQLAlchemyError):
        return StorageError(str(error))
    return error
