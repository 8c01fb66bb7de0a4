"""Makes a voyage's record from its account, its runs and its turns. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from engine_client.models import Turn
from sessions.history.models import AreaShare, VoyageRecord
from sessions.runs.models import Account
from sessions.runs.rates import money, per_hour
from storage.run_rows import COMPLETED, RunRow

ALIVE = frozenset({"restart", "idle", "unseen"})  # ends that are no death


class Tallies(msgspec.Struct):
    """What a voyage's turns counted."""

    kills: dict[str, int] = {}
    flees: dict[str, float] = {}
    supplies: dict[str, float] = {}


def name_of(started_at: float) -> str:
    """Name a voyage by its beginning, YYYY-MM-DD_HH-MM-SS in UTC."""
    return datetime.fromtimestamp(started_at, UTC).strftime("%Y-%m-%d_%H-%M-%S")


def make_record(account: Account, runs: Sequence[RunRow], turns: Sequence[Turn]) -> VoyageRecord:
    """Make the record of a voyage that is over."""
    end = account.ended_at if account.ended_at is not None else account.started_at
    counted = count_turns(turns)
    last = turns[-1] if turns else None
    rate = per_hour(account.value, account.seconds)
    died = last is not None and last.end is not None and not last.end.victory and account.cause not in ALIVE
    return VoyageRecord(
        session_id=name_of(account.started_at),
        channel=account.session_id,
        voyage=account.voyage,
        start_time=account.started_at,
        end_time=end,
        duration_minutes=round(max(0.0, end - account.started_at) / 60, 3),
        total_gold=account.value,
        gold_per_hour=None if rate is None else money(rate),
        kills=sum(counted.kills.values()),
        deaths=int(died),
        flee_events=round(sum(counted.flees.values())),
        supplies_used=counted.supplies,
        areas_farmed=areas_of(runs),
        enemy_breakdown=counted.kills,
        runs=account.completed,
        run_minutes=round(account.seconds / 60, 3),
        flees_by_area=counted.flees,
        captain=last.captain if last is not None else "",
        ship=last.ship if last is not None else "",
        ending=last.end.title if last is not None and last.end is not None else "",
    )


def count_turns(turns: Iterable[Turn]) -> Tallies:
    """Add up what turns counted: kills by enemy, flees by the region they began in, supplies used."""
    counted = Tallies()
    for turn in turns:
        for key, count in turn.tallies.items():
            kind, _, what = key.partition(":")
            if kind == "kill":
                counted.kills[what] = counted.kills.get(what, 0) + count
            elif kind == "used":
                counted.supplies[what] = counted.supplies.get(what, 0) + count
            elif kind == "flee":
                area = turn.place.region
                counted.flees[area] = counted.flees.get(area, 0) + count
    return counted


def areas_of(runs: Iterable[RunRow]) -> tuple[AreaShare, ...]:
    """Add up the completed runs by region, in the order of the first run there."""
    areas: dict[str, AreaShare] = {}
    for run in runs:
        if run.state == COMPLETED:
            had = areas.get(run.region, AreaShare(run.region, 0.0, 0.0))
            time = round(had.time + run.seconds / 60, 6)
            areas[run.region] = AreaShare(run.region, money(had.gold + run.value), time)
    return tuple(areas.values())
