"""Moves many session rows from one version to the next in one statement, or refuses."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, update

from storage.errors import Conflict
from storage.rows import TurnCommit
from storage.schema import session

_UPDATE = (
    update(session)
    .where(session.c.session_id == bindparam("of_session"), session.c.version == bindparam("of_version"))
    .values(
        version=bindparam("version"),
        voyage=bindparam("voyage"),
        n=bindparam("n"),
        active=bindparam("active"),
        state=bindparam("state"),
        updated_at=bindparam("updated_at"),
    )
)


def update_sessions(conn: Connection, commits: Sequence[TurnCommit]) -> None:
    """Write the new states, one commit per session. Raises Conflict unless every version was as expected."""
    result = conn.execute(_UPDATE, [_values(commit) for commit in commits])
    if result.rowcount != len(commits):
        raise Conflict(f"{len(commits) - result.rowcount} of {len(commits)} sessions have another version")


def _values(commit: TurnCommit) -> dict[str, object]:
    return {
        "of_session": commit.session_id,
        "of_version": commit.expected_version,
        "version": commit.expected_version + 1,
        "voyage": commit.voyage,
        "n": commit.n,
        "active": commit.finish is None,
        "state": commit.state,
        "updated_at": commit.at,
    }
