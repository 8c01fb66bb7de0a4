"""The dock: service, the ways to market, yard and board, and casting off when the berth's time is over.

Docking takes a watch, and a berth is paid for a few turns (deeds.BERTH).
"""

from engine.rules import bazaar, dockyard, events, noticeboard, vicinity, vitals, yard
from engine.rules.outcome import Choice
from engine.rules.play import SAFE, Play, choice
from engine.rules.scene import Motif
from engine.rules.state import Screen

LOW_FUEL = 40
SHORE = frozenset({Screen.DOCK, Screen.MARKET, Screen.YARD, Screen.BOARD})


def offer(play: Play) -> list[Choice]:
    """List what a station offers."""
    left = f"The berth is yours for {play.state.berth} more turn{'s' if play.state.berth != 1 else ''}"
    leave = choice("leave", "Cast off and set course", left, "🚀")
    services = _services(play) or _shift(play)
    play.default = services[0].id if services and play.state.fuel < LOW_FUEL else "leave"
    return [
        *services,
        choice("market", "Market", "Sell cargo, buy goods", "⚖️"),
        choice("yard", "Shipyard", "Modifications, hulls, pods", "🏗️"),
        *([choice("board", "Notice board", "Work for a captain", "📌")] if len(services) < 2 else []),
        leave,
    ]


def take(play: Play, identity: str) -> None:
    """Use the station. Raises Refused."""
    play.motif = Motif.DOCKED
    match identity:
        case "service":
            service(play)
        case "resupply":
            resupply(play)
        case "patch":
            patch(play)
        case "shift":
            play.action = "Work a shift on the quay"
            events.present(play, "shift_work")
        case "market":
            bazaar.enter(play)
        case "yard":
            dockyard.enter(play)
        case "board":
            noticeboard.read(play)
        case _:
            cast_off(play)


def spend_berth(play: Play) -> None:
    """Use up one turn of the berth; when none is left, cast off. Call once after each turn in port."""
    if play.state.screen not in SHORE:
        return
    play.state.berth -= 1
    if play.state.berth <= 0:
        play.messages.append("Your berth's time is over: the harbour master waves you out.")
        _undock(play)


def cast_off(play: Play) -> None:
    """Leave the dock and look at the courses."""
    play.action = "Cast off"
    play.tell(play.phrase("cast_off"))
    _undock(play)


def service(play: Play) -> None:
    """Have everything done: fuel, food, hull, and a doctor for the crew."""
    play.action = "Have the ship serviced"
    play.motif = Motif.REPAIR
    bill = yard.service_bill(play)
    vitals.change_wealth(play, -bill.credits)
    vitals.change_supplies(play, bill.fuel, bill.food)
    vitals.change_hull(play, bill.hull, "")
    vitals.change_health(play, bill.health, "")
    play.tell(play.phrase("service"))


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


def _undock(play: Play) -> None:
    play.state.back = Screen.NODE
    play.state.offers = ()
    play.title = play.node.name
    # Without a course within the fuel's reach the list would hold nothing but the way back.
    play.show(Screen.COURSES if vicinity.has_course(play) else Screen.NODE)


def _services(play: Play) -> list[Choice]:
    """Offer the full service, or what of it the purse reaches for."""
    bill = yard.service_bill(play)
    if bill.credits == 0:
        return []
    parts = [(bill.fuel, "fuel"), (bill.food, "food"), (bill.hull, "hull"), (bill.health, "health")]
    hint = ", ".join(f"+{amount} {name}" for amount, name in parts if amount)
    if bill.credits <= play.state.wealth:
        return [choice("service", f"Have the ship serviced ({bill.credits} credits)", hint, "⛽", SAFE)]
    choices = []
    fuel, food, credits = yard.supply_bill(play)
    if fuel + food > 0:
        label = f"Refuel and restock ({credits} credits)"
        choices.append(choice("resupply", label, f"+{fuel} fuel, +{food} food", "⛽", SAFE))
    points, price = yard.repair_bill(play)
    if points > 0:
        choices.append(choice("patch", f"Repair the hull ({price} credits)", f"+{points} hull", "🔨", SAFE))
    return choices


def _shift(play: Play) -> list[Choice]:
    """Offer work on the quay to those who cannot pay for fuel."""
    if play.state.fuel >= LOW_FUEL:
        return []
    return [choice("shift", "Work a shift on the quay", "2 watches, a few credits", "💪")]
