"""Countdowns: when a channel's ship acts alone, and what it then does.

A deadline follows from the journal (when the turn was accepted), the channel's settings and the votes, so it
survives a restart without a row of its own. The turn that it leads to has an id made from the turn it ends:
whoever tries it twice, in one process or in two, is refused by the database.
"""

from collections.abc import Callable

import msgspec

from engine_client.models import Action, Choose, SessionId, Turn, TurnRef, Wait
from sessions.channel_settings import ChannelSettings, Mode, SettingsBook
from sessions.votes import Tally, VoteBook

UNATTENDED_TURNS = 5  # turns in a row that the ship takes alone before it waits for somebody


class Deadline(msgspec.Struct, frozen=True):
    """When a session's turn ends by itself, in UTC seconds."""

    session_id: SessionId
    ref: TurnRef
    at: float


def auto_turn_id(session_id: str, ref: TurnRef) -> str:
    """Name the one turn that a countdown can lead to."""
    return f"auto-{session_id}-{ref.voyage}-{ref.n}"


def ends_at(turn: Turn, settings: ChannelSettings, tally: Tally) -> float | None:
    """Say when the turn ends by itself, or None. Without auto-advance the first vote starts the clock."""
    if turn.end is not None or not settings.countdown:
        return None
    if settings.auto_advance:
        return turn.at + settings.countdown
    if settings.mode is Mode.VOTE and tally.first_at is not None:
        return tally.first_at + settings.countdown
    return None


class Countdowns:
    """Keeps the deadlines of all sessions, and says which are due."""

    def __init__(self, settings: SettingsBook, votes: VoteBook, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._votes = votes
        self._clock = clock
        self._deadlines: dict[str, Deadline] = {}
        self._unattended: dict[str, int] = {}
        self._counted: dict[str, TurnRef] = {}

    async def watch(self, turn: Turn) -> float | None:
        """Set, move or clear the session's deadline for its newest turn; give it in UTC seconds."""
        settings = await self._settings.of(turn.session_id)
        by_votes = settings.countdown and not settings.auto_advance  # only then the first one starts it
        tally = await self._votes.tally(turn.session_id, turn.ref) if by_votes else Tally({})
        self._count_unattended(turn)
        moment = None if self.resting(turn.session_id) else ends_at(turn, settings, tally)
        self._deadlines.pop(turn.session_id, None)  # so that the newest set one stands last
        if moment is not None:
            session_id = SessionId(turn.session_id)
            self._deadlines[session_id] = Deadline(session_id, turn.ref, moment)
        return moment

    def resting(self, session_id: str) -> bool:
        """Say whether the ship has acted alone so often that it waits for a player."""
        return self._unattended.get(session_id, 0) >= UNATTENDED_TURNS

    def wake(self, session_id: str) -> None:
        """A player is here: the ship may act alone again."""
        self._unattended.pop(session_id, None)

    def due(self) -> list[Deadline]:
        """List the deadlines that have passed, oldest first."""
        now = self._clock()
        return sorted((d for d in self._deadlines.values() if d.at <= now), key=lambda d: d.at)

    def counting(self) -> list[Deadline]:
        """List all deadlines that are to come, those that were set last first."""
        now = self._clock()
        return [deadline for deadline in reversed(self._deadlines.values()) if deadline.at > now]

    def drop(self, deadline: Deadline) -> None:
        """Forget a deadline that has been dealt with, unless a newer one took its place."""
        if self._deadlines.get(deadline.session_id) == deadline:
            del self._deadlines[deadline.session_id]

    def postpone(self, deadline: Deadline, seconds: float = 10.0) -> None:
        """Try a deadline again later, unless a newer one took its place."""
        if self._deadlines.get(deadline.session_id) == deadline:
            later = msgspec.structs.replace(deadline, at=self._clock() + seconds)
            self._deadlines[deadline.session_id] = later

    async def decide(self, turn: Turn) -> tuple[Action, str]:
        """Say what happens at zero, and in whose name: the most voted choice, or the rules' default."""
        tally = await self._votes.tally(turn.session_id, turn.ref)
        winner = tally.winner(turn.choices)
        if winner is None:
            return Wait(), ""
        return Choose(winner), f"The crew ({tally.counts[winner]} of {tally.total} votes)"

    def _count_unattended(self, turn: Turn) -> None:
        if self._counted.get(turn.session_id) == turn.ref:
            return
        self._counted[turn.session_id] = turn.ref
        if turn.actor or turn.n == 1:
            self.wake(turn.session_id)
        else:
            self._unattended[turn.session_id] = self._unattended.get(turn.session_id, 0) + 1
