"""One voyage of the history, with the fields of the session log that it comes from, and some of our own.

Gold is credits; times are UTC seconds since 1970, durations minutes.
"""

from enum import StrEnum

import msgspec


class AreaShare(msgspec.Struct, frozen=True):
    """What an area (a region of space) brought in one voyage: gold, and the minutes of its runs."""

    area: str
    gold: float
    time: float


class VoyageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One voyage that is over. `session_id` names it: when it began, as YYYY-MM-DD_HH-MM-SS in UTC.

    `duration_minutes` is of the clock on the wall, `run_minutes` of the completed runs, from which
    `gold_per_hour` is (None without runtime). `flees_by_area` may tell less than `flee_events`.
    """

    session_id: str
    channel: str
    voyage: int = 0
    start_time: float
    end_time: float
    duration_minutes: float
    total_gold: float = 0.0
    gold_per_hour: float | None = None
    kills: int = 0
    deaths: int = 0
    flee_events: int = 0
    supplies_used: dict[str, float] = {}
    areas_farmed: tuple[AreaShare, ...] = ()
    enemy_breakdown: dict[str, int] = {}
    notes: str = ""
    runs: int = 0
    run_minutes: float = 0.0
    flees_by_area: dict[str, float] = {}
    captain: str = ""
    ship: str = ""
    ending: str = ""


class Metric(StrEnum):
    """What a trend or a comparison can be about; the names are fields of VoyageRecord."""

    GOLD_PER_HOUR = "gold_per_hour"
    TOTAL_GOLD = "total_gold"
    DURATION = "duration_minutes"
    RUNS = "runs"
    KILLS = "kills"
    FLEES = "flee_events"
    DEATHS = "deaths"

    def of(self, record: VoyageRecord) -> float | None:
        """Give a voyage's value."""
        return getattr(record, self.value)


class TrendPoint(msgspec.Struct, frozen=True):
    """One voyage of a trend. `value` is None where the voyage has none."""

    session_id: str
    at: float
    value: float | None


class AreaRate(msgspec.Struct, frozen=True):
    """What an area brought over all voyages."""

    area: str
    gold: float
    hours: float
    last_at: float
    voyages: int

    @property
    def gold_per_hour(self) -> float | None:
        """Give its rate, None without time."""
        return self.gold / self.hours if self.hours > 0 else None


class BestAreas(msgspec.Struct, frozen=True):
    """Areas by gold per hour, best first; those with too little data apart."""

    ranked: tuple[AreaRate, ...]
    too_little: tuple[AreaRate, ...]


class AreaDanger(msgspec.Struct, frozen=True):
    """How often ships fled in an area; a fraction where only totals were known."""

    area: str
    flees: float
    hours: float
    last_at: float


class DangerousAreas(msgspec.Struct, frozen=True):
    """Areas by flees, worst first. `without_area` flees happened nobody knows where."""

    ranked: tuple[AreaDanger, ...]
    without_area: float


class Compared(msgspec.Struct, frozen=True):
    """One metric of two voyages. `delta` is b − a; percentiles (0 to 100) are in the channel's history."""

    metric: Metric
    a: float | None
    b: float | None
    delta: float | None
    percentile_a: float | None
    percentile_b: float | None


class Advice(msgspec.Struct, frozen=True):
    """What the history suggests, with the numbers that it is made from; either may be None."""

    best: AreaRate | None
    worst: AreaDanger | None


class RateWarning(msgspec.Struct, frozen=True):
    """The newest voyages earn much less than those before: `ratio` is mean(last 3) / median(before)."""

    channel: str
    voyage: int
    session_id: str
    ratio: float
