"""What the players asked for in their own words: an Intent becomes a button's choice or a deed of its own.

A wish that is not possible is Refused with a sentence, and costs nothing.
"""

from collections.abc import Callable

from engine.rules import battle, bazaar, cargo, castaway, deeds, dockyard, noticeboard, port, yard
from engine.rules.errors import Refused
from engine.rules.moves import Intent
from engine.rules.play import Play
from engine.rules.scene import NodeKind
from engine.rules.state import Screen
from engine.rules.verbs import BUTTONS

IN_PORT = port.SHORE
IN_SPACE = frozenset({Screen.NODE, Screen.COURSES, Screen.STORES})
AT_PEACE = IN_PORT | IN_SPACE


def choice_for(play: Play, wish: Intent) -> str:
    """Give the offered choice that a wish means, or "" when no button does."""
    offered = play.state.available_choices
    if wish.verb == "pick":
        if wish.target in offered:
            return wish.target
        raise Refused("That is not on offer any more.")
    if wish.verb == "wait":
        return play.state.default_choice
    if wish.target in offered and wish.target:
        return wish.target
    if play.state.screen is Screen.EVENT:
        event = play.content.events[play.state.current_event]
        for entry in event.choice:
            if entry.verb == wish.verb and entry.id in offered:
                return entry.id
        return ""
    if wish.verb == "jump" and f"jump_{_node(wish.target)}" in offered:
        return f"jump_{_node(wish.target)}"
    return next((button for button in BUTTONS.get(wish.verb, ()) if button in offered), "")


def grant(play: Play, wish: Intent) -> None:
    """Do what no button offers. Raises Refused."""
    deed = _DEEDS.get(wish.verb)
    if deed is None:
        raise Refused(f"There is nothing here to {wish.verb}.")
    deed(play, wish)


def _jump(play: Play, wish: Intent) -> None:
    _demand(play, IN_SPACE | IN_PORT, "First deal with what is in front of you.")
    target = _node(wish.target)
    if not 0 <= target < len(play.stars.nodes):
        raise Refused("Jump where? Name a star that a lane leads to.")
    play.state.offers = ()
    deeds.travel(play, target)


def _use(play: Play, wish: Intent) -> None:
    _demand(play, AT_PEACE | {Screen.BATTLE}, "There is no time for that now.")
    if wish.target == battle.TORPEDO and play.state.screen is Screen.BATTLE:
        battle.take(play, "torpedo")
        return
    deeds.use(play, _thing(play, wish.target))


def _repair(play: Play, wish: Intent) -> None:
    if play.state.screen in IN_PORT:
        port.patch(play)
        return
    kits = [name for name in play.state.inventory if getattr(play.content.items.get(name), "hull", 0) > 0]
    if not kits:
        raise Refused("There is nothing in the hold to repair with. Rest, or dock at a station.")
    _use(play, Intent("use", min(kits)))


def _buy(play: Play, wish: Intent) -> None:
    _demand(play, IN_PORT, "Buying needs a station: dock first.")
    item = _thing(play, wish.target)
    if item in play.content.mods:
        if item not in yard.stock_of(play).mods:
            raise Refused(f"This yard does not sell {play.content.mods[item].name}.")
        dockyard.buy(play, item)
        return
    bazaar.buy(play, item, wish.amount or 1)


def _sell(play: Play, wish: Intent) -> None:
    _demand(play, IN_PORT, "Selling needs a station: dock first.")
    item = _thing(play, wish.target)
    bazaar.sell(play, item, wish.amount or play.state.inventory.get(item, 0))


def _drop(play: Play, wish: Intent) -> None:
    item = _thing(play, wish.target)
    name = play.content.goods[item].name
    count = cargo.unload(play, item, wish.amount or play.state.inventory.get(item, 0))
    if count == 0:
        raise Refused(f"There is no {name} in the hold.")
    play.action = f"Throw out {count} {name}"
    play.tell(f"{count} {name} tumble away into the dark.")


def _fit(play: Play, wish: Intent) -> None:
    _demand(play, AT_PEACE, "Nobody bolts things to the hull now.")
    deeds.fit(play, _mod(play, wish.target))


def _remove(play: Play, wish: Intent) -> None:
    _demand(play, AT_PEACE, "Nobody takes the ship apart now.")
    name = _mod(play, wish.target)
    yard.unfit(play, name)
    play.action = f"Remove {play.content.mods[name].name}"
    play.tell(f"{play.content.mods[name].name} comes off and goes into the hold.")


def _rest(play: Play, wish: Intent) -> None:
    _demand(play, IN_SPACE, "Not here, not now.")
    play.show(Screen.NODE)
    deeds.rest(play)


def _scan(play: Play, wish: Intent) -> None:
    _demand(play, IN_SPACE, "The scanner needs open space and a quiet minute.")
    play.show(Screen.NODE)
    deeds.scan(play)


def _work(play: Play, wish: Intent) -> None:
    _demand(play, IN_SPACE, "First deal with what is in front of you.")
    deeds.work(play, wish.verb)


def _refuel(play: Play, wish: Intent) -> None:
    if play.state.screen in IN_PORT:
        port.resupply(play)
        return
    cells = [name for name in play.state.inventory if getattr(play.content.items.get(name), "fuel", 0) > 0]
    if not cells:
        raise Refused("There is no fuel in the hold. Dock at a station, or skim a nebula or a star.")
    _use(play, Intent("use", min(cells)))


def _dock(play: Play, wish: Intent) -> None:
    _demand(play, IN_SPACE, "You cannot dock now.")
    if play.node.kind is not NodeKind.STATION:
        raise Refused(f"There is no station at {play.node.name}.")
    deeds.dock(play)


def _eject(play: Play, wish: Intent) -> None:
    if not play.state.has_flight_pod:
        raise Refused("There is no flight pod aboard.")
    _demand(play, {Screen.BATTLE, Screen.LOSS}, "The ship is whole. Nobody ejects from a whole ship.")
    castaway.eject(play)


def _torpedo(play: Play, wish: Intent) -> None:
    _demand(play, {Screen.BATTLE}, "There is nobody to launch a torpedo at.")
    battle.take(play, "torpedo")


def _parley(play: Play, wish: Intent) -> None:
    _demand(play, {Screen.BATTLE}, f"There is nobody here to {wish.verb}.")
    battle.take(play, "pay")


def _signal(play: Play, wish: Intent) -> None:
    raise Refused("Nobody is in distress yet.")


def _trade(play: Play, wish: Intent) -> None:
    _demand(play, IN_PORT, "Trading needs a station: dock first.")
    bazaar.enter(play)


def _quest(play: Play, wish: Intent) -> None:
    _demand(play, IN_PORT, "The notice boards are on stations: dock first.")
    noticeboard.read(play)


def _hold(play: Play, wish: Intent) -> None:
    _demand(play, IN_SPACE, "First deal with what is in front of you.")
    play.action = "Look through the stores"
    play.tell(deeds.stores_line(play))
    play.show(Screen.STORES)


def _leave(play: Play, wish: Intent) -> None:
    _demand(play, IN_PORT, "There is nothing to leave.")
    port.cast_off(play)


_DEEDS: dict[str, Callable[[Play, Intent], None]] = {
    "jump": _jump,
    "use": _use,
    "repair": _repair,
    "buy": _buy,
    "sell": _sell,
    "drop": _drop,
    "fit": _fit,
    "remove": _remove,
    "rest": _rest,
    "scan": _scan,
    "mine": _work,
    "land": _work,
    "salvage": _work,
    "probe": _work,
    "skim": _work,
    "refuel": _refuel,
    "dock": _dock,
    "eject": _eject,
    "signal": _signal,
    "torpedo": _torpedo,
    "hail": _parley,
    "give": _parley,
    "trade": _trade,
    "quest": _quest,
    "hold": _hold,
    "leave": _leave,
}


def _demand(play: Play, screens: frozenset[Screen] | set[Screen], sentence: str) -> None:
    if play.state.screen not in screens:
        raise Refused(sentence)


def _node(target: str) -> int:
    digits = target.removeprefix("jump_").removeprefix("n")
    return int(digits) if digits.isascii() and digits.isdigit() else -1


def _thing(play: Play, target: str) -> str:
    if target not in play.content.goods:
        raise Refused("Which thing? Name something from the hold.")
    return target


def _mod(play: Play, target: str) -> str:
    if target not in play.content.mods:
        raise Refused("Which modification? Name one that you own.")
    return target
