"""Runs units of work on a SQL database. It knows connections and transactions, not what the units do.

A unit is a plain function of a SQLAlchemy connection. It runs in one transaction, off the event loop or in
SQLAlchemy's greenlet, must not keep the connection, and may run again: when another unit of the same
transaction fails, all are undone and run once more, each in a SAVEPOINT of its own. A batch does the same
for many items at a time, so that concurrent callers share statements as well as the transaction.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Connection, exc

from storage.errors import Conflict, StorageError, StoreUnavailable
from storage.savepoint import TransactionLost

T = TypeVar("T")
Item = TypeVar("Item", contravariant=True)
Result = TypeVar("Result", covariant=True)

Unit = Callable[[Connection], T]


class NotDone:
    """The answer for an item that did not fit."""


NOT_DONE = NotDone()


class Batch(Protocol[Item, Result]):
    """One kind of work on many items. Groups do their kinds in the order of `name`, in every process."""

    @property
    def name(self) -> str: ...

    @property
    def repeatable(self) -> bool: ...  # doing it twice is the same as once

    @property
    def most_at_once(self) -> int: ...  # items; from here on `together` is cheaper than `at_once`

    def is_usual(self, item: Item) -> bool:
        """Say whether `at_once` may be given the item. Other items go through the two below."""
        ...

    def at_once(self, conn: Connection, items: Sequence[Item]) -> Sequence[Result | NotDone]:
        """Do it in one statement that commits itself, for all or for those that fit; say which it was not.

        Only for PostgreSQL. Whatever it raises, nothing was done.
        """
        ...

    def together(self, conn: Connection, items: Sequence[Item]) -> Sequence[Result]:
        """Do it for all, or raise: then everything is undone and `apart` is called."""
        ...

    def apart(self, conn: Connection, items: Sequence[Item]) -> Sequence[Result | StorageError]:
        """Do it for each item that fits, and give for each of the others its error."""
        ...


class Database(ABC):
    """One SQL database and its connections.

    `recovery_pauses` are the seconds to wait before each further try of work that found the database away.
    `shared` says whether other processes may write too, so that what was read may be old. `unanswered` is how
    many writes of groups wait to be durable.
    """

    recovery_pauses: tuple[float, ...] = ()
    shared: bool = False
    unanswered: int = 0
    _on_commit: Callable[[int, float], None] | None = None

    def observe_commits(self, observer: Callable[[int, float], None]) -> None:
        """Have a group's size and the seconds that its transaction took told, in whatever thread ran it."""
        self._on_commit = observer

    def _committed(self, size: int, began: float) -> None:
        """Tell of a group whose transaction began at a moment of `time.perf_counter`."""
        if self._on_commit is not None:
            self._on_commit(size, time.perf_counter() - began)

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
    def write_together(self, batch: Batch[Item, T], item: Item) -> Awaitable[T]:
        """Run `batch` over this item and whatever else waits for the same batch; durable as in `write`."""

    @abstractmethod
    async def close(self) -> None:
        """Finish the accepted work, then let the connections go."""


def plain_error(error: Exception, *, committing: bool = False) -> Exception:
    """Turn a SQLAlchemy error into ours; others come back as they are.

    With `committing` the COMMIT was on its way: a broken connection leaves its outcome unknown.
    """
    if isinstance(error, TransactionLost) and isinstance(error.__cause__, Exception):
        return plain_error(error.__cause__, committing=committing)
    if isinstance(error, exc.IntegrityError):
        return Conflict(str(error.orig))
    if isinstance(error, exc.DBAPIError):
        state: str = getattr(error.orig, "sqlstate", None) or ""
        if state in _UNDONE:
            return StoreUnavailable(str(error.orig))
        if error.connection_invalidated or isinstance(error, _AWAY) or state.startswith(_AWAY_STATES):
            return StoreUnavailable(str(error.orig), maybe_done=committing)
    if isinstance(error, exc.TimeoutError):
        return StoreUnavailable("every connection to the database is busy")
    if isinstance(error, exc.SQLAlchemyError):
        return StorageError(str(getattr(error, "orig", None) or error))
    return error


def own_error(conn: Connection, error: Exception) -> StorageError:
    """Give ours for an error that undid no more than a SAVEPOINT. Raises it where all is undone."""
    plain = plain_error(error)
    if conn.invalidated or not isinstance(plain, StorageError):
        raise error
    return plain


_UNDONE = ("40001", "40P01")  # serialization failure, deadlock: undone for certain
_AWAY = (exc.OperationalError, exc.InterfaceError, exc.InternalError)
_AWAY_STATES = ("08", "53", "57", "58")  # connection, resources, operator, system: it may work again
