"""What can go wrong in the store.

StorageError
├── Conflict           another writer was first; load again
├── UnitFailed         a unit beside a turn failed, so the turn was not kept
├── StoreLocked        another process holds the SQLite file
├── StoreUnavailable   the database did not take the work; `maybe_done` says whether its outcome is unknown
│   └── StoreClosed    this process has closed the store
├── StaleEpoch         the lease, job or session has passed to another owner; the write was refused
├── FileMissing        there is no such file
└── FilesAway          the place of the files cannot be reached, or refuses
"""


class StorageError(Exception):
    """Base of every expected error of the store."""


class Conflict(StorageError):
    """The row has another version than expected, or exists already."""


class UnitFailed(StorageError):
    """A unit that runs in a turn's transaction failed: neither it nor the turn was kept."""


class StoreLocked(StorageError):
    """Another process holds the SQLite file."""


class StoreUnavailable(StorageError):
    """The database is away, closed or full.

    `maybe_done` is true when the connection broke around the commit: the work may have been kept, so look it
    up before doing it again.
    """

    def __init__(self, message: str, *, maybe_done: bool = False) -> None:
        super().__init__(message)
        self.maybe_done = maybe_done


class StoreClosed(StoreUnavailable):
    """This process has closed the store; trying again is no use."""


class StaleEpoch(StorageError):
    """The lease, job or session has passed to another owner."""


class FileMissing(StorageError, FileNotFoundError):
    """There is no file of that key."""


class FilesAway(StorageError, OSError):
    """The place of the files cannot be reached, is full, or refuses; nothing is known to be stored."""
