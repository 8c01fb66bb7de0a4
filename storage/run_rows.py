"""The rows of runs and history that the store takes and gives. Times are UTC seconds since 1970.

`body` is its owner's own encoding; the columns beside it are what SQL selects by.
"""

from collections.abc import Mapping

import msgspec

COMPLETED = "completed"
ABANDONED = "abandoned"


class Moment(msgspec.Struct, frozen=True):
    """What an engine tells about a turn that came to another node or ended its voyage.

    `held` counts the items on board by their id, money included; `prices` is the worth of one piece, `names`
    what players call it. `ended` is the cause of the voyage's end, "" while it goes on. `level` is how
    dangerous the place is, 0 where that is unknown. The mappings must not change any more.
    """

    session_id: str
    voyage: int
    n: int
    at: float
    region_id: str
    region: str
    node_id: str
    node: str
    held: Mapping[str, int]
    prices: Mapping[str, float]
    names: Mapping[str, str]
    level: int = 0
    ended: str = ""


class RunRow(msgspec.Struct, frozen=True):
    """One run that is over. It began at turn n; `part` tells runs apart that began at the same turn."""

    session_id: str
    voyage: int
    n: int
    part: int
    state: str
    region: str
    node: str
    started_at: float
    ended_at: float
    seconds: float
    value: float
    body: bytes
    logged: bool = False
    told: bool = False


class OpenRunRow(msgspec.Struct, frozen=True):
    """The run that a session is in."""

    session_id: str
    voyage: int
    n: int
    part: int
    body: bytes


class AccountRow(msgspec.Struct, frozen=True):
    """What a voyage's runs add up to; `ended_at` is None while it is under way."""

    session_id: str
    voyage: int
    started_at: float
    ended_at: float | None
    completed: int
    value: float
    seconds: float
    body: bytes
    logged: bool = False
    recorded: bool = False


class RunBooks(msgspec.Struct, frozen=True):
    """Where a session stands. `part` is the first free one of the turn that was asked about."""

    open: OpenRunRow | None
    account: AccountRow | None
    part: int = 0


class Credit(msgspec.Struct, frozen=True):
    """A completed run, and its voyage's account with the run in it."""

    run: RunRow
    account: AccountRow


class RunChange(msgspec.Struct, frozen=True):
    """What becomes of a session's books.

    `account` is kept where no run is credited. `ended` is the account of an earlier voyage that is closed,
    `open` the run that the session is in from now on.
    """

    account: AccountRow
    credit: Credit | None = None
    abandoned: RunRow | None = None
    open: OpenRunRow | None = None
    ended: AccountRow | None = None


class RecordRow(msgspec.Struct, frozen=True):
    """One voyage of the history. `alert` is the ratio that was worth a warning, or None."""

    session_id: str
    voyage: int
    name: str
    started_at: float
    ended_at: float
    rate: float | None
    body: bytes
    notes: str = ""
    alert: float | None = None
    told: bool = False
