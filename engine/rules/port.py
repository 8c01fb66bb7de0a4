"""The screens of a station: the dock, the market, the yard with its refit bay, the notice board."""

from engine.rules import cargo, deeds, market, quests, yard
from engine.rules.errors import Refused
from engine.rules.outcome import Choice
from engine.rules.play import SAFE, Play, choice
from engine.rules.scene import Motif
from engine.rules.starmap import Node
from engine.rules.state import Screen

MOST_PIECES = 12  # bought by one click
BACK = choice("back", "Back to the dock", "", "↩️", SAFE)


def offer_dock(play: Play) -> list[Choice]:
    """List what a station offers."""
    fuel, food, credits = yard.supply_bill(play)
    points, bill = yard.repair_bill(play)
    choices: list[Choice] = []
    if fuel + food > 0:
        choices.append(
            choice(
                "resupply", f"Refuel and restock ({credits} cr)", f"+{fuel} fuel, +{food} food", "⛽", SAFE
            )
        )
    if points > 0 and play.state.ship_condition < 0.75 * play.stats["hull"]:
        choices.append(choice("patch", f"Repair the hull ({bill} cr)", f"+{points} hull", "🔨", SAFE))
    choices.append(choice("market", "Market", "Sell cargo, buy goods", "⚖️"))
    choices.append(choice("yard", "Shipyard", "Repairs, modifications, hulls, pods", "🏗️"))
    if len(choices) < 4:
        choices.append(choice("board", "Notice board", "Work for a captain", "📌"))
    play.default = "leave"
    return [*choices, choice("leave", "Cast off", "Back to open space", "🚀")]


def take_dock(play: Play, identity: str) -> None:
    """Use the station. Raises Refused."""
    play.motif = Motif.DOCKED
    if identity == "resupply":
        resupply(play)
    elif identity == "patch":
        patch(play)
    elif identity == "market":
        enter_market(play)
    elif identity == "yard":
        play.action = "Go to the shipyard"
        enter_yard(play)
    elif identity == "board":
        read_board(play)
    else:
        cast_off(play)


def cast_off(play: Play) -> None:
    """Leave the dock."""
    play.action = "Cast off"
    play.state.back = Screen.NODE
    play.state.offers = ()
    play.tell(play.phrase("cast_off"))
    play.show(Screen.NODE)


def resupply(play: Play) -> None:
    """Fill tank and larder. Raises Refused."""
    play.action = "Refuel and restock"
    yard.resupply(play)
    play.tell(play.phrase("resupply"))


def patch(play: Play) -> None:
    """Have the hull mended. Raises Refused."""
    play.action = "Repair the hull"
    play.motif = Motif.REPAIR
    yard.repair(play)
    play.tell(play.phrase("patch"))


def enter_market(play: Play) -> None:
    """Go to the market and read the prices."""
    play.action = "Go to the market"
    play.title = f"{play.node.name}: market"
    play.tell(play.phrase("market"))
    play.messages.append(price_line(play))
    play.show(Screen.MARKET)


def price_line(play: Play) -> str:
    """Say in one line what is for sale here."""
    goods = play.content.goods
    prices = ", ".join(
        f"{goods[item].name} {market.buy_price(play, item)}" for item in market.stock_of(play, play.node)
    )
    return f"For sale: {prices}"


def offer_market(play: Play) -> list[Choice]:
    """List the two best sales and the best purchases."""
    sales = _sales(play)[:2]
    purchases = _purchases(play)[: 4 - len(sales)]
    play.default = "back"
    return [*sales, *purchases, BACK]


def take_market(play: Play, identity: str) -> None:
    """Trade. Raises Refused."""
    play.motif = Motif.DOCKED
    play.title = f"{play.node.name}: market"
    if identity.startswith("sell_"):
        sell(play, identity[5:], play.state.inventory.get(identity[5:], 0))
    elif identity.startswith("buy_"):
        buy(play, identity[4:], _pieces(play, identity[4:]))
    else:
        back_to_dock(play)


def sell(play: Play, item: str, quantity: int) -> None:
    """Sell pieces of an item. Raises Refused."""
    name = play.content.goods[item].name
    credits = market.sell(play, item, quantity)
    play.action = f"Sell {quantity} {name}"
    play.tell(f"{play.phrase('sold')} {quantity} {name} for {credits} credits.")


def buy(play: Play, item: str, quantity: int) -> None:
    """Buy pieces of an item. Raises Refused."""
    name = play.content.goods[item].name
    if quantity < 1:
        raise Refused(f"There is no room or no money for {name}.")
    credits = market.buy(play, item, quantity)
    play.action = f"Buy {quantity} {name}"
    play.tell(f"{play.phrase('bought')} {quantity} {name} for {credits} credits.")


def back_to_dock(play: Play) -> None:
    """Return to the dock's own screen."""
    play.action = "Back to the dock"
    play.title = play.node.name
    play.tell(play.phrase("back_at_dock"))
    play.show(Screen.DOCK)


def enter_yard(play: Play) -> None:
    """Go to the yard and read what is for sale, also what is too dear today."""
    content, stock = play.content, yard.stock_of(play)
    play.title = f"{play.node.name}: shipyard"
    play.tell(play.phrase("yard"))
    ship, entry = content.ships[stock.ship], content.augmentations[stock.augmentation]
    mods = ", ".join(
        f"{content.mods[name].name} {yard.mod_price(play, content.mods[name])}" for name in stock.mods
    )
    play.messages.append(f"Hull for sale: {ship.name} {yard.ship_price(play, ship)} after trade-in")
    play.messages.append(f"In the racks: {mods}; {entry.name} {yard.local_price(play, entry.price)}")
    play.show(Screen.YARD)


def offer_yard(play: Play) -> list[Choice]:
    """List what the yard can do for this ship and this purse."""
    points, bill = yard.repair_bill(play)
    stock = yard.stock_of(play)
    choices: list[Choice] = []
    if points > 0:
        choices.append(choice("patch", f"Repair the hull ({bill} cr)", f"+{points} hull", "🔨", SAFE))
    choices.append(choice("refit", "Refit bay", "Buy and fit modifications", "🔩"))
    choices += _pod_or_ship(play, stock)
    choices += _augmentation(play, stock)
    play.default = "back"
    return [*choices, BACK]


def take_yard(play: Play, identity: str) -> None:
    """Have the yard do something. Raises Refused."""
    play.motif = Motif.REPAIR
    play.title = f"{play.node.name}: shipyard"
    stock = yard.stock_of(play)
    if identity == "patch":
        patch(play)
    elif identity == "refit":
        play.action = "Go to the refit bay"
        play.tell(play.phrase("refit"))
        play.show(Screen.REFIT)
    elif identity == "pod":
        play.action = "Buy a flight pod"
        yard.buy_pod(play)
        play.tell(play.phrase("new_pod"))
    elif identity == "ship":
        ship = play.content.ships[stock.ship]
        play.action = f"Change to the {ship.name}"
        yard.buy_ship(play, ship.id)
        play.tell(ship.description)
    elif identity == "augment":
        entry = play.content.augmentations[stock.augmentation]
        play.action = f"Grow {entry.name}"
        yard.buy_augmentation(play, entry)
        play.tell(play.phrase("augmented"))
    else:
        back_to_dock(play)


def offer_refit(play: Play) -> list[Choice]:
    """List modifications to fit from the hold, then those for sale."""
    held = [
        choice(f"fit_{name}", f"Fit {mod.name}", f"{mod.slot} slot: {mod.note}", "🔩")
        for name in play.state.inventory
        if (mod := play.content.mods.get(name)) is not None and yard.free_slots(play, mod.slot) > 0
    ]
    sale = []
    for name in yard.stock_of(play).mods:
        mod = play.content.mods[name]
        free = yard.free_slots(play, mod.slot)
        if yard.mod_price(play, mod) > play.state.wealth or (free < 1 and cargo.room_for(play, name) < 1):
            continue
        hint = f"{mod.slot} slot ({free} free): {mod.note}"
        sale.append(choice(f"buy_{name}", f"{mod.name} ({yard.mod_price(play, mod)} cr)", hint, "🛒"))
    play.default = "back"
    return [*[*held[:2], *sale][:4], choice("back", "Back to the yard", "", "↩️", SAFE)]


def take_refit(play: Play, identity: str) -> None:
    """Buy or fit a modification. Raises Refused."""
    play.motif = Motif.REPAIR
    play.title = f"{play.node.name}: refit bay"
    if identity.startswith("fit_"):
        deeds.fit(play, identity[4:])
    elif identity.startswith("buy_"):
        mod = play.content.mods[identity[4:]]
        play.action = f"Buy {mod.name}"
        fitted = yard.buy_mod(play, mod.id)
        play.tell(f"{mod.name} is {'fitted' if fitted else 'in the hold; no slot is free'}. {mod.note}.")
    else:
        play.action = "Back to the yard"
        enter_yard(play)


def read_board(play: Play) -> None:
    """Read the notice board."""
    play.action = "Read the notice board"
    play.title = f"{play.node.name}: notice board"
    if not play.state.offers:
        play.state.offers = quests.roll_offers(play)
    pitches = [play.content.quests[name].pitch for name in play.state.offers]
    play.tell(" ".join(pitches) if pitches else play.phrase("empty_board"))
    if play.state.active_quest is not None:
        play.messages.append(f"Under way: {quests.describe(play)}")
    play.show(Screen.BOARD)


def offer_board(play: Play) -> list[Choice]:
    """List the quests that can be taken on."""
    choices = []
    for name in play.state.offers:
        quest = play.content.quests[name]
        choices.append(choice(f"quest_{name}", f"Take: {quest.name}", _reward_line(play, name), "📜"))
    if play.state.active_quest is not None:
        active = play.content.quests[play.state.active_quest.id]
        choices.append(choice("drop", f"Give up: {active.name}", "Only one quest at a time", "🗑️"))
    play.default = "back"
    return [*choices, BACK]


def take_board(play: Play, identity: str) -> None:
    """Take a quest on or give one up. Raises Refused."""
    play.motif = Motif.DOCKED
    play.title = f"{play.node.name}: notice board"
    if identity == "drop":
        play.action = "Give up the quest"
        quests.drop(play)
        play.tell(play.phrase("quest_dropped"))
    elif identity.startswith("quest_"):
        name = identity[6:]
        play.action = f"Take on: {play.content.quests[name].name}"
        play.state.offers = tuple(offer for offer in play.state.offers if offer != name)
        quests.accept(play, name)
        play.tell(play.phrase("quest_taken"))
    else:
        back_to_dock(play)


def _reward_line(play: Play, name: str) -> str:
    reward = play.content.quests[name].reward
    parts = [f"{reward.credits} cr"] if reward.credits else []
    parts += [f"{quantity} {play.content.goods[item].name}" for item, quantity in reward.give.items()]
    if reward.augment:
        parts.append(play.content.augmentations[reward.augment].name)
    return "Pays " + (", ".join(parts) or "in its own way")


def _sales(play: Play) -> list[Choice]:
    offers = []
    for item, quantity in play.state.inventory.items():
        good = play.content.goods[item]
        kind = play.content.items[item].kind if item in play.content.items else "part"
        price = market.sell_price(play, item)
        if kind in ("trade", "relic", "part") and price > 0:
            rated = price / max(1, good.value)
            offers.append((kind != "trade", -rated * price * quantity, item, quantity, price, rated))
    offers.sort()
    return [
        choice(
            f"sell_{item}", f"Sell {quantity} {play.content.goods[item].name}", _sale_hint(price, rated), "💰"
        )
        for _, _, item, quantity, price, rated in offers
    ]


def _sale_hint(price: int, rated: float) -> str:
    verdict = "a fine price" if rated > 1.2 else ("a poor price" if rated < 0.85 else "a fair price")
    return f"{price} a piece at first, {verdict}"


def _purchases(play: Play) -> list[Choice]:
    offers = []
    for item in market.stock_of(play, play.node):
        pieces = _pieces(play, item)
        if pieces < 1:
            continue
        price = market.buy_price(play, item)
        best, buyer = market.best_buyer(play, item)
        is_trade = play.content.items[item].kind == "trade"
        offers.append((not is_trade, price - best if is_trade else 0, item, pieces, price, best, buyer))
    offers.sort(key=lambda offer: offer[:3])
    return [_purchase(play, *offer[2:]) for offer in offers]


def _pieces(play: Play, item: str) -> int:
    """Count what one click buys: a load of a trade good, one piece of a supply."""
    is_trade = play.content.items[item].kind == "trade"
    return market.affordable(play, item, MOST_PIECES if is_trade else 1)


def _purchase(play: Play, item: str, pieces: int, price: int, best: int, buyer: Node | None) -> Choice:
    good = play.content.goods[item]
    if play.content.items[item].kind == "trade":
        hint = f"{price} each" + (f"; {buyer.name} pays {best}" if buyer is not None and best > price else "")
    else:
        hint = f"{price} each: {good.note}"
    return choice(f"buy_{item}", f"Buy {pieces} {good.name}", hint, "🛒")


def _pod_or_ship(play: Play, stock: yard.YardStock) -> list[Choice]:
    """Offer a pod to those without, another hull to the others, when it can be paid."""
    if not play.state.has_flight_pod:
        price = yard.local_price(play, yard.POD_PRICE)
        pod = choice("pod", f"Buy a flight pod ({price} cr)", "A second life when the ship is lost", "🛟")
        return [pod] if price <= play.state.wealth else []
    ship = play.content.ships[stock.ship]
    price = yard.ship_price(play, ship)
    if ship.id == play.state.ship_type or price > play.state.wealth:
        return []
    return [choice("ship", f"Change to the {ship.name} ({price} cr)", ship.description, "🚢")]


def _augmentation(play: Play, stock: yard.YardStock) -> list[Choice]:
    entry = play.content.augmentations[stock.augmentation]
    price = yard.local_price(play, entry.price)
    is_grown = entry.id in play.state.pod_augmentations
    if is_grown or not play.state.has_flight_pod or price > play.state.wealth:
        return []
    return [choice("augment", f"{entry.name} ({price} cr)", f"Pod: {entry.note}", "🧬")]
