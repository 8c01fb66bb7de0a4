"""The statements that keep a turn, run for many commits at a time. Bind names are TurnCommit's fields."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Double,
    Integer,
    LargeBinary,
    String,
    Text,
    Update,
    bindparam,
    column,
    false,
    func,
    insert,
    literal_column,
    null,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from storage.prepared import Prepared
from storage.rows import TurnCommit
from storage.schema import job, session, turn, voyage

TAPE_JOB = "tape"

_ZERO, _ONE, _NOTHING = literal_column("0"), literal_column("1"), literal_column("''")

_INSERT_TURN = Prepared(insert(turn).values({column.name: bindparam(column.name) for column in turn.c}))

INSERT_SESSION = Prepared(
    insert(session).values(
        session_id=bindparam("session_id"),
        version=_ONE,
        voyage=bindparam("voyage"),
        n=bindparam("n"),
        active=true(),
        state=bindparam("state"),
        updated_at=bindparam("at"),
        owner=bindparam("owner"),
        epoch=bindparam("next_epoch"),
        owned_until=bindparam("owned_until"),
    )
)

INSERT_VOYAGE = Prepared(
    insert(voyage).values(
        session_id=bindparam("session_id"),
        voyage=bindparam("voyage"),
        seed=bindparam("launch.seed"),
        captain=bindparam("launch.captain"),
        ship=bindparam("launch.ship"),
        started_at=bindparam("at"),
        turns=_ZERO,
        ended_at=null(),
        cause=null(),
        title=null(),
        victory=false(),
    )
)

FINISH_VOYAGE = Prepared(
    update(voyage)
    .where(voyage.c.session_id == bindparam("session_id"), voyage.c.voyage == bindparam("voyage"))
    .values(
        turns=bindparam("n"),
        ended_at=bindparam("at"),
        cause=bindparam("finish.cause"),
        title=bindparam("finish.title"),
        victory=bindparam("finish.victory"),
    )
)

INSERT_TAPE_JOB = Prepared(
    insert(job).values(
        kind=literal_column(f"'{TAPE_JOB}'"),
        session_id=bindparam("session_id"),
        voyage=bindparam("voyage"),
        phase=literal_column("'open'"),
        attempt=_ZERO,
        owner=_NOTHING,
        not_before=bindparam("at"),
        error=_NOTHING,
    )
)


def _move(active: bool) -> Prepared:
    return Prepared(
        update(session)
        .where(
            session.c.session_id == bindparam("session_id"),
            session.c.version == bindparam("expected_version"),
        )
        .values(
            version=session.c.version + _ONE,
            voyage=bindparam("voyage"),
            n=bindparam("n"),
            active=true() if active else false(),
            state=bindparam("state"),
            updated_at=bindparam("at"),
        )
    )


_GO_ON, _END = _move(active=True), _move(active=False)


class Together:
    """The rows of many commits as one array per column, for a statement that takes them all at once.

    asyncpg's executemany reports no row count, and costs the server half as much again.
    """

    def __init__(self, name: str, kinds: dict[str, type[TypeEngine[Any]]]) -> None:
        self._names = list(kinds)
        arrays = (bindparam(f"all_{name}", type_=ARRAY(kind)) for name, kind in kinds.items())
        columns = [column(name, kind) for name, kind in kinds.items()]
        self.rows = func.unnest(*arrays).table_valued(*columns, name=name).render_derived()

    def run(self, conn: Connection, statement: UpdateBase, commits: Sequence[TurnCommit]) -> int:
        """Run the statement for every commit; give how many rows it wrote."""
        arrays = {f"all_{name}": [getattr(commit, name) for commit in commits] for name in self._names}
        return conn.execute(statement, arrays).rowcount


_KEPT = Together(
    "kept",
    {
        "session_id": String,
        "voyage": Integer,
        "n": Integer,
        "turn_id": String,
        "actor": Text,
        "at": Double,
        "action": LargeBinary,
        "outcome": LargeBinary,
    },
)
_INSERT_TURNS = insert(turn).from_select(
    [c.name for c in turn.c], select(*[_KEPT.rows.c[c.name] for c in turn.c])
)

_MOVED = Together(
    "moved",
    {
        "session_id": String,
        "expected_version": Integer,
        "voyage": Integer,
        "n": Integer,
        "state": LargeBinary,
        "at": Double,
        "held_by": Text,
        "epoch": Integer,
        "owner": Text,
        "next_epoch": Integer,
        "owned_until": Double,
    },
)


def _move_together(active: bool) -> Update:
    rows = _MOVED.rows
    return (
        update(session)
        .where(
            session.c.session_id == rows.c.session_id,
            session.c.version == rows.c.expected_version,
            session.c.owner == rows.c.held_by,
            session.c.epoch == rows.c.epoch,
        )
        .values(
            version=session.c.version + _ONE,
            voyage=rows.c.voyage,
            n=rows.c.n,
            active=true() if active else false(),
            state=rows.c.state,
            updated_at=rows.c.at,
            owner=rows.c.owner,
            epoch=rows.c.next_epoch,
            owned_until=rows.c.owned_until,
        )
    )


_GO_ON_TOGETHER, _END_TOGETHER = _move_together(active=True), _move_together(active=False)


def insert_turns(conn: Connection, commits: Sequence[TurnCommit]) -> None:
    """Write the journal rows."""
    if conn.dialect.name == "postgresql":
        _KEPT.run(conn, _INSERT_TURNS, commits)
    else:
        _INSERT_TURN.run(conn, commits)


def move_sessions(conn: Connection, commits: Sequence[TurnCommit], *, active: bool) -> int:
    """Give sessions their next version where they have the expected one; give how many had it.

    Only a database that processes share has owners to check: a SQLite file is one process's as a whole.
    """
    if conn.dialect.name == "postgresql":
        return _MOVED.run(conn, _GO_ON_TOGETHER if active else _END_TOGETHER, commits)
    return (_GO_ON if active else _END).run(conn, commits)
