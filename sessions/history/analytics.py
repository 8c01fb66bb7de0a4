"""What can be read out of a channel's voyages: trends, areas, comparisons, warnings. Pure.

Records are given newest first, as `load_sessions` lists them.
"""

from collections.abc import Iterable, Sequence
from statistics import fmean, median

from sessions.history.models import (
    Advice,
    AreaDanger,
    AreaRate,
    BestAreas,
    Compared,
    DangerousAreas,
    Metric,
    TrendPoint,
    VoyageRecord,
)

ENOUGH_HOURS = 10 / 60  # of an area, before its rate says anything
LAST, BEFORE, AT_LEAST = 3, 10, 5  # voyages of a warning: mean of the last, median of those before
WARN_BELOW, ARM_ABOVE = 0.75, 0.85


def trend(records: Sequence[VoyageRecord], metric: Metric, n: int) -> list[TrendPoint]:
    """Give a metric of the newest n voyages, oldest to newest."""
    points = [TrendPoint(r.session_id, r.start_time, metric.of(r)) for r in records[:n]]
    return points[::-1]


def best_areas(records: Iterable[VoyageRecord]) -> BestAreas:
    """Rank areas by Σ gold / Σ hours, ties by the most recent; under ten minutes an area is apart."""
    areas = _area_rates(records)
    ranked = [area for area in areas if area.hours >= ENOUGH_HOURS]
    little = [area for area in areas if area.hours < ENOUGH_HOURS]
    ranked.sort(key=lambda area: (-(area.gold_per_hour or 0.0), -area.last_at, area.area))
    little.sort(key=lambda area: (-area.last_at, area.area))
    return BestAreas(tuple(ranked), tuple(little))


def dangerous_areas(records: Sequence[VoyageRecord]) -> DangerousAreas:
    """Rank areas by flees, ties by the most recent.

    A flee counts in its own area where that is known. Where a voyage knows only a total, it is shared among
    its areas in proportion to their time; what is left has no area.
    """
    flees: dict[str, float] = {}
    recent: dict[str, float] = {}
    without_area = 0.0
    for record in records:
        shares = _flee_shares(record)
        for area, share in shares.items():
            flees[area] = flees.get(area, 0.0) + share
            recent[area] = max(recent.get(area, 0.0), record.start_time)
        without_area += max(0.0, record.flee_events - sum(shares.values()))
    hours = {area.area: area.hours for area in _area_rates(records)}
    ranked = [
        AreaDanger(area, count, hours.get(area, 0.0), recent[area]) for area, count in flees.items() if count
    ]
    ranked.sort(key=lambda area: (-area.flees, -area.last_at, area.area))
    return DangerousAreas(tuple(ranked), round(without_area, 9))


def percentile(value: float, values: Sequence[float]) -> float:
    """Give the share of values below this one, in percent; equal ones count half. 50 among only equals."""
    below = sum(other < value for other in values)
    equal = sum(other == value for other in values)
    return 100 * (below + equal / 2) / len(values)


def compare(a: VoyageRecord, b: VoyageRecord, records: Sequence[VoyageRecord]) -> list[Compared]:
    """Put two voyages side by side, metric by metric, within the channel's history."""
    return [_compare(metric, a, b, records) for metric in Metric]


def advise(records: Sequence[VoyageRecord]) -> Advice:
    """Say where the best hour was and where most ships fled."""
    best = next((area for area in best_areas(records).ranked if area.gold > 0), None)
    return Advice(best, next(iter(dangerous_areas(records).ranked), None))


def judge(rates: Sequence[float], armed: bool) -> tuple[float | None, bool]:
    """Say whether the newest rates (oldest first) are worth a warning, and whether the next may be.

    The ratio is mean(last 3) / median(the up to 10 before, at least 5). Below 0.75 it warns once; a ratio
    above 0.85 arms it again.
    """
    last, before = rates[-LAST:], rates[:-LAST][-BEFORE:]
    if len(before) < AT_LEAST:
        return None, armed
    usual = median(before)
    if usual <= 0:
        return None, armed
    ratio = fmean(last) / usual
    if armed and ratio < WARN_BELOW:
        return ratio, False
    return None, armed or ratio > ARM_ABOVE


def _area_rates(records: Iterable[VoyageRecord]) -> list[AreaRate]:
    areas: dict[str, AreaRate] = {}
    for record in records:
        for share in record.areas_farmed:
            had = areas.get(share.area, AreaRate(share.area, 0.0, 0.0, 0.0, 0))
            areas[share.area] = AreaRate(
                share.area,
                had.gold + share.gold,
                had.hours + share.time / 60,
                max(had.last_at, record.start_time),
                had.voyages + 1,
            )
    return list(areas.values())


def _flee_shares(record: VoyageRecord) -> dict[str, float]:
    if record.flees_by_area:
        return record.flees_by_area
    minutes = sum(max(0.0, share.time) for share in record.areas_farmed)
    if minutes <= 0:
        return {}
    shares: dict[str, float] = {}
    for share in record.areas_farmed:
        part = record.flee_events * max(0.0, share.time) / minutes
        shares[share.area] = shares.get(share.area, 0.0) + part
    return shares


def _compare(metric: Metric, a: VoyageRecord, b: VoyageRecord, records: Sequence[VoyageRecord]) -> Compared:
    values = [value for record in records if (value := metric.of(record)) is not None]
    left, right = metric.of(a), metric.of(b)
    return Compared(
        metric,
        left,
        right,
        right - left if left is not None and right is not None else None,
        percentile(left, values) if left is not None and values else None,
        percentile(right, values) if right is not None and values else None,
    )
