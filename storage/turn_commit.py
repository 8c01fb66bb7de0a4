"""Commits many turns in few statements, each exactly once. The transaction is the caller's.

The usual case (every turn new, every session at its expected version) takes one statement per table for the
whole group. When the database refuses one of them, the group is undone and its turns go one by one, so that
each gets its own answer.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.errors import Conflict, StorageError
from storage.rows import TurnCommit, TurnRow
from storage.schema import job, session, turn, voyage
from storage.session_update import update_sessions

TAPE_JOB = "tape"


class Committed(msgspec.Struct, frozen=True):
    """The accepted turn. `repeated` is true when its id had been accepted before."""

    row: TurnRow
    repeated: bool = False


def check_commit(commit: TurnCommit) -> None:
    """Refuse a commit that contradicts itself. Raises ValueError."""
    if (commit.n == 1) != (commit.launch is not None):
        raise ValueError("a voyage's first turn is its launch, and no other")
    if commit.voyage < 1 or commit.n < 1 or commit.expected_version < 0:
        raise ValueError("voyages and turns are numbered from 1, versions from 0")


def commit_turns(conn: Connection, commits: Sequence[TurnCommit]) -> list[Committed | StorageError]:
    """Commit each turn, or say for each why not."""
    if len({commit.session_id for commit in commits}) == len(commits):
        try:
            with conn.begin_nested():
                _commit_together(conn, commits)
        except (IntegrityError, Conflict):
            pass  # somebody's turn is a repeat or too late: find out whose
        else:
            return [Committed(_row(commit)) for commit in commits]
    return [_commit_alone(conn, commit) for commit in commits]


def _commit_alone(conn: Connection, commit: TurnCommit) -> Committed | StorageError:
    try:
        with conn.begin_nested():
            _commit_together(conn, [commit])
    except IntegrityError as error:
        refusal = Conflict(f"turn {commit.voyage}.{commit.n} of session {commit.session_id}: {error.orig}")
    except Conflict as error:
        refusal = error
    else:
        return Committed(_row(commit))
    return _find_repeated(conn, commit) or refusal


def _find_repeated(conn: Connection, commit: TurnCommit) -> Committed | None:
    stored = conn.execute(_FIND_TURN, {"of_session": commit.session_id, "of_turn": commit.turn_id}).first()
    return Committed(TurnRow(*stored), repeated=True) if stored else None


def _commit_together(conn: Connection, commits: Sequence[TurnCommit]) -> None:
    """Write all of them. Raises IntegrityError or Conflict when one does not fit."""
    known = [commit for commit in commits if commit.expected_version > 0]
    if known:
        update_sessions(conn, known)
    if len(known) < len(commits):
        fresh = [_session_values(commit) for commit in commits if commit.expected_version == 0]
        conn.execute(_INSERT_SESSION, fresh)
    launches = [commit for commit in commits if commit.launch is not None]
    if launches:
        conn.execute(_INSERT_VOYAGE, [_voyage_values(commit) for commit in launches])
    conn.execute(_INSERT_TURN, [_turn_values(commit) for commit in commits])
    ends = [commit for commit in commits if commit.finish is not None]
    if ends:
        conn.execute(_FINISH_VOYAGE, [_finish_values(commit) for commit in ends])
        conn.execute(_INSERT_JOB, [_job_values(commit) for commit in ends])


_FIND_TURN = select(*turn.c).where(
    turn.c.turn_id == bindparam("of_turn"), turn.c.session_id == bindparam("of_session")
)
_INSERT_SESSION = insert(session)
_INSERT_VOYAGE = insert(voyage)
_INSERT_TURN = insert(turn)
_INSERT_JOB = insert(job)
_FINISH_VOYAGE = (
    update(voyage)
    .where(voyage.c.session_id == bindparam("of_session"), voyage.c.voyage == bindparam("of_voyage"))
    .values(
        turns=bindparam("turns"),
        ended_at=bindparam("ended_at"),
        cause=bindparam("cause"),
        title=bindparam("title"),
        victory=bindparam("victory"),
    )
)


def _row(commit: TurnCommit) -> TurnRow:
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


def _turn_values(commit: TurnCommit) -> dict[str, object]:
    return {
        "session_id": commit.session_id,
        "voyage": commit.voyage,
        "n": commit.n,
        "turn_id": commit.turn_id,
        "actor": commit.actor,
        "at": commit.at,
        "action": commit.action,
        "outcome": commit.outcome,
    }


def _session_values(commit: TurnCommit) -> dict[str, object]:
    return {
        "session_id": commit.session_id,
        "version": 1,
        "voyage": commit.voyage,
        "n": commit.n,
        "active": commit.finish is None,
        "state": commit.state,
        "updated_at": commit.at,
    }


def _voyage_values(commit: TurnCommit) -> dict[str, object]:
    assert commit.launch is not None
    return {
        "session_id": commit.session_id,
        "voyage": commit.voyage,
        "seed": commit.launch.seed,
        "captain": commit.launch.captain,
        "ship": commit.launch.ship,
        "started_at": commit.at,
        "turns": 0,
        "victory": False,
    }


def _finish_values(commit: TurnCommit) -> dict[str, object]:
    assert commit.finish is not None
    return {
        "of_session": commit.session_id,
        "of_voyage": commit.voyage,
        "turns": commit.n,
        "ended_at": commit.at,
        "cause": commit.finish.cause,
        "title": commit.finish.title,
        "victory": commit.finish.victory,
    }


def _job_values(commit: TurnCommit) -> dict[str, object]:
    return {
        "kind": TAPE_JOB,
        "session_id": commit.session_id,
        "voyage": commit.voyage,
        "phase": "open",
        "attempt": 0,
        "owner": "",
        "not_before": commit.at,
        "error": "",
    }
