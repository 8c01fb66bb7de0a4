"""The market's screen: the best sales and purchases, a button each; every other one by the player's words."""

from engine.rules import market
from engine.rules.errors import Refused
from engine.rules.outcome import Choice
from engine.rules.play import SAFE, Play, choice
from engine.rules.scene import Motif
from engine.rules.starmap import Node
from engine.rules.state import Screen

MOST_PIECES = 12  # bought by one click
BACK = choice("back", "Back to the dock", "", "↩️", SAFE)
FINE, POOR = 1.2, 0.85


def enter(play: Play) -> None:
    """Go to the market and read the prices."""
    play.action = "Go to the market"
    play.title = f"{play.node.name}: market"
    play.tell(play.phrase("market"))
    play.messages.append(_price_line(play))
    play.show(Screen.MARKET)


def offer(play: Play) -> list[Choice]:
    """List the two best sales and the best purchases."""
    sales = _sales(play)[:2]
    purchases = _purchases(play)[: 4 - len(sales)]
    play.default = "back"
    return [*sales, *purchases, BACK]


def take(play: Play, identity: str) -> None:
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
        raise Refused(f"There is no room or not enough credits for {name}.")
    credits = market.buy(play, item, quantity)
    play.action = f"Buy {quantity} {name}"
    play.tell(f"{play.phrase('bought')} {quantity} {name} for {credits} credits.")


def back_to_dock(play: Play) -> None:
    """Return to the dock's own screen."""
    play.action = "Back to the dock"
    play.title = play.node.name
    play.tell(play.phrase("back_at_dock"))
    play.show(Screen.DOCK)


def _price_line(play: Play) -> str:
    goods = play.content.goods
    stock = market.stock_of(play, play.node)
    return "For sale: " + ", ".join(f"{goods[item].name} {market.buy_price(play, item)}" for item in stock)


def _sales(play: Play) -> list[Choice]:
    """List what can be sold: trade goods first, the best relative price first."""
    content = play.content
    offers = []
    for item, quantity in play.state.inventory.items():
        known = content.items.get(item)
        kind = known.kind if known is not None else "part"
        price = market.sell_price(play, item)
        if kind in ("trade", "relic", "part") and price > 0:
            rated = price / content.values[item]
            offers.append((kind != "trade", -rated * price * quantity, item, quantity, price, rated))
    offers.sort()
    return [
        choice(f"sell_{item}", f"Sell {quantity} {content.goods[item].name}", _verdict(price, rated), "💰")
        for _, _, item, quantity, price, rated in offers
    ]


def _verdict(price: int, rated: float) -> str:
    word = "a fine price" if rated > FINE else ("a poor price" if rated < POOR else "a fair price")
    return f"{price} a piece at first, {word}"


def _purchases(play: Play) -> list[Choice]:
    """List what can be bought: the trade good with the best known margin first, then supplies."""
    offers = []
    ports = market.known_ports(play)
    for item in market.stock_of(play, play.node):
        pieces = _pieces(play, item)
        if pieces < 1:
            continue
        price = market.buy_price(play, item)
        best, buyer = market.best_buyer(play, item, ports) if _is_trade(play, item) else (0, None)
        offers.append((not _is_trade(play, item), price - best, item, pieces, price, best, buyer))
    offers.sort(key=lambda entry: entry[:3])
    return [_purchase(play, *entry[2:]) for entry in offers]


def _is_trade(play: Play, item: str) -> bool:
    return play.content.items[item].kind == "trade"


def _pieces(play: Play, item: str) -> int:
    """Count what one click buys: a load of a trade good, one piece of a supply."""
    return market.affordable(play, item, MOST_PIECES if _is_trade(play, item) else 1)


def _purchase(play: Play, item: str, pieces: int, price: int, best: int, buyer: Node | None) -> Choice:
    good = play.content.goods[item]
    if buyer is None and not _is_trade(play, item):
        hint = f"{price} each: {good.note}"
    else:
        hint = f"{price} each" + (f"; {buyer.name} pays {best}" if buyer and best > price else "")
    return choice(f"buy_{item}", f"Buy {pieces} {good.name}", hint, "🛒")
