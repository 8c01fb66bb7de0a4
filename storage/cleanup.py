"""Clears away what nobody will ask for again: done jobs, votes on turns long past, leases nobody wants.

Fenced: the transaction that removes checks the lease of whoever does it. It removes nothing that a player
could miss, and no parked job: `doctor` shows those.
"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select

from storage.database import Database
from storage.leases import Lease, check_lease
from storage.schema import job, lease, vote

DAY = 86_400.0
DONE_JOB_SECONDS = 30 * DAY  # long after the last redelivery of the turn that promised it
VOTE_SECONDS = 7 * DAY  # no countdown lasts longer than one
LEASE_SECONDS = 7 * DAY  # its owner's name is never used again, so a new row may begin at epoch 1


class Cleared(NamedTuple):
    """How many rows were removed."""

    jobs: int
    votes: int
    leases: int


class CleanupStore:
    """Removes old rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def clear(self, held: Lease, now: float) -> Cleared:
        """Remove what is old. Raises StaleEpoch when the lease has passed on; then nothing was removed."""
        old_jobs = delete(job).where(
            job.c.phase == "done", job.c.not_before < now - DONE_JOB_SECONDS, _has_successors()
        )
        old_votes = delete(vote).where(vote.c.at < now - VOTE_SECONDS)
        # A lease that was given back has no end that could be compared, and its row may be wanted again.
        old_leases = delete(lease).where(lease.c.owner != "", lease.c.until < now - LEASE_SECONDS)

        def unit(conn: Connection) -> Cleared:
            check_lease(conn, held)
            return Cleared(*(conn.execute(one).rowcount for one in (old_jobs, old_votes, old_leases)))

        return await self._database.write(unit)


def _has_successors() -> ColumnElement[bool]:
    """Say whether a job is older than its session's last two voyages.

    Those two may be promised again whenever the channel is played on, and only the row says that they had it.
    """
    later = job.alias("later")
    same = (later.c.kind == job.c.kind) & (later.c.session_id == job.c.session_id)
    return select(later.c.job_id).where(same, later.c.voyage > job.c.voyage + 1).correlate(job).exists()
