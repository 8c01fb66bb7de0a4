"""The usual turns, many in one statement that is a transaction of its own: one way to the server and back.

A usual turn goes on with a voyage and has no unit beside it. The statement moves the sessions that still are
where the turns were computed from, and writes the journal rows of exactly these, so that each turn is kept
whole or not at all, whatever becomes of the others.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Double,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.dml import ReturningInsert

from storage.rows import TurnCommit
from storage.schema import session, turn

_KINDS = {
    "session_id": Text,
    "voyage": Integer,
    "n": Integer,
    "turn_id": Text,
    "actor": Text,
    "at": Double,
    "action": LargeBinary,
    "outcome": LargeBinary,
    "state": LargeBinary,
    "expected_version": Integer,
    "held_by": Text,
    "epoch": Integer,
    "owner": Text,
    "owned_until": Double,
}


class TurnsAtOnce:
    """The statement, compiled once."""

    def __init__(self) -> None:
        self._compiled: tuple[str, list[str]] | None = None

    def run(self, conn: Connection, commits: Sequence[TurnCommit]) -> set[str]:
        """Keep the turns that fit; give their session ids. No two may be of one session.

        Raises IntegrityError, and then none is kept.
        """
        if self._compiled is None:
            self._compiled = _compile(conn.dialect)
        text, names = self._compiled
        arrays = tuple([[getattr(commit, name) for commit in commits] for name in names])
        return {row[0] for row in conn.exec_driver_sql(text, arrays)}


def is_usual(commit: TurnCommit) -> bool:
    """Say whether a turn goes on with its voyage and has nothing beside it."""
    return commit.expected_version > 0 and commit.launch is None and commit.finish is None and not commit.also


def _compile(dialect: Dialect) -> tuple[str, list[str]]:
    compiled = _statement().compile(dialect=dialect)
    names: list[str] = getattr(compiled, "positiontup", None) or []
    return str(compiled), names


def _statement() -> ReturningInsert[Any]:
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in _KINDS.items()]
    columns = [column(name, kind) for name, kind in _KINDS.items()]
    given = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    names = [each.name for each in turn.c]
    moved = (
        update(session)
        .where(
            session.c.session_id == given.c.session_id,
            session.c.version == given.c.expected_version,
            session.c.owner == given.c.held_by,
            session.c.epoch == given.c.epoch,
        )
        .values(
            version=session.c.version + literal_column("1"),
            voyage=given.c.voyage,
            n=given.c.n,
            active=true(),
            state=given.c.state,
            updated_at=given.c.at,
            owner=given.c.owner,
            epoch=session.c.epoch + cast(given.c.owner != given.c.held_by, Integer),
            owned_until=given.c.owned_until,
        )
        .returning(*[given.c[name] for name in names])
        .cte("moved")
    )
    kept = select(*[moved.c[name] for name in names])
    return insert(turn).from_select(names, kept).returning(turn.c.session_id)
