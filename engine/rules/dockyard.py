"""The shipyard's screen: what it can do for this ship and this purse, four offers at most."""

from engine.rules import cargo, deeds, yard
from engine.rules.bazaar import BACK, back_to_dock
from engine.rules.outcome import Choice
from engine.rules.play import Play, choice
from engine.rules.scene import Motif
from engine.rules.state import Screen


def enter(play: Play) -> None:
    """Go to the yard and read what is for sale, also what is too dear today."""
    content, stock = play.content, yard.stock_of(play)
    play.action = "Go to the shipyard"
    play.title = f"{play.node.name}: shipyard"
    play.tell(play.phrase("yard"))
    ship, entry = content.ships[stock.ship], content.augmentations[stock.augmentation]
    mods = ", ".join(
        f"{content.mods[name].name} {yard.mod_price(play, content.mods[name])}" for name in stock.mods
    )
    price = yard.ship_price(play, ship)
    if ship.id != play.state.ship_type:
        play.messages.append(
            f"Hull for sale: {ship.name}, {price} credits after trade-in. {ship.description}"
        )
    play.messages.append(f"In the racks: {mods}; {entry.name} {yard.local_price(play, entry.price)}")
    play.show(Screen.YARD)


def offer(play: Play) -> list[Choice]:
    """List what to fit and what to buy."""
    stock = yard.stock_of(play)
    offers = [*_held(play)[:1], *_pod_or_ship(play, stock), *_augmentation(play, stock), *_racks(play, stock)]
    play.default = "back"
    return [*offers[:4], BACK]


def take(play: Play, identity: str) -> None:
    """Have the yard do something. Raises Refused."""
    stock = yard.stock_of(play)
    play.motif = Motif.REPAIR
    play.title = f"{play.node.name}: shipyard"
    if identity.startswith("fit_"):
        deeds.fit(play, identity[4:])
    elif identity.startswith("buy_"):
        buy(play, identity[4:])
    elif identity == "pod":
        play.action = "Buy a flight pod"
        yard.buy_pod(play)
        play.tell(play.phrase("new_pod"))
    elif identity == "ship":
        ship = play.content.ships[stock.ship]
        play.action = f"Change to the {ship.name}"
        yard.buy_ship(play, ship.id)
        play.tell(f"The {ship.name} is yours. {ship.description}")
    elif identity == "augment":
        entry = play.content.augmentations[stock.augmentation]
        play.action = f"Grow {entry.name}"
        yard.buy_augmentation(play, entry)
        play.tell(play.phrase("augmented"))
    else:
        back_to_dock(play)
        play.motif = Motif.DOCKED


def buy(play: Play, name: str) -> None:
    """Buy a modification and have it fitted when a slot is free. Raises Refused."""
    mod = play.content.mods[name]
    play.action = f"Buy {mod.name}"
    fitted = yard.buy_mod(play, name)
    play.tell(f"{mod.name} is {'fitted' if fitted else 'in the hold; no slot is free'}: {mod.note}.")


def _held(play: Play) -> list[Choice]:
    return [
        choice(f"fit_{name}", f"Fit {mod.name}", f"{mod.slot} slot: {mod.note}", "🔩")
        for name in play.state.inventory
        if (mod := play.content.mods.get(name)) is not None and yard.free_slots(play, mod.slot) > 0
    ]


def _racks(play: Play, stock: yard.YardStock) -> list[Choice]:
    """Offer what can be paid, and put somewhere."""
    sale = []
    for name in stock.mods:
        mod = play.content.mods[name]
        free = yard.free_slots(play, mod.slot)
        price = yard.mod_price(play, mod)
        if price <= play.state.wealth and (free > 0 or cargo.room_for(play, name) > 0):
            again = "; a second one counts half" if name in getattr(play.state.ship_mods, mod.slot) else ""
            hint = f"{mod.slot} slot ({free} free): {mod.note}{again}"
            sale.append((free < 1, choice(f"buy_{name}", f"{mod.name} ({price} credits)", hint, "🛒")))
    sale.sort(key=lambda entry: entry[0])
    return [entry for _, entry in sale]


def _pod_or_ship(play: Play, stock: yard.YardStock) -> list[Choice]:
    """Offer a pod to those without, another hull to the others, when it can be paid."""
    if not play.state.has_flight_pod:
        price = yard.local_price(play, yard.POD_PRICE)
        pod = choice(
            "pod", f"Buy a flight pod ({price} credits)", "A second life when the ship is lost", "🛟"
        )
        return [pod] if price <= play.state.wealth else []
    ship = play.content.ships[stock.ship]
    price = yard.ship_price(play, ship)
    if ship.id == play.state.ship_type or price > play.state.wealth:
        return []
    return [choice("ship", f"Change to the {ship.name} ({price} credits)", ship.description, "🚢")]


def _augmentation(play: Play, stock: yard.YardStock) -> list[Choice]:
    entry = play.content.augmentations[stock.augmentation]
    price = yard.local_price(play, entry.price)
    is_grown = entry.id in play.state.pod_augmentations
    if is_grown or not play.state.has_flight_pod or price > play.state.wealth:
        return []
    return [choice("augment", f"{entry.name} ({price} credits)", f"Pod: {entry.note}", "🧬")]
