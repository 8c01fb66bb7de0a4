"""SQLite behind `Database`: one writer thread with group commit, a few readers, one process per file.

The writer takes everything that waits, runs it in one transaction and makes it durable with one fsync. When
one of it fails, all is undone and run again, each in its own SAVEPOINT, so that one is undone alone. Nobody
hears of success before the COMMIT.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL

from storage.database import Batch, Database, Item, T, Unit, plain_error
from storage.errors import StorageError, StoreClosed, StoreUnavailable
from storage.filelock import FileLock
from storage.group import Request, Results, run_apart, run_together
from storage.migrate import ensure_schema

READERS = 2
BUSY_TIMEOUT_MS = 10_000  # another program may look into the file (a backup, the sqlite3 shell)
CHECKPOINT_PAGES = 4_000  # 16 MB of log before it is moved into the file

_CLOSED = "the store is closed"


class SqliteDatabase(Database):
    """A SQLite file that this process owns. Make it with `open`, inside the event loop that uses it."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        self._engine = _make_engine(path, read_only=read_only)
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Request] = []
        self._groups: queue.SimpleQueue[list[Request] | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer = threading.Thread(target=self._write_groups, name="store-writer", daemon=True)
        self._writing: Connection | None = None
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, read_only: bool = False) -> "SqliteDatabase":
        """Open or create the file and bring its tables up to date.

        With `read_only` nothing is locked, created or migrated. Raises StoreLocked, StoreUnavailable.
        """
        database = cls(path, read_only=read_only)
        try:
            await database._loop.run_in_executor(database._readers, database._prepare)
        except BaseException:
            database._let_go()
            raise
        if not read_only:
            database._writer.start()
        return database

    def _prepare(self) -> None:
        if self._read_only:
            if not self._path.is_file():
                raise StoreUnavailable(f"there is no database at {self._path}")
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            writing = self._engine.connect().execution_options(writes=True)
            with writing.begin():
                ensure_schema(writing)
            self._writing = writing
        except OSError as error:
            raise StoreUnavailable(f"cannot open {self._path}: {error.strerror}") from error
        except exc.DBAPIError as error:
            raise StoreUnavailable(f"cannot open {self._path}: {error.orig}") from error

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit on a reader's connection; it sees everything that was committed before."""
        if self._closed:
            raise StoreClosed(_CLOSED)
        return await self._loop.run_in_executor(self._readers, self._read_now, unit)

    def _read_now(self, unit: Unit[T]) -> T:
        try:
            with self._engine.connect() as conn:
                return unit(conn)
        except exc.SQLAlchemyError as error:
            raise plain_error(error) from error

    async def write(self, unit: Unit[T]) -> T:
        """Queue a unit for the next group and wait until that is durable."""
        return await self._submit(Request(self._loop.create_future(), unit=unit))

    def write_together(self, batch: Batch[Item, T], item: Item) -> asyncio.Future[T]:
        """Queue an item for the next group's one call of `batch`."""
        return self._submit(Request(self._loop.create_future(), batch=batch, item=item))

    def _submit(self, request: Request) -> asyncio.Future[Any]:
        if self._closed:
            raise StoreClosed(_CLOSED)
        if self._read_only:
            raise StorageError("the store was opened for reading only")
        if not self._waiting:
            # Everybody whom the last commit woke gets a place in this group before it is handed over.
            self._loop.call_soon(self._hand_over)
        self._waiting.append(request)
        self.unanswered += 1
        return request.future

    def _hand_over(self) -> None:
        group, self._waiting = self._waiting, []
        if group:
            self._groups.put(group)

    def _write_groups(self) -> None:
        assert self._writing is not None
        stop = False
        while not stop and (group := self._groups.get()) is not None:
            stop = self._take_waiting(group)
            began = time.perf_counter()
            results = _commit_group(self._writing, group)
            self._committed(len(group), began)
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._resolve, group, results)

    def _resolve(self, group: list[Request], results: Sequence[object]) -> None:
        self.unanswered -= len(group)
        for request, result in zip(group, results, strict=True):
            request.answer(result)

    def _take_waiting(self, group: list[Request]) -> bool:
        """Add whatever else was handed over by now; give True when the end is among it."""
        while not self._groups.empty():
            more = self._groups.get()
            if more is None:
                return True
            group += more
        return False

    async def close(self) -> None:
        """Write what was accepted, move the log into the file and free it. A second call does nothing."""
        if self._closed:
            return
        self._hand_over()
        self._closed = True
        self._groups.put(None)
        await self._loop.run_in_executor(None, self._finish)

    def _finish(self) -> None:
        if not self._read_only:
            self._writer.join()
        self._readers.shutdown(wait=True)
        if self._writing is not None:
            self._writing.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._let_go()

    def _let_go(self) -> None:
        self._closed = True
        self._readers.shutdown(wait=False)
        if self._writing is not None:
            self._writing.close()
        self._engine.dispose()
        self._lock.release()


def _commit_group(conn: Connection, group: list[Request]) -> Results:
    """Run one group to its end; give one result or error for each request."""
    try:
        with conn.begin():
            return run_together(conn, group)
    except Exception as error:  # noqa: BLE001 (the caller gets it, or it comes up again below)
        if len(group) == 1 and group[0].unit is not None:
            return [plain_error(error)]
    try:
        with conn.begin():
            return run_apart(conn, group)
    except Exception as error:  # noqa: BLE001 (the writer must live; every caller gets the error)
        return [plain_error(error)] * len(group)


def _make_engine(path: Path, *, read_only: bool) -> Engine:
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, pool_size=READERS + 1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver must not begin transactions on its own: SAVEPOINT needs the real BEGIN below.
        connection.isolation_level = None
        for pragma in pragmas(read_only=read_only):
            connection.execute("PRAGMA " + pragma)

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        writes = conn.get_execution_options().get("writes", False)
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def pragmas(*, read_only: bool) -> list[str]:
    """List what is set on every connection."""
    common = [f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"]
    if read_only:
        return [*common, "query_only=ON"]
    return [
        *common,
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL loses acknowledged turns when the power fails
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
    ]
