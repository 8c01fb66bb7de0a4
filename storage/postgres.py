"""PostgreSQL behind `Database`, through asyncpg: a pool, and group commit for the turns of this process.

Any number of processes share the database. Reads run once more when their connection was gone, and so does
a write that certainly was not kept; whether a commit was kept whose answer never came, only its writer can
find out (`StoreUnavailable.maybe_done`).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
from sqlalchemy import Connection, exc, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.database import NOT_DONE, Batch, Database, Item, T, Unit, plain_error
from storage.errors import StorageError, StoreClosed, StoreUnavailable
from storage.group import Request, Results, run_apart, run_at_once, run_together
from storage.migrate import ensure_schema
from storage.savepoint import TransactionLost

POOL = 8
COMMITTERS = 2  # groups on their way at once: one is prepared while the other is run and flushed
TRIES = 3
CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 30.0
CLOSE_SECONDS = 3.0
OLDEST_VERSION = 150_000

_log = logging.getLogger(__name__)

_MIGRATION_LOCK = 0x6465_6164_7265_636B  # any number, the same in every process


class PostgresDatabase(Database):
    """A PostgreSQL database that other processes may share. Make it with `open`."""

    shared = True
    recovery_pauses = (0.05, 0.2, 0.5, 1.0, 2.0)

    def __init__(self, engine: AsyncEngine, *, read_only: bool = False) -> None:
        self._engine = engine
        self._read_only = read_only
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._waiting: dict[Batch[Any, Any] | None, list[Request]] = {}  # the unusual ones under None
        self._committers: set[asyncio.Task[None]] = set()
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, read_only: bool = False) -> "PostgresDatabase":
        """Connect and bring the tables up to date. Raises StoreUnavailable."""
        database = cls(_make_engine(url), read_only=read_only)
        try:
            await database.read(_check_version)
            if not read_only:
                await database.write(_migrate)
        except BaseException:
            await database._engine.dispose()
            raise
        return database

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit whose statements each see what was committed before them."""
        return await self._repeat(lambda: self._run(self._reading, unit))

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit in a transaction of its own."""
        self._check_writable()
        return await self._repeat(lambda: self._run(self._engine, unit))

    def write_together(self, batch: Batch[Item, T], item: Item) -> asyncio.Future[T]:
        """Put an item into the next group of this process."""
        self._check_open()
        self._check_writable()
        loop = asyncio.get_running_loop()
        request = Request(loop.create_future(), batch=batch, item=item)
        if not self._waiting:
            loop.call_soon(self._hand_over)
        self._waiting.setdefault(batch if batch.is_usual(item) else None, []).append(request)
        self.unanswered += 1
        return request.future

    async def close(self) -> None:
        """Finish the accepted groups, then close every connection. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._hand_over()
        while self._committers:
            await asyncio.wait(self._committers)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._engine.dispose()
        except TimeoutError:
            _log.warning("the database did not take leave; its connections are dropped")

    def _check_open(self) -> None:
        if self._closed:
            raise StoreClosed("the store is closed")

    def _check_writable(self) -> None:
        if self._read_only:
            raise StorageError("the store was opened for reading only")

    async def _repeat(self, attempt: Callable[[], Awaitable[T]]) -> T:
        self._check_open()
        for _ in range(TRIES - 1):
            try:
                return await attempt()
            except StoreUnavailable as error:
                if error.maybe_done:
                    raise
        return await attempt()

    async def _run(self, engine: AsyncEngine, unit: Unit[T], *, commits_itself: bool = False) -> T:
        """Run a unit and commit. Raises our errors; `maybe_done` once the COMMIT was on its way.

        With `commits_itself` that is from its first statement on.
        """
        committing = False
        try:
            async with engine.connect() as conn:
                committing = commits_itself
                result = await conn.run_sync(unit)
                committing = engine is self._engine
                await conn.commit()
                return result
        except (exc.SQLAlchemyError, TransactionLost) as error:
            raise plain_error(error, committing=committing) from error
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            message = f"the database does not answer: {error or type(error).__name__}"
            raise StoreUnavailable(message, maybe_done=committing) from error

    def _hand_over(self) -> None:
        """Start committers while somebody waits and a place is free; each goes on until nobody waits."""
        while self._waiting and len(self._committers) < COMMITTERS:
            task = asyncio.ensure_future(self._commit_waiting(*self._take_group()))
            self._committers.add(task)
            task.add_done_callback(self._committers.discard)

    def _take_group(self) -> tuple[Batch[Any, Any] | None, list[Request]]:
        """Take all who wait for the same as the one who has waited longest."""
        kind = next(iter(self._waiting))
        return kind, self._waiting.pop(kind)

    async def _commit_waiting(self, kind: Batch[Any, Any] | None, group: list[Request]) -> None:
        while True:
            began = time.perf_counter()
            try:
                at_once = kind is not None and len(group) <= kind.most_at_once
                results = await (self._commit_usual(group) if at_once else self._commit_group(group))
            except BaseException:  # the event loop is being shut down
                lost = StoreUnavailable("the program ended while the turn was kept", maybe_done=True)
                for request in group:
                    request.answer(lost)
                raise
            finally:
                self.unanswered -= len(group)
            self._committed(len(group), began)
            for request, result in zip(group, results, strict=True):
                request.answer(result)
            # Let those whom this commit woke take a place in the next group.
            await asyncio.sleep(0)
            if not self._waiting:
                return
            kind, group = self._take_group()

    async def _commit_usual(self, group: Sequence[Request]) -> Results:
        """Keep a group in one statement, and those that did not fit in a transaction of their own."""
        try:
            unit: Unit[Results] = lambda conn: run_at_once(conn, group)  # noqa: E731
            results = await self._run(self._reading, unit, commits_itself=True)
        except StoreUnavailable as error:
            if error.maybe_done and not _may_run_again(group):
                return [error] * len(group)
            return await self._commit_group(group, last_only=False)
        except Exception:  # noqa: BLE001 (it comes up again below, for those whom it concerns)
            return await self._commit_group(group, last_only=True)
        left = [index for index, result in enumerate(results) if result is NOT_DONE]
        if left:
            answers = await self._commit_group([group[index] for index in left], last_only=True)
            for index, answer in zip(left, answers, strict=True):
                results[index] = answer
        return results

    async def _commit_group(self, group: Sequence[Request], *, last_only: bool = False) -> Results:
        failure: Exception = StoreUnavailable("the database did not take the work")
        for run in (run_apart,) if last_only else (run_together, run_apart):
            try:
                return await self._run(self._engine, lambda conn, run=run: run(conn, group))
            except StoreUnavailable as error:
                failure = error
                if error.maybe_done and not _may_run_again(group):
                    break
            except Exception as error:  # noqa: BLE001 (every caller of the group gets it)
                failure = error
        return [failure] * len(group)


def _may_run_again(group: Sequence[Request]) -> bool:
    """Say whether doing all of it twice is the same as once."""
    return all(request.batch is not None and request.batch.repeatable for request in group)


def _make_engine(url: str) -> AsyncEngine:
    settings: dict[str, Any] = {"application_name": "dead-reckoning", "jit": "off"}
    arguments = {"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS, "server_settings": settings}
    try:
        parsed = make_url(url).set(drivername="postgresql+asyncpg")
    except (exc.ArgumentError, ValueError):
        raise StorageError("DATABASE_URL cannot be read; it looks like postgresql://user@host/name") from None
    return create_async_engine(parsed, pool_size=POOL, max_overflow=0, connect_args=arguments)


def _check_version(conn: Connection) -> None:
    version = int(conn.execute(text("SHOW server_version_num")).scalar_one())
    if version < OLDEST_VERSION:
        raise StoreUnavailable(f"PostgreSQL 15 or newer is needed, this one is {version // 10_000}")


def _migrate(conn: Connection) -> None:
    conn.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    ensure_schema(conn)
