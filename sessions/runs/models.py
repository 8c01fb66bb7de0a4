"""What a run, a voyage's account and the books of a session are. Plain values; nothing here reads or writes.

A run is one explored node: what was on board at arrival (PRE) against what was there when the ship left
(POST). Values are in credits, rounded to hundredths; times are UTC seconds since 1970.
"""

from enum import StrEnum

import msgspec

from sessions.runs.rates import per_hour

PURSE = "credits"  # money counts as an item of its own, worth 1 a piece


class RunState(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    ABANDONED = "abandoned"


class Why(StrEnum):
    """What ended a run."""

    LEFT = "left"  # the ship came to another node
    FINISHED = "finished"  # a player said so
    VOYAGE_ENDED = "voyage ended"
    GIVEN_UP = "given up"  # a player said so
    RESTARTED = "restarted"  # another run was begun on top of it
    UNSEEN = "unseen"  # its end passed while nobody could take the inventory


class Spot(msgspec.Struct, frozen=True):
    """Where a run takes place. `level` is how dangerous it is there, 0 where that is unknown."""

    region_id: str
    region: str
    node_id: str
    node: str
    level: int = 0


class Holdings(msgspec.Struct, frozen=True):
    """How many pieces of each item were on board, and what players call the items."""

    quantities: dict[str, int]
    names: dict[str, str]


class Drop(msgspec.Struct, frozen=True):
    """A change of one item over a run: `quantity` below 0 was lost. `value` is of all the pieces."""

    item_id: str
    name: str
    quantity: int
    value: float


class SessionSnapshot(msgspec.Struct, frozen=True):
    """What a voyage's completed runs added up to at one moment. No rate (None) without runtime."""

    maps_completed: int
    total_value: float
    runtime_seconds: float
    value_per_hour: float | None


class Brief(msgspec.Struct, frozen=True):
    """A completed run in a few words."""

    node: str
    level: int
    seconds: float
    value: float

    @property
    def value_per_hour(self) -> float | None:
        """Give its rate."""
        return per_hour(self.value, self.seconds)


class OpenRun(msgspec.Struct, frozen=True):
    """A run under way. It began at turn n; `part` tells runs apart that began at the same turn."""

    voyage: int
    n: int
    part: int
    spot: Spot
    started_at: float
    pre: Holdings
    paused_at: float | None = None
    paused_seconds: float = 0.0

    @property
    def key(self) -> tuple[int, int, int]:
        """Name the run in its session."""
        return self.voyage, self.n, self.part

    def seconds_at(self, now: float) -> float:
        """Give how long it has run by `now`, pauses left out: whole milliseconds, never below 0."""
        until = now if self.paused_at is None else self.paused_at
        return round(max(0.0, until - self.started_at - self.paused_seconds), 3)


class Run(msgspec.Struct, frozen=True):
    """A run that is over. `before` is the account without it, `previous` and `best` the runs until then."""

    session_id: str
    voyage: int
    n: int
    part: int
    state: RunState
    why: Why
    spot: Spot
    started_at: float
    ended_at: float
    seconds: float
    before: SessionSnapshot
    value: float = 0.0
    drops: tuple[Drop, ...] = ()
    unpriced: tuple[Drop, ...] = ()
    previous: Brief | None = None
    best: Brief | None = None

    @property
    def key(self) -> str:
        """Name the run among all sessions."""
        return f"{self.session_id}/{self.voyage}/{self.n}/{self.part}"

    @property
    def value_per_hour(self) -> float | None:
        """Give its rate."""
        return per_hour(self.value, self.seconds)

    @property
    def brief(self) -> Brief:
        """Put it in a few words."""
        return Brief(self.spot.node, self.spot.level, self.seconds, self.value)


class Account(msgspec.Struct, frozen=True):
    """What a voyage's runs add up to. `drops` sums the changes of all its runs by item.

    `n` is the turn at which the ship last came somewhere (`node_id`). `ended_at` and `cause` come at the end.
    """

    session_id: str
    voyage: int
    started_at: float
    n: int = 0
    node_id: str = ""
    ended_at: float | None = None
    cause: str = ""
    completed: int = 0
    abandoned: int = 0
    value: float = 0.0
    seconds: float = 0.0
    last: Brief | None = None
    best: Brief | None = None
    drops: dict[str, Drop] = {}

    @property
    def snapshot(self) -> SessionSnapshot:
        """Freeze what the completed runs add up to."""
        rate = per_hour(self.value, self.seconds)
        return SessionSnapshot(self.completed, self.value, self.seconds, rate)

    def wall_rate(self, now: float) -> float | None:
        """Give the value per hour of the clock on the wall, pauses and all, by `now` or the end."""
        return per_hour(self.value, (self.ended_at or now) - self.started_at)


class Standing(msgspec.Struct, frozen=True):
    """A session's books: the open run, the newest voyage's account, a turn's first free part."""

    open: OpenRun | None = None
    account: Account | None = None
    part: int = 0


class Step(msgspec.Struct, frozen=True):
    """What becomes of the books. `account` is without the completed run, `credited` with it."""

    account: Account
    completed: Run | None = None
    credited: Account | None = None
    abandoned: Run | None = None
    open: OpenRun | None = None
    ended: Account | None = None
