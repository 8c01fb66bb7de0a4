"""The statements that keep a turn, run for many commits at a time. Bind names are TurnCommit's fields."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, false, insert, literal_column, null, true, update

from storage.prepared import Prepared
from storage.rows import TurnCommit
from storage.schema import job, session, turn, voyage

TAPE_JOB = "tape"

_ZERO, _ONE, _NOTHING = literal_column("0"), literal_column("1"), literal_column("''")

INSERT_TURN = Prepared(insert(turn).values({column.name: bindparam(column.name) for column in turn.c}))

INSERT_SESSION = Prepared(
    insert(session).values(
        session_id=bindparam("session_id"),
        version=_ONE,
        voyage=bindparam("voyage"),
        n=bindparam("n"),
        active=true(),
        state=bindparam("state"),
        updated_at=bindparam("at"),
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


def move_sessions(conn: Connection, commits: Sequence[TurnCommit], *, active: bool) -> int:
    """Give sessions their next version where they have the expected one; give how many had it."""
    return (_GO_ON if active else _END).run(conn, commits).rowcount
