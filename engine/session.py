"""One channel's game as it is held in memory: small, because there may be ten thousand of them.

The state and the newest turn stay encoded; decoding takes microseconds and bytes cost a third of objects.
It must not do I/O: the session table loads it and changes it after a commit.
"""

import logging

import msgspec

from engine.rules.codec import decode_outcome, decode_state
from engine.rules.outcome import Outcome
from engine.rules.state import GameState
from storage.rows import SessionRow, TurnRow

_log = logging.getLogger(__name__)


class GameSession:
    """A loaded session. `touched_at` is UTC seconds; `saved_version` the version in its readable save.

    `owner` and `epoch` are those of the session's row when it was read or last written.
    """

    __slots__ = (
        "_state",
        "active",
        "captain",
        "epoch",
        "game_over",
        "owner",
        "row",
        "saved_version",
        "touched_at",
        "turn_count",
        "version",
        "victory",
        "wealth",
    )

    row: TurnRow
    version: int
    active: bool

    def __init__(self, touched_at: float) -> None:
        self.touched_at = touched_at
        self.saved_version = 0
        self.owner = ""
        self.epoch = 0

    @classmethod
    def load(cls, kept: SessionRow, row: TurnRow, touched_at: float) -> "GameSession":
        """Make a session from its stored rows.

        A state that this release cannot read counts as an ended voyage, so that a new one can be launched.
        """
        session, active = cls(touched_at), kept.active
        session.owner, session.epoch = kept.owner, kept.epoch
        try:
            state = decode_state(kept.state)
        except msgspec.MsgspecError as error:
            _log.error(
                "the state of session %s cannot be read, its voyage is over: %s", row.session_id, error
            )
            state, active = GameState(seed=0, captain="", game_over=True), False
        session.accept(kept.version, row, kept.state, state, active=active)
        return session

    def accept(self, version: int, row: TurnRow, encoded: bytes, state: GameState, *, active: bool) -> None:
        """Take over what was committed."""
        self.version = version
        self.row = row
        self.active = active
        self._state = encoded
        self.captain = state.captain
        self.turn_count = state.turn_count
        self.wealth = state.wealth
        self.game_over = state.game_over
        self.victory = state.victory

    def same_as(self, other: "GameSession") -> bool:
        """Say whether both hold the same turn, so that what was computed from one fits the other."""
        return self.version == other.version and self.row == other.row and self.active == other.active

    @property
    def session_id(self) -> str:
        """Give the session's id."""
        return self.row.session_id

    @property
    def place(self) -> tuple[int, int]:
        """Give (voyage, n) of the newest turn."""
        return self.row.voyage, self.row.n

    @property
    def state(self) -> GameState:
        """Decode the newest state."""
        return decode_state(self._state)

    @property
    def outcome(self) -> Outcome:
        """Decode the newest turn's outcome."""
        return decode_outcome(self.row.outcome)

    def stats(self) -> dict[str, int | bool]:
        """Give this session's line of the manager's statistics."""
        return {
            "turn_count": self.turn_count,
            "wealth": self.wealth,
            "game_over": self.game_over,
            "victory": self.victory,
        }
