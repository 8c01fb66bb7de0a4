"""Embeds of runs and history keep within Discord's limits whatever an engine or a player wrote."""

import pytest

from bot import history_embeds, run_embeds
from sessions.history.analytics import best_areas, compare, dangerous_areas
from sessions.history.models import Advice, AreaShare, VoyageRecord
from sessions.runs.book import Progress
from sessions.runs.models import Account, Brief, Drop, Holdings, OpenRun, Spot
from tests.discord_limits import faults

HOSTILE = "@everyone **x** <@1> https://evil.example " * 12


def huge(n: int) -> VoyageRecord:
    """A voyage with as much in it as an engine could say."""
    return VoyageRecord(
        session_id=f"2027-01-{n:02}_08-00-00",
        channel="1",
        voyage=n,
        start_time=float(n),
        end_time=float(n),
        duration_minutes=1e7,
        total_gold=-1e12,
        gold_per_hour=1e12,
        flee_events=99,
        areas_farmed=tuple(AreaShare(f"{HOSTILE} {a}", 1e12, 1e6) for a in range(40)),
        enemy_breakdown={f"{HOSTILE}{e}": 10**9 for e in range(40)},
        supplies_used={f"{HOSTILE}{s}": 1e9 for s in range(40)},
        notes=HOSTILE,
        ending=HOSTILE,
    )


def check(embed) -> str:
    """Hold an embed to Discord's limits; give all its text."""
    assert faults({"embeds": [embed.to_dict()]}) == []
    shown = f"{embed.title} {embed.description} " + " ".join(f"{f.name} {f.value}" for f in embed.fields)
    assert "@everyone" not in shown
    assert "<@1>" not in shown
    return shown


def test_the_largest_history_fits() -> None:
    records = [huge(n) for n in range(1, 29)]
    best, dangerous = best_areas(records), dangerous_areas(records)
    advice = Advice(best.ranked[0], dangerous.ranked[0])
    check(history_embeds.history_embed(records[:5], 0, 28, advice))
    check(history_embeds.voyage_embed(records[0]))
    assert "… and 30 more" in check(history_embeds.best_embed(best))
    check(history_embeds.dangerous_embed(dangerous))
    check(history_embeds.compared_embed(records[0], records[1], compare(records[0], records[1], records)))


def test_ids_of_an_engine_are_shown_as_words() -> None:
    record = VoyageRecord(
        session_id="x",
        channel="1",
        start_time=0.0,
        end_time=0.0,
        duration_minutes=0.0,
        enemy_breakdown={"void_maw": 2, "The Pale": 1},
    )
    shown = check(history_embeds.voyage_embed(record))
    assert "2 × Void maw" in shown
    assert "1 × The Pale" in shown


def test_the_largest_account_fits() -> None:
    drops = {str(n): Drop(str(n), HOSTILE, 10**12, 1e12) for n in range(60)}
    brief = Brief(HOSTILE, 9, 1e9, 1e12)
    account = Account(
        "1", 1, 0.0, completed=10**6, value=1e12, seconds=1e9, last=brief, best=brief, drops=drops
    )
    spot = Spot("r", HOSTILE, "n", HOSTILE, 5)
    under_way = OpenRun(1, 1, 0, spot, 0.0, Holdings({}, {}), paused_at=5.0)
    shown = check(run_embeds.progress_embed(Progress(account, under_way, 100.0)))
    assert "paused" in shown


@pytest.mark.parametrize(("delta", "sign"), [(5.0, "+5 ▲"), (-5.0, "−5 ▼"), (0.0, "＝")])
def test_a_delta_has_a_sign_and_not_only_a_colour(delta: float, sign: str) -> None:
    a = VoyageRecord(
        session_id="a", channel="1", start_time=0.0, end_time=0.0, duration_minutes=0.0, total_gold=10.0
    )
    b = VoyageRecord(
        session_id="b",
        channel="1",
        start_time=0.0,
        end_time=0.0,
        duration_minutes=0.0,
        total_gold=10.0 + delta,
    )
    embed = history_embeds.compared_embed(a, b, compare(a, b, [a, b]))
    gold = next(field for field in embed.fields if field.name == "Credits in all")
    assert sign in gold.value
