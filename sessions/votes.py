"""Votes of a turn: one per player, the newest counts. What they decide is counted here, kept in the store."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from engine_client.models import Choice, TurnRef


class Vote(msgspec.Struct, frozen=True):
    """One player's vote. `at` is in UTC seconds."""

    user_id: int
    choice: str
    at: float


class Tally(msgspec.Struct, frozen=True):
    """The votes of one turn, counted. `first_at` is when the first one came, None while there is none."""

    counts: dict[str, int]
    first_at: float | None = None

    @property
    def total(self) -> int:
        """Count all votes."""
        return sum(self.counts.values())

    def winner(self, choices: Sequence[Choice]) -> str | None:
        """Give the most voted choice; of equals the one that is offered first. None without votes."""
        offered = [choice.id for choice in choices if self.counts.get(choice.id)]
        return max(offered, key=lambda choice: self.counts[choice], default=None)


class VoteRows(Protocol):
    """The store's part of it."""

    async def cast(
        self, session_id: str, voyage: int, n: int, user_id: int, choice: str, at: float
    ) -> None: ...
    async def of_turn(self, session_id: str, voyage: int, n: int) -> list[tuple[int, str, float]]: ...


def count(votes: Sequence[Vote]) -> Tally:
    """Count votes."""
    counts: dict[str, int] = {}
    for vote in votes:
        counts[vote.choice] = counts.get(vote.choice, 0) + 1
    return Tally(counts, min((vote.at for vote in votes), default=None))


class VoteBook:
    """Takes votes and counts them."""

    def __init__(self, rows: VoteRows) -> None:
        self._rows = rows

    async def cast(self, session_id: str, ref: TurnRef, user_id: int, choice: str, at: float) -> Tally:
        """Take a player's vote, replacing an earlier one for the same turn, and count anew."""
        await self._rows.cast(session_id, ref.voyage, ref.n, user_id, choice, at)
        return await self.tally(session_id, ref)

    async def tally(self, session_id: str, ref: TurnRef) -> Tally:
        """Count the votes of a turn."""
        rows = await self._rows.of_turn(session_id, ref.voyage, ref.n)
        return count([Vote(*row) for row in rows])
