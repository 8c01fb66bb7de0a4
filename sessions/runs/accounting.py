"""What changed between two inventories, and what that is worth by one price table. Pure.

Only the total of each item type counts: a stack that was moved or split is no change, one that grew is its
growth, and what is gone is a loss.
"""

import math
from collections.abc import Iterable, Mapping

import msgspec

from engine_client.models import Inventory
from sessions.runs.models import Drop, Holdings
from sessions.runs.rates import money

TOP = 3
MOST_PIECES = 10**12  # an engine's number beyond that is nonsense, and too large for a float's hundredths


class Appraisal(msgspec.Struct, frozen=True):
    """The worth of a change. `drops` have a price, most valuable first; `unpriced` have none, worth 0."""

    value: float
    drops: tuple[Drop, ...]
    unpriced: tuple[Drop, ...]


def count(inventory: Inventory) -> Holdings:
    """Add up an inventory's stacks by item; stacks of nothing are left out."""
    quantities: dict[str, int] = {}
    names: dict[str, str] = {}
    for stack in inventory.stacks:
        if stack.quantity > 0:
            held = quantities.get(stack.item_id, 0) + stack.quantity
            quantities[stack.item_id] = min(held, MOST_PIECES)
            names.setdefault(stack.item_id, stack.name)
    return Holdings(quantities, names)


def changed(pre: Mapping[str, int], post: Mapping[str, int]) -> dict[str, int]:
    """Give the change of every item that changed, by item id; what was lost is below 0."""
    items = sorted(set(pre) | set(post))
    changes = {item: post.get(item, 0) - pre.get(item, 0) for item in items}
    return {item: change for item, change in changes.items() if change}


def appraise(changes: Mapping[str, int], prices: Mapping[str, float], names: Mapping[str, str]) -> Appraisal:
    """Value changes by one price table, in credits. A price that is no finite number is none."""
    drops: list[Drop] = []
    unpriced: list[Drop] = []
    for item, change in changes.items():
        price = prices.get(item)
        name = names.get(item, item)
        if price is None or not math.isfinite(price):
            unpriced.append(Drop(item, name, change, 0.0))
        else:
            drops.append(Drop(item, name, change, money(change * price)))
    drops.sort(key=lambda drop: (-drop.value, drop.item_id))
    return Appraisal(money(math.fsum(drop.value for drop in drops)), tuple(drops), tuple(unpriced))


def top_drops(drops: Iterable[Drop], limit: int = TOP) -> tuple[Drop, ...]:
    """Give the most valuable of the drops that are worth more than 0, in descending order."""
    gains = [drop for drop in drops if drop.value > 0]
    return tuple(sorted(gains, key=lambda drop: (-drop.value, drop.item_id))[:limit])


def add_drops(total: Mapping[str, Drop], drops: Iterable[Drop]) -> dict[str, Drop]:
    """Add drops to a sum by item."""
    result = dict(total)
    for drop in drops:
        had = result.get(drop.item_id)
        if had is not None:
            value = money(had.value + drop.value)
            drop = Drop(drop.item_id, drop.name, had.quantity + drop.quantity, value)
        result[drop.item_id] = drop
    return result
