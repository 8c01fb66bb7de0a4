"""Trends, areas, comparisons and warnings, on numbers that can be checked by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.history.analytics import (
    advise,
    best_areas,
    compare,
    dangerous_areas,
    judge,
    percentile,
    trend,
)
from sessions.history.models import AreaShare, Metric, VoyageRecord


def test_a_trend_goes_from_oldest_to_newest(record):
    newest_first = [record(n, total_gold=n * 10.0) for n in (4, 3, 2, 1)]
    points = trend(newest_first, Metric.TOTAL_GOLD, 3)
    assert [point.value for point in points] == [20.0, 30.0, 40.0]
    assert points[0].at < points[-1].at


def test_best_areas_divide_sums_and_not_averages(record):
    voyages = [
        record(2, {"Rim": (100, 60), "Core": (90, 30)}),
        record(1, {"Rim": (500, 60), "Core": (30, 30)}),
    ]
    ranked = best_areas(voyages).ranked
    assert [(area.area, area.gold_per_hour, area.voyages) for area in ranked] == [
        ("Rim", 300.0, 2),
        ("Core", 120.0, 2),
    ]


def test_a_tie_goes_to_the_most_recent(record):
    voyages = [record(3, {"New": (60, 60)}), record(1, {"Old": (60, 60)})]
    assert [area.area for area in best_areas(voyages).ranked] == ["New", "Old"]


def test_under_ten_minutes_an_area_is_listed_apart(record):
    found = best_areas([record(1, {"Short": (999, 9.99), "Enough": (1, 10)})])
    assert [area.area for area in found.ranked] == ["Enough"]
    assert [area.area for area in found.too_little] == ["Short"]


def test_an_area_without_time_has_no_rate(record):
    (area,) = best_areas([record(1, {"Gate": (5, 0)})]).too_little
    assert area.gold_per_hour is None


def test_a_flee_counts_in_its_own_area(record):
    voyages = [record(1, {"Rim": (0, 50), "Core": (0, 10)}, flee_events=3, flees_by_area={"Core": 3.0})]
    found = dangerous_areas(voyages)
    assert [(area.area, area.flees) for area in found.ranked] == [("Core", 3.0)]
    assert found.without_area == 0


def test_a_total_is_shared_in_proportion_to_time_as_fractions(record):
    voyages = [record(1, {"Rim": (0, 20), "Core": (0, 10), "Void": (0, 10)}, flee_events=3)]
    shares = {area.area: area.flees for area in dangerous_areas(voyages).ranked}
    assert shares == {"Rim": 1.5, "Core": 0.75, "Void": 0.75}


def test_flees_without_an_area_are_a_line_of_their_own(record):
    voyages = [
        record(3, flee_events=2),
        record(2, {"Rim": (0, 0)}, flee_events=1),
        record(1, {"Rim": (0, 9)}, flee_events=5, flees_by_area={"Rim": 4.0}),
    ]
    found = dangerous_areas(voyages)
    assert found.without_area == 4
    assert [(area.area, area.flees) for area in found.ranked] == [("Rim", 4.0)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.dictionaries(st.sampled_from(["Rim", "Core", "Void"]), st.integers(0, 90), max_size=3),
        ),
        max_size=8,
    )
)
def test_no_flee_is_lost_or_made_up(voyages):
    records = [
        VoyageRecord(
            session_id=str(n),
            channel="1",
            start_time=float(n),
            end_time=float(n),
            duration_minutes=0.0,
            flee_events=flees,
            areas_farmed=tuple(AreaShare(area, 0.0, float(minutes)) for area, minutes in areas.items()),
        )
        for n, (flees, areas) in enumerate(voyages)
    ]
    found = dangerous_areas(records)
    total = sum((Fraction(area.flees) for area in found.ranked), Fraction(found.without_area))
    assert float(total) == pytest.approx(sum(flees for flees, _ in voyages), abs=1e-6)


@pytest.mark.parametrize(
    ("value", "values", "said"),
    [(3, [1, 2, 3, 4], 62.5), (1, [1, 2, 3, 4], 12.5), (7, [7, 7], 50.0), (9, [1, 2], 100.0)],
)
def test_percentiles_count_equals_half(value, values, said):
    assert percentile(value, values) == said


def test_a_comparison_has_deltas_and_percentiles(record):
    voyages = [record(n, total_gold=float(n), gold_per_hour=None) for n in (5, 4, 3, 2, 1)]
    by_metric = {row.metric: row for row in compare(voyages[3], voyages[0], voyages)}
    gold = by_metric[Metric.TOTAL_GOLD]
    assert (gold.a, gold.b, gold.delta) == (2.0, 5.0, 3.0)
    assert (gold.percentile_a, gold.percentile_b) == (30.0, 90.0)
    rate = by_metric[Metric.GOLD_PER_HOUR]
    assert (rate.delta, rate.percentile_a) == (None, None)


def test_advice_carries_its_numbers(record):
    voyages = [record(1, {"Rim": (600, 60), "Core": (0, 60)}, flee_events=2, flees_by_area={"Core": 2.0})]
    advice = advise(voyages)
    assert (advice.best.area, advice.best.gold_per_hour) == ("Rim", 600.0)
    assert (advice.worst.area, advice.worst.flees) == ("Core", 2.0)
    assert advise([record(2)]).best is None


def warnings(rates):
    """Judge a history voyage by voyage: at which ones it warned."""
    armed, warned = True, []
    for n in range(1, len(rates) + 1):
        ratio, armed = judge(rates[max(0, n - 13) : n], armed)
        if ratio is not None:
            warned.append(n)
    return warned


def test_it_warns_once_and_arms_again_above_the_upper_limit():
    assert warnings([100] * 8) == []
    assert warnings([100] * 5 + [74] * 3) == [8]
    assert warnings([100] * 5 + [76] * 3) == []
    assert warnings([100] * 10 + [50, 50, 50, 50, 50]) == [12]  # mean(100, 50, 50) is 67 of 100
    assert warnings([100] * 10 + [50] * 3 + [100] * 6 + [40] * 3) == [12, 21]


def test_it_is_not_armed_again_between_the_limits():
    dip, middle = [50, 50, 50], [80] * 3
    assert warnings([100] * 10 + dip + middle + dip) == [12]


def test_five_voyages_before_the_last_three_are_needed():
    assert warnings([100] * 4 + [1] * 3) == []
    assert warnings([100] * 5 + [1] * 3) == [8]


def test_a_history_that_earned_nothing_gives_no_warning():
    assert warnings([0] * 5 + [-5] * 3) == []


def test_only_the_ten_before_count():
    assert judge([1000] * 5 + [100] * 10 + [80] * 3, True) == (None, True)
    assert judge([1000] * 5 + [100] * 5 + [80] * 3, True) == (pytest.approx(80 / 550), False)
