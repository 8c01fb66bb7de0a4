"""The votes on a turn: one per user, the last one counts."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select

from storage.database import Database
from storage.put_rows import PutRows
from storage.schema import vote


class _Vote(NamedTuple):
    session_id: str
    voyage: int
    n: int
    user_id: int
    choice: str
    at: float


class VoteStore:
    """Votes, by (session_id, voyage, n, user_id)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = PutRows[_Vote](vote)

    async def cast(self, session_id: str, voyage: int, n: int, user_id: int, choice: str, at: float) -> None:
        """Keep a user's vote on a turn; an earlier one of theirs is replaced."""
        await self._database.write_together(self._put, _Vote(session_id, voyage, n, user_id, choice, at))

    async def tally(self, session_id: str, voyage: int, n: int) -> dict[str, int]:
        """Count the votes on a turn by choice: most votes first, and at a tie the one that had them first."""
        statement = (
            select(vote.c.choice, func.count().label("votes"))
            .where(vote.c.session_id == session_id, vote.c.voyage == voyage, vote.c.n == n)
            .group_by(vote.c.choice)
            .order_by(func.count().desc(), func.max(vote.c.at), vote.c.choice)
        )

        def unit(conn: Connection) -> dict[str, int]:
            return {row[0]: row[1] for row in conn.execute(statement)}

        return await self._database.read(unit)

    async def of_turn(self, session_id: str, voyage: int, n: int) -> list[tuple[int, str, float]]:
        """List the votes on a turn as (user_id, choice, at), oldest first."""
        columns = (vote.c.user_id, vote.c.choice, vote.c.at)
        where = (vote.c.session_id == session_id, vote.c.voyage == voyage, vote.c.n == n)
        statement = select(*columns).where(*where).order_by(vote.c.at, vote.c.user_id)

        def unit(conn: Connection) -> list[tuple[int, str, float]]:
            return [(row[0], row[1], row[2]) for row in conn.execute(statement)]

        return await self._database.read(unit)

    async def clear(self, session_id: str) -> int:
        """Forget a session's votes; give how many there were."""
        statement = delete(vote).where(vote.c.session_id == session_id)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount)
