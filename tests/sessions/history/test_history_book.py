"""The history over the real store: once per voyage, newest first, the newest hundred."""

import asyncio

import pytest

from sessions.history.book import MOST_NOTES, History
from sessions.history.errors import NoSuchVoyage, NoVoyages
from sessions.history.models import Metric

CHANNEL = "4711"


async def test_an_empty_history_says_so(history):
    for ask in (history.get_best_areas, history.get_most_dangerous_areas, history.export_sessions_csv):
        with pytest.raises(NoVoyages):
            await ask(CHANNEL)
    assert await history.load_sessions(CHANNEL, 5) == []


async def test_voyages_are_listed_newest_first_and_channels_apart(history, record):
    for n in (1, 3, 2):
        await history.save_session(record(n, total_gold=float(n)))
    await history.save_session(record(4, channel="other"))
    assert [r.voyage for r in await history.load_sessions(CHANNEL, 2)] == [3, 2]
    assert [r.voyage for r in await history.load_sessions(CHANNEL, 2, skip=2)] == [1]
    points = await history.get_trend_data(CHANNEL, Metric.TOTAL_GOLD, 10)
    assert [point.value for point in points] == [1.0, 2.0, 3.0]


async def test_a_voyage_is_kept_once(history, record):
    first = await history.save_session(record(1, total_gold=5.0))
    again = await history.save_session(record(1, total_gold=99.0))
    assert again == first
    assert await history.count(CHANNEL) == 1


async def test_what_was_saved_comes_back_whole(history, record):
    given = record(
        1,
        {"Rim": (12.5, 30)},
        gold_per_hour=25.0,
        kills=3,
        supplies_used={"fuel": 12},
        enemy_breakdown={"Pirate": 2},
        flees_by_area={"Rim": 1.5},
        notes='Said "hi", and\nleft',
    )
    await history.save_session(given)
    assert await history.load_sessions(CHANNEL) == [given]


async def test_a_second_voyage_in_the_same_second_gets_a_number(history, record):
    names = []
    for voyage in (1, 2, 3):
        saved = await history.save_session(record(0, voyage=voyage))
        names.append(saved.session_id)
    assert names == ["2027-01-15_08-00-00", "2027-01-15_08-00-00-2", "2027-01-15_08-00-00-3"]
    assert (await history.voyage(CHANNEL, names[1])).voyage == 2


async def test_the_newest_hundred_are_kept_or_as_many_as_set(store, record):
    history = History(store.history, keep=3)
    await asyncio.gather(*(history.save_session(record(n)) for n in range(1, 8)))
    assert [r.voyage for r in await history.load_sessions(CHANNEL)] == [7, 6, 5]
    assert History(store.history)._keep == 100


async def test_notes_can_be_changed_and_no_others(history, record):
    saved = await history.save_session(record(1))
    await history.set_notes(CHANNEL, saved.session_id, "x" * 5000)
    assert len((await history.voyage(CHANNEL, saved.session_id)).notes) == MOST_NOTES
    with pytest.raises(NoSuchVoyage, match="no voyage `nope`"):
        await history.set_notes(CHANNEL, "nope", "x")
    with pytest.raises(NoSuchVoyage):
        await history.set_notes("other", saved.session_id, "x")


async def test_two_voyages_side_by_side(history, record):
    names = [(await history.save_session(record(n, total_gold=n * 10.0))).session_id for n in (1, 2, 3)]
    first, second, rows = await history.compare(CHANNEL, names[0], names[2])
    assert (first.voyage, second.voyage) == (1, 3)
    assert next(row for row in rows if row.metric is Metric.TOTAL_GOLD).delta == 20.0


async def test_a_fall_warns_once_across_restarts(store, record):
    rates = [100.0] * 8 + [40.0] * 4 + [100.0] * 8 + [30.0] * 3
    for n, rate in enumerate(rates, start=1):
        await History(store.history).save_session(record(n, gold_per_hour=rate))
    history = History(store.history)
    warnings = await history.warnings()
    assert [warning.voyage for warning in warnings] == [10, 22]
    assert warnings[0].ratio == pytest.approx(0.6)
    await history.warned(warnings[0])
    assert [warning.voyage for warning in await history.warnings()] == [22]


async def test_voyages_without_a_rate_are_no_ground_for_a_warning(history, record):
    for n, rate in enumerate([100.0] * 5 + [None] * 9, start=1):
        await history.save_session(record(n, gold_per_hour=rate))
    assert await history.warnings() == []
