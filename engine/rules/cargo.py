"""The hold: what lies in it, what it weighs, what still fits. Nothing else touches the inventory."""

import msgspec

from engine.content.catalogue import Content
from engine.rules.errors import Refused
from engine.rules.play import Play
from engine.rules.state import GameState


class HoldStack(msgspec.Struct, frozen=True):
    """A quantity of one kind of thing. `weight` is of one piece, in cargo units."""

    item_id: str
    name: str
    quantity: int
    weight: float
    note: str


class Hold(msgspec.Struct, frozen=True):
    """The whole inventory with its weight and the capacity, in cargo units."""

    stacks: tuple[HoldStack, ...]
    used: float
    capacity: float


def hold_of(content: Content, state: GameState) -> Hold:
    """View the inventory, heaviest stack first."""
    stacks = [
        HoldStack(good.id, good.name, quantity, good.weight, good.note)
        for name, quantity in state.inventory.items()
        if (good := content.goods[name])
    ]
    stacks.sort(key=lambda stack: (-stack.quantity * stack.weight, stack.item_id))
    return Hold(tuple(stacks), used_cargo(content, state.inventory), float(state.cargo_capacity))


def prices(content: Content, state: GameState) -> dict[str, float]:
    """Give the one table that values items for accounting, in credits a piece.

    It is the same everywhere and at all times, so that the worth of two moments can be compared; what a
    market pays today is another matter (`engine.rules.market`).
    """
    return content.values


def used_cargo(content: Content, inventory: dict[str, int]) -> float:
    """Weigh an inventory, in cargo units."""
    weights = content.weights
    return round(sum([weights[name] * quantity for name, quantity in inventory.items()]), 2)


def room_for(play: Play, item: str) -> int:
    """Count how many more pieces of an item fit."""
    weight = play.content.goods[item].weight
    if weight <= 0:
        return 999
    free = play.state.cargo_capacity - used_cargo(play.content, play.state.inventory)
    return max(0, int((free + 1e-6) / weight))


def stow(play: Play, item: str, quantity: int) -> int:
    """Load what fits and tell about the rest. Returns how many pieces were loaded."""
    good = play.content.goods[item]
    loaded = min(quantity, room_for(play, item))
    if loaded > 0:
        play.state.inventory[item] = play.state.inventory.get(item, 0) + loaded
        play.state.items_collected += loaded
    if loaded < quantity:
        free = play.state.cargo_capacity - used_cargo(play.content, play.state.inventory)
        play.messages.append(
            f"Left behind: {quantity - loaded} {good.name} ({good.weight:g} each, {max(0.0, free):g} free)"
        )
    return loaded


def load(play: Play, item: str, quantity: int) -> None:
    """Load all of it. Raises Refused, with the numbers, when it would be too heavy."""
    if quantity > room_for(play, item):
        good = play.content.goods[item]
        used = used_cargo(play.content, play.state.inventory)
        raise Refused(
            f"{quantity} {good.name} weigh {good.weight * quantity:g}; the hold has "
            f"{used:g} of {play.state.cargo_capacity} taken, so {room_for(play, item)} would fit."
        )
    play.state.inventory[item] = play.state.inventory.get(item, 0) + quantity
    play.state.items_collected += quantity


def unload(play: Play, item: str, quantity: int) -> int:
    """Take up to `quantity` out of the hold. Returns how many pieces it were."""
    held = play.state.inventory.get(item, 0)
    taken = min(held, quantity)
    if taken == held:
        play.state.inventory.pop(item, None)
    elif taken > 0:
        play.state.inventory[item] = held - taken
    return taken


def shrink_to(play: Play, capacity: int) -> None:
    """Give the hold a new capacity; drop what no longer fits, the least worth its weight first, keys last."""
    play.state.cargo_capacity = capacity
    goods = play.content.goods
    by_worth = sorted(
        play.state.inventory,
        key=lambda name: (_is_key(play, name), goods[name].value / max(0.1, goods[name].weight), name),
    )
    for name in by_worth:
        over = used_cargo(play.content, play.state.inventory) - capacity
        if over <= 0:
            return
        weight = goods[name].weight
        if weight > 0:
            unload(play, name, -int(-over // weight) if over % weight else int(over // weight))


def _is_key(play: Play, name: str) -> bool:
    item = play.content.items.get(name)
    return item is not None and item.kind == "key"
