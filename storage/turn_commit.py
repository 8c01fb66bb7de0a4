"""Commits many turns in few statements, each exactly once. The transaction is the caller's.

The usual case (every turn new, every session at its expected version) takes one statement per table for the
whole group. When the database refuses it, the repeats and the late ones are looked up and answered, and the
others go together again; whatever the database still refuses goes one by one.
"""

from collections.abc import Sequence
from operator import attrgetter

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from storage import turn_statements as statements
from storage.database import NOT_DONE, NotDone, own_error
from storage.errors import Conflict, StaleEpoch, StorageError, UnitFailed
from storage.rows import TurnCommit, TurnRow
from storage.savepoint import savepoint
from storage.schema import session, turn
from storage.turn_at_once import TurnsAtOnce, is_usual


class Committed(msgspec.Struct, frozen=True):
    """The accepted turn. `repeated` is true when its id had been accepted before."""

    row: TurnRow
    repeated: bool = False


def check_commit(commit: TurnCommit) -> None:
    """Refuse a commit that contradicts itself. Raises ValueError."""
    if (commit.n == 1) != (commit.launch is not None):
        raise ValueError("a voyage's first turn is its launch, and no other")
    if commit.expected_version == 0 and (commit.voyage, commit.n, commit.finish) != (1, 1, None):
        raise ValueError("a session begins with the launch of its first voyage")
    if commit.voyage < 1 or commit.n < 1 or commit.expected_version < 0:
        raise ValueError("voyages and turns are numbered from 1, versions from 0")


class TurnBatch:
    """Turns that are committed at the same time."""

    name = "a turn"  # before every other kind: it is what others follow
    repeatable = False
    most_at_once = (
        48  # then a turn costs the server 10 µs more so, and the ways to and fro are shared by many
    )

    def __init__(self) -> None:
        self._usual = TurnsAtOnce()

    def is_usual(self, item: TurnCommit) -> bool:
        """Say whether a turn goes on with its voyage and has nothing beside it."""
        return is_usual(item)

    def at_once(self, conn: Connection, items: Sequence[TurnCommit]) -> list[Committed | NotDone]:
        """Write those that fit in one statement. Raises IntegrityError or Conflict when that writes none."""
        if len({commit.session_id for commit in items}) != len(items):
            raise Conflict("two turns of one session in one group")
        kept = self._usual.run(conn, sorted(items, key=_session_id))
        return [Committed(row_of(each)) if each.session_id in kept else NOT_DONE for each in items]

    def together(self, conn: Connection, items: Sequence[TurnCommit]) -> list[Committed]:
        """Write all of them. Raises IntegrityError or Conflict when one does not fit."""
        if len({commit.session_id for commit in items}) != len(items):
            raise Conflict("two turns of one session in one group")
        # Every process writes sessions in the same order, so that two never wait for each other.
        _write(conn, sorted(items, key=_session_id))
        return [Committed(row_of(commit)) for commit in items]

    def apart(self, conn: Connection, items: Sequence[TurnCommit]) -> list[Committed | StorageError]:
        """Write those that fit; say for each of the others that it is a repeat, too late, or refused."""
        results = _sift(conn, items)
        rest = [commit for index, commit in enumerate(items) if index not in results]
        try:
            with savepoint(conn):
                answers = iter(self.together(conn, rest) if rest else [])
        except (SQLAlchemyError, StorageError) as error:
            own_error(conn, error)
            answers = iter([_commit_alone(conn, commit) for commit in rest])
        return [results[index] if index in results else next(answers) for index in range(len(items))]


def _sift(conn: Connection, items: Sequence[TurnCommit]) -> dict[int, Committed | StorageError]:
    """Find the items that cannot be new, with their answers, by their index."""
    ids = [commit.turn_id for commit in items]
    stored = {row.turn_id: row for row in conn.execute(select(*turn.c).where(turn.c.turn_id.in_(ids)))}
    names = {commit.session_id for commit in items}
    columns = (session.c.session_id, session.c.version, session.c.owner, session.c.epoch)
    found = conn.execute(select(*columns).where(session.c.session_id.in_(names)))
    versions, holders = {}, {}
    for name, version, owner, epoch in found:
        versions[name], holders[name] = version, (owner, epoch)
    shared = conn.dialect.name == "postgresql"
    results: dict[int, Committed | StorageError] = {}
    for index, commit in enumerate(items):
        row = stored.get(commit.turn_id)
        if row is not None and row.session_id == commit.session_id:
            results[index] = Committed(TurnRow(*row), repeated=True)
        elif versions.get(commit.session_id, 0) != commit.expected_version:
            results[index] = _late(commit)
        elif shared and holders.get(commit.session_id, _NOBODY) != (commit.held_by, commit.epoch):
            results[index] = StaleEpoch(f"session {commit.session_id} has left {commit.held_by or 'nobody'}")
    return results


def _commit_alone(conn: Connection, commit: TurnCommit) -> Committed | StorageError:
    try:
        with savepoint(conn):
            _write(conn, [commit])
    except (IntegrityError, Conflict):
        # Another process may have kept the same turn between the look and the write.
        return _sift(conn, [commit]).get(0, _late(commit))
    except (SQLAlchemyError, StorageError) as error:
        return own_error(conn, error)
    return Committed(row_of(commit))


def _write(conn: Connection, commits: Sequence[TurnCommit]) -> None:
    going_on = [commit for commit in commits if commit.expected_version > 0 and commit.finish is None]
    ending = [commit for commit in commits if commit.expected_version > 0 and commit.finish is not None]
    fresh = [commit for commit in commits if commit.expected_version == 0]
    for moved, active in ((going_on, True), (ending, False)):
        if moved and statements.move_sessions(conn, moved, active=active) != len(moved):
            raise Conflict("a session has another version")
    if fresh:
        statements.INSERT_SESSION.run(conn, fresh)
    launches = [commit for commit in commits if commit.launch is not None]
    if launches:
        statements.INSERT_VOYAGE.run(conn, launches)
    statements.insert_turns(conn, commits)
    if ending:
        statements.FINISH_VOYAGE.run(conn, ending)
        statements.INSERT_TAPE_JOB.run(conn, ending)
    for commit in commits:
        _write_also(conn, commit)


def _write_also(conn: Connection, commit: TurnCommit) -> None:
    try:
        for unit in commit.also:
            unit(conn)
    except (SQLAlchemyError, StorageError):
        raise
    except Exception as error:
        raise UnitFailed(
            f"beside turn {commit.voyage}.{commit.n} of {commit.session_id}: {error!r}"
        ) from error


_session_id = attrgetter("session_id")
_NOBODY = ("", 0)


def _late(commit: TurnCommit) -> Conflict:
    return Conflict(f"session {commit.session_id} is not at version {commit.expected_version} any more")


def row_of(commit: TurnCommit) -> TurnRow:
    """Give the journal row that a commit makes."""
    return TurnRow(
        commit.session_id,
        commit.voyage,
        commit.n,
        commit.turn_id,
        commit.actor,
        commit.at,
        commit.action,
        commit.outcome,
    )
