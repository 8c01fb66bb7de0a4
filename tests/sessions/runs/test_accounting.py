"""Differences of inventories and their worth."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_client.models import Inventory, ItemStack
from sessions.runs.accounting import add_drops, appraise, changed, count, top_drops
from sessions.runs.models import Drop
from sessions.runs.rates import money, per_hour

HOLDS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 1000))


def stacks(*pairs):
    return Inventory(tuple(ItemStack(item, item.title(), quantity) for item, quantity in pairs), 0, 10)


def test_a_moved_or_split_stack_is_no_change():
    before = count(stacks(("ore", 5), ("gem", 2)))
    after = count(stacks(("gem", 1), ("ore", 3), ("ore", 2), ("gem", 1)))
    assert changed(before.quantities, after.quantities) == {}


def test_a_grown_stack_is_its_growth_and_a_loss_counts():
    assert changed({"ore": 5, "gem": 2}, {"ore": 9}) == {"ore": 4, "gem": -2}


def test_an_empty_pre_is_valid():
    assert changed({}, {"ore": 3}) == {"ore": 3}
    assert changed({}, {}) == {}


def test_stacks_of_nothing_are_left_out():
    assert count(stacks(("ore", 0), ("gem", -4), ("rare", 1))).quantities == {"rare": 1}


def test_one_price_table_values_both_sides_and_lists_what_has_no_price():
    worth = appraise({"ore": 4, "gem": -2, "relic": 1}, {"ore": 10, "gem": 100.5}, {"ore": "Ore"})
    assert worth.value == -161.0
    assert worth.drops == (Drop("ore", "Ore", 4, 40.0), Drop("gem", "gem", -2, -201.0))
    assert worth.unpriced == (Drop("relic", "relic", 1, 0.0),)


@pytest.mark.parametrize("price", [math.nan, math.inf, -math.inf])
def test_a_price_that_is_no_number_is_none(price):
    worth = appraise({"ore": 4}, {"ore": price}, {})
    assert worth.value == 0
    assert [drop.item_id for drop in worth.unpriced] == ["ore"]


def test_a_price_of_nothing_is_a_price():
    assert appraise({"ore": 4}, {"ore": 0.0}, {}).unpriced == ()


def test_a_nonsense_quantity_cannot_break_the_sum():
    held = count(stacks(("ore", 10**400)))
    assert math.isfinite(appraise(changed({}, held.quantities), {"ore": 3.5}, {}).value)


def test_top_drops_are_three_gains_in_descending_order():
    drops = [
        Drop(name, name, 1, value)
        for name, value in [("a", 5), ("b", 50), ("c", 0), ("d", -9), ("e", 7), ("f", 6)]
    ]
    assert [drop.item_id for drop in top_drops(drops)] == ["b", "e", "f"]


@given(HOLDS, HOLDS)
def test_a_change_leads_from_pre_to_post(pre, post):
    changes = changed(pre, post)
    assert 0 not in changes.values()
    assert {i: pre.get(i, 0) + changes.get(i, 0) for i in {*pre, *post}} == {
        i: post.get(i, 0) for i in {*pre, *post}
    }


@given(
    st.lists(HOLDS, min_size=2, max_size=8), st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 999))
)
def test_the_runs_of_a_voyage_add_up_to_its_whole_change(holds, cents):
    prices = {item: price / 100 for item, price in cents.items()}
    worths = [appraise(changed(pre, post), prices, {}) for pre, post in pairwise(holds)]
    whole = appraise(changed(holds[0], holds[-1]), prices, {})
    total = 0.0
    for worth in worths:
        total = money(total + worth.value)
    assert total == whole.value
    summed: dict[str, Drop] = {}
    for worth in worths:
        summed = add_drops(summed, worth.drops)
    assert {d.item_id: (d.quantity, d.value) for d in summed.values() if d.quantity} == {
        d.item_id: (d.quantity, d.value) for d in whole.drops
    }


def test_rates_of_the_worked_example():
    assert per_hour(100.5, 300) == pytest.approx(1206)
    assert round(per_hour(100.5 + 150.2, 580) or 0, 2) == 1556.07


@pytest.mark.parametrize("seconds", [0, -1, 0.0])
def test_there_is_no_rate_without_runtime(seconds):
    assert per_hour(100, seconds) is None
    assert per_hour(1e308, 1e-300) is None
