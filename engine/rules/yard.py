"""What a shipyard does: repairs, fuel and food, modifications, pods and other hulls."""

import random

import msgspec

from engine.content.models import Augmentation, Mod, Ship
from engine.rules import cargo, vitals
from engine.rules.errors import Refused
from engine.rules.play import Play
from engine.rules.state import ShipMods

HULL_PRICE, FUEL_PRICE, FOOD_PRICE, DOCTOR_PRICE = 1.1, 0.9, 1.3, 1.0  # credits a point
POD_PRICE = 260
DANGER_STEP = 0.06
TRADE_STEP = 0.015
STOCK_WATCHES = 30  # a yard's stock changes after so many watches
MODS_HERE = 4
POD_HULL = 30


class ServiceBill(msgspec.Struct, frozen=True):
    """What a full service would give and cost, whether or not the purse reaches."""

    fuel: int
    food: int
    hull: int
    health: int
    credits: int


class YardStock(msgspec.Struct, frozen=True):
    """What a yard has for sale now."""

    mods: tuple[str, ...]
    augmentation: str
    ship: str


def stock_of(play: Play) -> YardStock:
    """Give the stock of the yard here; it depends on the place and on the time only."""
    key = ("yard", play.node.seed, play.state.day // STOCK_WATCHES)
    return play.content.tables.get(key, lambda: _stock(play, random.Random(key[1] * 1009 + key[2])))


def local_price(play: Play, credits: float) -> int:
    """Adjust a price to the region's danger and the captain's way with traders."""
    factor = 1 + DANGER_STEP * (play.region.danger - 1) - TRADE_STEP * play.stats["trade"]
    return max(1, round(credits * factor))


def repair_bill(play: Play) -> tuple[int, int]:
    """Count how many hull points can be mended now and what they cost."""
    missing = max(0, play.stats["hull"] - play.state.ship_condition)
    price = max(0.1, local_price(play, HULL_PRICE * 100) / 100)
    points = min(missing, int(play.state.wealth / price))
    return points, min(play.state.wealth, round(points * price))


def supply_bill(play: Play) -> tuple[int, int, int]:
    """Count the fuel and the food that a full resupply buys now, and the price. Fuel comes first."""
    fuel_price, food_price = (
        local_price(play, FUEL_PRICE * 100) / 100,
        local_price(play, FOOD_PRICE * 100) / 100,
    )
    money = float(play.state.wealth)
    fuel = min(max(0, play.stats["tank"] - play.state.fuel), int(money / fuel_price))
    money -= fuel * fuel_price
    food = min(max(0, play.stats["larder"] - play.state.food), int(money / food_price))
    return fuel, food, min(play.state.wealth, round(fuel * fuel_price + food * food_price))


def service_bill(play: Play) -> ServiceBill:
    """Count everything that a full service would do, and its price."""
    state, stats = play.state, play.stats
    fuel, food = max(0, stats["tank"] - state.fuel), max(0, stats["larder"] - state.food)
    hull, health = max(0, stats["hull"] - state.ship_condition), 100 - state.health
    work = fuel * FUEL_PRICE + food * FOOD_PRICE + hull * HULL_PRICE + health * DOCTOR_PRICE
    return ServiceBill(fuel, food, hull, health, local_price(play, work) if work else 0)


def repair(play: Play) -> int:
    """Mend the hull as far as the credits reach. Returns the points. Raises Refused."""
    points, credits = repair_bill(play)
    if points == 0:
        whole = play.state.ship_condition >= play.stats["hull"]
        raise Refused("The hull is whole." if whole else "Not enough credits for even one plate.")
    vitals.change_wealth(play, -credits)
    vitals.change_hull(play, points, "")
    return points


def resupply(play: Play) -> tuple[int, int]:
    """Fill tank and larder as far as the credits reach. Returns fuel and food. Raises Refused."""
    fuel, food, credits = supply_bill(play)
    if fuel + food == 0:
        raise Refused("Tank and larder are full, or the purse is empty.")
    vitals.change_wealth(play, -credits)
    vitals.change_supplies(play, fuel, food)
    return fuel, food


def mod_price(play: Play, mod: Mod) -> int:
    """Give what a modification costs here."""
    return local_price(play, mod.price)


def free_slots(play: Play, slot: str) -> int:
    """Count the free slots of a kind."""
    ship = play.content.ships[play.state.ship_type]
    return ship.slots.get(slot, 0) - len(getattr(play.state.ship_mods, slot))  # type: ignore[call-overload]


def fit(play: Play, name: str) -> None:
    """Fit a modification from the hold. Raises Refused."""
    mod = play.content.mods[name]
    if play.state.inventory.get(name, 0) < 1:
        raise Refused(f"There is no {mod.name} in the hold.")
    if free_slots(play, mod.slot) < 1:
        raise Refused(f"No free {mod.slot} slot for {mod.name}. Remove something first.")
    cargo.unload(play, name, 1)
    _set_slot(play, mod.slot, (*getattr(play.state.ship_mods, mod.slot), name))


def unfit(play: Play, name: str) -> None:
    """Put a fitted modification back into the hold. Raises Refused, with numbers, when it does not fit."""
    mod = play.content.mods[name]
    fitted = getattr(play.state.ship_mods, mod.slot)
    if name not in fitted:
        raise Refused(f"{mod.name} is not fitted.")
    position = fitted.index(name)
    before = play.state.ship_mods
    _set_slot(play, mod.slot, fitted[:position] + fitted[position + 1 :], force=False)
    try:
        cargo.load(play, name, 1)
    except Refused:
        play.state.ship_mods = before
        play.state.cargo_capacity = play.stats["cargo"]
        raise


def buy_mod(play: Play, name: str) -> bool:
    """Buy a modification of the stock; it is fitted when a slot is free. Returns whether. Raises Refused."""
    mod = play.content.mods[name]
    price = mod_price(play, mod)
    if price > play.state.wealth:
        raise Refused(f"{mod.name} costs {price}; you have {play.state.wealth} credits.")
    if free_slots(play, mod.slot) > 0:
        _set_slot(play, mod.slot, (*getattr(play.state.ship_mods, mod.slot), name))
        fitted = True
    else:
        cargo.load(play, name, 1)
        fitted = False
    vitals.change_wealth(play, -price)
    return fitted


def trade_in(play: Play) -> int:
    """Give what the yard pays for the present hull, its damage counted."""
    ship = play.content.ships[play.state.ship_type]
    return round(ship.price * 0.6 * play.state.ship_condition / max(1, play.stats["hull"]))


def ship_price(play: Play, ship: Ship) -> int:
    """Give what changing to another hull costs here, the old one traded in."""
    return local_price(play, ship.price) - trade_in(play)


def buy_ship(play: Play, name: str) -> None:
    """Change to another hull; the modifications go to the hold or stay behind. Raises Refused."""
    ship = play.content.ships[name]
    price = ship_price(play, ship)
    if price > play.state.wealth:
        raise Refused(f"The {ship.name} costs {price} after trade-in; you have {play.state.wealth} credits.")
    vitals.change_wealth(play, -price)
    board_ship(play, name, keep_mods=True)


def board_ship(play: Play, name: str, *, keep_mods: bool) -> None:
    """Make a hull the captain's ship, whole, with what fits of the old one's modifications and load."""
    old = play.state.ship_mods
    fitted = (*old.high, *old.mid, *old.low, *old.rig) if keep_mods else ()
    play.state.ship_type = name
    play.state.ship_mods = ShipMods()
    for mod in fitted:
        kind = play.content.mods[mod].slot
        if free_slots(play, kind) > 0:
            _set_slot(play, kind, (*getattr(play.state.ship_mods, kind), mod))
        else:
            play.messages.append(f"{play.content.mods[mod].name} stays with the old hull.")
    cargo.shrink_to(play, play.stats["cargo"])
    play.state.ship_condition = play.stats["hull"]
    play.state.fuel = min(play.state.fuel, play.stats["tank"])
    play.state.food = min(play.state.food, play.stats["larder"])


def buy_pod(play: Play) -> None:
    """Buy a flight pod. Raises Refused."""
    price = local_price(play, POD_PRICE)
    if play.state.has_flight_pod:
        raise Refused("The ship has a flight pod.")
    if price > play.state.wealth:
        raise Refused(f"A flight pod costs {price}; you have {play.state.wealth} credits.")
    vitals.change_wealth(play, -price)
    play.state.has_flight_pod = True
    play.state.pod_hp = POD_HULL
    _fit_hold(play)


def buy_augmentation(play: Play, entry: Augmentation) -> None:
    """Have an augmentation grown into the pod. Raises Refused."""
    price = local_price(play, entry.price)
    if not play.state.has_flight_pod:
        raise Refused("Augmentations grow in a flight pod, and the ship has none.")
    if price > play.state.wealth:
        raise Refused(f"{entry.name} costs {price}; you have {play.state.wealth} credits.")
    vitals.change_wealth(play, -price)
    vitals.grow_augmentation(play, entry.id)
    _fit_hold(play)


def _fit_hold(play: Play) -> None:
    cargo.shrink_to(play, play.stats["cargo"])


def _set_slot(play: Play, slot: str, mods: tuple[str, ...], *, force: bool = True) -> None:
    """Change one kind of slot; without `force`, Refused when the load would no longer fit."""
    before = play.state.ship_mods
    play.state.ship_mods = msgspec.structs.replace(before, **{slot: mods})
    capacity = play.stats["cargo"]
    used = cargo.used_cargo(play.content, play.state.inventory)
    if not force and used > capacity:
        play.state.ship_mods = before
        raise Refused(f"The hold holds {used:g}; without that it would take only {capacity}.")
    cargo.shrink_to(play, capacity)
    if play.state.ship_condition > play.stats["hull"]:
        play.state.ship_condition = play.stats["hull"]


def _stock(play: Play, rng: random.Random) -> YardStock:
    content = play.content
    mods = rng.sample(sorted(content.mods), min(MODS_HERE, len(content.mods)))
    ships = sorted(ship.id for ship in content.ships.values() if ship.price > 0)
    augmentations = sorted(content.augmentations)
    return YardStock(tuple(mods), rng.choice(augmentations), rng.choice(ships))
