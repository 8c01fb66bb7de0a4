"""Background work that was promised in a turn's transaction: claimed, fenced, retried, parked.

A claim is a lease: it carries the owner and the attempt, and a report with another owner or attempt than the
row's is refused. A job that failed five times, or whose worker died in its fifth, is parked with its error.
"""

from sqlalchemy import Connection, func, insert, select, update

from storage.database import Database
from storage.errors import StaleEpoch
from storage.rows import JobRow, OpenJob
from storage.schema import job
from storage.upsert import add_row

MAX_ATTEMPTS = 5
BACKOFF_SECONDS = (2.0, 8.0, 30.0, 120.0)  # before attempts 2, 3, 4, 5

_COLUMNS = (
    job.c.job_id,
    job.c.kind,
    job.c.session_id,
    job.c.voyage,
    job.c.attempt,
    job.c.owner,
    job.c.not_before,
    job.c.error,
    job.c.progress,
)
_OPEN = tuple(job.c[name] for name in OpenJob._fields)


class JobStore:
    """Jobs of a kind, at most one per voyage, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, kind: str, session_id: str, voyage: int, now: float) -> bool:
        """Promise a job; give False when this voyage had one of the kind before, done or not."""
        values = {
            "kind": kind,
            "session_id": session_id,
            "voyage": voyage,
            "phase": "open",
            "attempt": 0,
            "owner": "",
            "not_before": now,
            "error": "",
        }
        return await self._database.write(lambda conn: add_row(conn, job, values))

    async def claim(self, kind: str, owner: str, lease_seconds: float, now: float) -> JobRow | None:
        """Take the oldest job that is due, or whose worker's lease has run out; None when there is none."""

        def unit(conn: Connection) -> JobRow | None:
            while (row := _next_due(conn, kind, now)) is not None:
                if row.attempt < MAX_ATTEMPTS:
                    return _take(conn, row, owner, now + lease_seconds)
                _set(conn, row, phase="parked", owner="", error=row.error or "the worker died at it")
            return None

        return await self._database.write(unit)

    async def renew(
        self, claimed: JobRow, lease_seconds: float, now: float, progress: float | None = None
    ) -> JobRow:
        """Move the end of a claim, and note how far its work is (0..1) where that is given.

        Raises StaleEpoch when the job has passed to another worker.
        """
        values = {} if progress is None else {"progress": min(max(progress, 0.0), 1.0)}
        return await self._report(claimed, not_before=now + lease_seconds, **values)

    async def release(self, claimed: JobRow, now: float = 0.0) -> None:
        """Give a claim back as if it had not been taken; the job is due at `now`, by default before others.

        Raises StaleEpoch when it has passed to another worker.
        """
        attempt = claimed.attempt - 1
        await self._report(claimed, owner="", attempt=attempt, not_before=now, progress=0.0)

    async def finish(self, claimed: JobRow) -> None:
        """Report a job as done. Raises StaleEpoch when it has passed to another worker."""
        await self._report(claimed, phase="done", error="", progress=1.0)

    async def fail(self, claimed: JobRow, error: str, now: float) -> bool:
        """Report a failure; give True when the job is parked for it, else it comes up again after a while.

        Raises StaleEpoch when the job has passed to another worker.
        """
        parked = claimed.attempt >= MAX_ATTEMPTS
        if parked:
            await self._report(claimed, phase="parked", owner="", error=error)
        else:
            pause = BACKOFF_SECONDS[claimed.attempt - 1]
            await self._report(claimed, owner="", error=error, not_before=now + pause, progress=0.0)
        return parked

    async def list_parked(self, kind: str | None = None) -> list[JobRow]:
        """List the jobs that were given up."""
        statement = select(*_COLUMNS).where(job.c.phase == "parked").order_by(job.c.job_id)
        if kind is not None:
            statement = statement.where(job.c.kind == kind)

        def unit(conn: Connection) -> list[JobRow]:
            return [JobRow(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def open(self, kind: str) -> list[OpenJob]:
        """List the jobs that wait or are being worked on, next one first."""
        statement = select(*_OPEN).where(job.c.kind == kind, job.c.phase == "open")
        statement = statement.order_by(job.c.not_before, job.c.job_id)

        def unit(conn: Connection) -> list[OpenJob]:
            return [OpenJob(*row) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def count_open(self, kind: str) -> int:
        """Count the jobs that wait or are being worked on."""
        statement = select(job.c.job_id).where(job.c.kind == kind, job.c.phase == "open")
        return await self._database.read(lambda conn: len(conn.execute(statement).all()))

    async def count_by_phase(self) -> dict[tuple[str, str], int]:
        """Count the jobs by kind and phase: open, done, parked."""
        statement = select(job.c.kind, job.c.phase, func.count()).group_by(job.c.kind, job.c.phase)
        rows = await self._database.read(lambda conn: conn.execute(statement).all())
        return {(kind, phase): count for kind, phase, count in rows}

    async def reopen(self, kind: str, session_id: str, voyage: int, now: float) -> None:
        """Have a job done again from its first attempt, whatever became of it; add it if there was none."""
        values = {"phase": "open", "attempt": 0, "owner": "", "not_before": now, "error": "", "progress": 0.0}
        key = {"kind": kind, "session_id": session_id, "voyage": voyage}

        def unit(conn: Connection) -> None:
            place = [job.c[name] == value for name, value in key.items()]
            if conn.execute(update(job).where(*place).values(**values)).rowcount == 0:
                conn.execute(insert(job).values(**key, **values))

        await self._database.write(unit)

    async def _report(self, claimed: JobRow, **values: object) -> JobRow:
        statement = (
            update(job)
            .where(
                job.c.job_id == claimed.job_id,
                job.c.owner == claimed.owner,
                job.c.attempt == claimed.attempt,
                job.c.phase == "open",
            )
            .values(**values)
            .returning(*_COLUMNS)
        )

        def unit(conn: Connection) -> JobRow:
            row = conn.execute(statement).first()
            if row is None:
                raise StaleEpoch(f"job {claimed.job_id} has left {claimed.owner}")
            return JobRow(*row)

        return await self._database.write(unit)


def _next_due(conn: Connection, kind: str, now: float) -> JobRow | None:
    statement = (
        select(*_COLUMNS)
        .where(job.c.kind == kind, job.c.phase == "open", job.c.not_before <= now)
        .order_by(job.c.not_before, job.c.job_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = conn.execute(statement).first()
    return JobRow(*row) if row else None


def _take(conn: Connection, row: JobRow, owner: str, until: float) -> JobRow:
    return _set(conn, row, owner=owner, attempt=row.attempt + 1, not_before=until, progress=0.0)


def _set(conn: Connection, row: JobRow, **values: object) -> JobRow:
    statement = update(job).where(job.c.job_id == row.job_id).values(**values).returning(*_COLUMNS)
    return JobRow(*conn.execute(statement).one())
