"""After the ship: the moment of its loss, and life in the flight pod until rescue or death."""

from engine.rules import cargo, navigation, upkeep, vitals, yard
from engine.rules.deeds import BERTH
from engine.rules.endings import finish
from engine.rules.outcome import Choice
from engine.rules.play import RISKY, SAFE, Play, choice
from engine.rules.scene import Motif, NodeKind
from engine.rules.state import Screen, ShipMods

FIGHTS = frozenset({"battle", "plundered", "unmade", "marrow"})
AIR = 6
DEBRIS, SEARCHES = "debris", 3  # a flag: how often the wreckage can still be searched
SAVE_CHANCE = 0.2
LOANER = "skiff"
RESCUE_FEE = 0.25
POD_HULL = 30


def offer_loss(play: Play) -> list[Choice]:
    """The ship is breaking up."""
    chance = SAVE_CHANCE + 0.04 * play.stats["repair"]
    return [
        choice("eject", "Eject in the flight pod", "The ship is lost; you may not be", "🛟", SAFE),
        choice("stay", "Stay and save the ship", f"{chance:.0%}, or go down with her", "🔧", RISKY),
    ]


def take_loss(play: Play, identity: str) -> None:
    """Leave the ship or try to save it."""
    if identity == "eject":
        eject(play)
        return
    play.action = "Stay with the ship"
    if play.is_lucky(SAVE_CHANCE + 0.04 * play.stats["repair"]):
        play.state.ship_condition = 12
        play.tell(play.phrase("ship_saved"))
        play.motif = Motif.REPAIR
        play.state.back = Screen.NODE
        play.show(Screen.NODE)
    else:
        blow = play.state.last_blow
        finish(play, blow if blow in FIGHTS else "captain_stays")


def eject(play: Play) -> None:
    """Leave the ship in the pod, with what a pod can carry."""
    state = play.state
    play.action = "Eject"
    play.title = "Flight pod"
    play.motif = Motif.POD
    state.in_pod_mode = True
    state.has_flight_pod = False
    state.battle = None
    state.current_event = ""
    state.back = Screen.NODE
    state.ship_condition = 0
    state.ship_mods = ShipMods()
    state.pod_hp = min(POD_HULL, play.stats["hull"])
    state.pod_air = AIR
    state.pod_uses += 1
    state.flags[DEBRIS] = SEARCHES
    state.active_quest = None
    cargo.shrink_to(play, play.stats["cargo"])
    play.tell(play.phrase("ejected"))
    play.show(Screen.POD)


def offer_pod(play: Play) -> list[Choice]:
    """List what a castaway can do."""
    air = play.state.pod_air
    debris = choice("scavenge", "Scavenge the debris", "Air and plates, sharp edges", "🧲", RISKY)
    return [
        choice("drift", "Drift and breathe slowly", f"Air for {air} watches", "😴", SAFE),
        choice("burn", "Burn towards the nearest port", f"{_burn_chance(play):.0%} · 2 air", "🔥"),
        choice("beacon", "Light the beacon", "Everybody will see it. Everybody", "🆘", RISKY),
        *([debris] if play.state.flags.get(DEBRIS) else []),
    ]


def take_pod(play: Play, identity: str) -> None:
    """Live through one spell in the pod."""
    play.title = "Flight pod"
    play.motif = Motif.POD
    upkeep.pass_time(play)
    if identity == "burn":
        _burn(play)
    elif identity == "beacon":
        _beacon(play)
    elif identity == "scavenge":
        _scavenge(play)
    else:
        play.action = "Drift"
        vitals.change_health(play, 3, "")
        if play.is_lucky(0.4):
            play.state.pod_air += 1
        if play.is_lucky(0.1):
            _rescue(play, "rescue_drift")
        else:
            play.tell(play.phrase("pod_drift"))


def _burn(play: Play) -> None:
    play.action = "Burn for port"
    if play.is_lucky(_burn_chance(play)):
        _rescue(play, "rescue_burn")
        return
    play.state.pod_air = max(0, play.state.pod_air - 1)
    vitals.change_hull(play, -play.roll((1, 5)), "pod_breach")
    play.tell(play.phrase("pod_burn"))


def _beacon(play: Play) -> None:
    play.action = "Light the beacon"
    luck = play.rng.random()
    danger = play.region.danger
    if luck < 0.3 - 0.03 * danger:
        _rescue(play, "rescue_beacon")
    elif luck < 0.55 - 0.02 * danger:
        play.tell(play.phrase("pod_beacon_quiet"))
    else:
        vitals.change_hull(play, -play.roll((9, 18)), "pod_breach")
        vitals.change_wealth(play, -min(play.state.wealth, play.roll((20, 120))))
        play.tell(play.phrase("pod_robbed"))


def _scavenge(play: Play) -> None:
    play.action = "Scavenge the debris"
    play.state.flags[DEBRIS] = max(0, play.state.flags.get(DEBRIS, 0) - 1)
    if play.is_lucky(0.55):
        play.state.pod_air += play.roll((1, 3))
        vitals.change_hull(play, play.roll((2, 5)), "")
        play.tell(play.phrase("pod_scavenge"))
    else:
        vitals.change_hull(play, -play.roll((5, 12)), "pod_breach")
        vitals.change_health(play, -play.roll((3, 9)), "wounds")
        play.tell(play.phrase("pod_scavenge_fails"))


def _burn_chance(play: Play) -> float:
    port = navigation.nearest_of(play, NodeKind.STATION)
    steps = navigation.steps_to(play, play.node.index)[port] if port >= 0 else 9
    return max(0.1, 0.52 - 0.08 * steps)


def _rescue(play: Play, phrase: str) -> None:
    """Bring the castaway to the nearest port, with a loaner ship and a lighter purse."""
    state = play.state
    if state.pod_hp <= 0 or state.health <= 0 or state.pod_air <= 0:
        return
    port = navigation.nearest_of(play, NodeKind.STATION)
    if port >= 0 and play.node.kind is not NodeKind.STATION:
        navigation.settle(play, port)
    play.tell(play.phrase(phrase))
    state.in_pod_mode = False
    state.pod_air = 0
    state.flags.pop(DEBRIS, None)
    state.temp_effects = ()
    vitals.change_wealth(play, -int(state.wealth * RESCUE_FEE))
    yard.board_ship(play, LOANER, keep_mods=False)
    state.fuel = max(state.fuel, 40)
    state.food = max(state.food, 18)
    state.health = max(state.health, 40)
    play.motif = Motif.DOCKED
    play.title = play.node.name
    state.back = Screen.DOCK
    state.berth = BERTH
    play.show(Screen.DOCK)
