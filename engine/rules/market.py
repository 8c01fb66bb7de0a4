"""Markets: what a station sells, what it pays, and how trading moves its prices.

price = value × supply or demand of the region × distance from where it is made × the station's own mood
        × pressure of what the players traded here (each piece sold −2 %, bought +2 %; it settles by one
        piece a watch)
"""

import zlib

from engine.content.catalogue import Content
from engine.content.models import Region
from engine.rules import cargo, vitals
from engine.rules.errors import Refused
from engine.rules.play import Play
from engine.rules.scene import NodeKind
from engine.rules.starmap import Node

PRESSURE = 0.98
MOST_PRESSURE = 60
DISTANCE_STEP = 0.55  # share of the value that one map unit of distance adds
MARGIN = 0.06  # between the price and what one pays or gets
TRADE_STEP = 0.012
SUPPLIES_HERE = 4
MOODS = 0.12


def stock_of(play: Play, node: Node) -> tuple[str, ...]:
    """List what a station sells: the region's products and a few supplies of its own."""
    return play.content.tables.get(("stock", node.seed, node.region), lambda: _stock(play.content, node))


def base_prices(play: Play, node: Node) -> dict[str, float]:
    """Give the prices of everything at a station before anybody trades."""
    key = ("prices", node.seed, node.region)
    return play.content.tables.get(key, lambda: _prices(play.content, node))


def price_at(play: Play, node: Node, item: str) -> float:
    """Give today's price of an item at a station."""
    price = base_prices(play, node)[item]
    pressures = play.state.market
    return price * PRESSURE ** pressures.get(f"{node.index}.{item}", 0) if pressures else price


def buy_price(play: Play, item: str) -> int:
    """Give what one piece costs here, in whole credits."""
    return max(1, round(price_at(play, play.node, item) * (1 + MARGIN - TRADE_STEP * play.stats["trade"])))


def sell_price(play: Play, item: str, node: Node | None = None) -> int:
    """Give what one piece brings here, or at another station, in whole credits."""
    return max(0, int(price_at(play, node or play.node, item) * _share(play)))


def _share(play: Play) -> float:
    """Give the share of a price that a seller gets."""
    return min(1.0, 1 - MARGIN + TRADE_STEP * play.stats["trade"])


def sell(play: Play, item: str, quantity: int) -> int:
    """Sell pieces one by one, the price falling. Returns the credits. Raises Refused."""
    good = play.content.goods[item]
    held = play.state.inventory.get(item, 0)
    if not 1 <= quantity <= held:
        raise Refused(f"You have {held} {good.name} to sell.")
    if good.value <= 0:
        raise Refused(f"Nobody here would buy {good.name}.")
    credits = 0
    for _ in range(quantity):
        credits += sell_price(play, item)
        _press(play, item, 1)
    cargo.unload(play, item, quantity)
    vitals.change_wealth(play, credits)
    return credits


def buy(play: Play, item: str, quantity: int) -> int:
    """Buy pieces one by one, the price rising. Returns the credits paid. Raises Refused."""
    good = play.content.goods[item]
    if item not in stock_of(play, play.node):
        raise Refused(f"{play.node.name} does not sell {good.name}.")
    pieces, credits = _fill_purse(play, item, quantity)
    if pieces < quantity:
        price = buy_price(play, item)
        raise Refused(
            f"{quantity} {good.name} at {price} and rising; {play.state.wealth} credits buy {pieces}."
        )
    cargo.load(play, item, quantity)
    for _ in range(quantity):
        _press(play, item, -1)
    vitals.change_wealth(play, -credits)
    return credits


def affordable(play: Play, item: str, most: int) -> int:
    """Count how many pieces can be paid and carried, at most `most`."""
    return _fill_purse(play, item, min(most, cargo.room_for(play, item)))[0]


def _fill_purse(play: Play, item: str, most: int) -> tuple[int, int]:
    """Count how many pieces, at most `most`, the credits buy, and what they cost together."""
    price = price_at(play, play.node, item) * (1 + MARGIN - TRADE_STEP * play.stats["trade"])
    pieces = credits = 0
    while pieces < most:
        cost = max(1, round(price))
        if credits + cost > play.state.wealth:
            break
        pieces, credits = pieces + 1, credits + cost
        price /= PRESSURE
    return pieces, credits


def known_ports(play: Play) -> list[Node]:
    """List the known stations other than this one."""
    nodes, position = play.stars.nodes, play.node.index
    return [
        nodes[index]
        for index in play.state.star_map.known
        if nodes[index].kind is NodeKind.STATION and index != position
    ]


def best_buyer(play: Play, item: str, ports: list[Node]) -> tuple[int, Node | None]:
    """Find the one of these stations that pays most for an item, and its price."""
    best, buyer = 0.0, None
    for port in ports:
        price = price_at(play, port, item)
        if price > best:
            best, buyer = price, port
    return int(best * _share(play)), buyer


def _press(play: Play, item: str, pieces: int) -> None:
    key = f"{play.node.index}.{item}"
    pressure = max(-MOST_PRESSURE, min(MOST_PRESSURE, play.state.market.get(key, 0) + pieces))
    if pressure:
        play.state.market[key] = pressure
    else:
        play.state.market.pop(key, None)


def _stock(content: Content, node: Node) -> tuple[str, ...]:
    supplies = [item.id for item in content.items.values() if item.kind == "supply" and item.value > 0]
    supplies.sort(key=lambda item: zlib.crc32(f"{node.seed}.{item}".encode()))
    made = [item for item, factor in content.regions[node.region].makes.items() if factor < 1]
    return (*made, *supplies[:SUPPLIES_HERE])


def _prices(content: Content, node: Node) -> dict[str, float]:
    region = content.regions[node.region]
    return {item: _price(content, node, region, item) for item in content.values}


def _price(content: Content, node: Node, region: Region, item: str) -> float:
    value = content.values[item]
    factor = region.makes.get(item) or region.wants.get(item) or 1.0
    if item not in region.makes:
        factor *= 1 + DISTANCE_STEP * _way_to_maker(content, region, item)
    mood = zlib.crc32(f"{node.seed}:{item}".encode()) / 0xFFFFFFFF
    return value * factor * (1 - MOODS + 2 * MOODS * mood)


def _way_to_maker(content: Content, region: Region, item: str) -> float:
    """Measure how far it is to the nearest region that makes an item, in map units; 0 when nobody does."""
    ways = [
        abs(other.centre[0] - region.centre[0]) + abs(other.centre[1] - region.centre[1])
        for other in content.regions.values()
        if item in other.makes
    ]
    return min(ways, default=0.0)
