"""The screens of open space: the place itself, the courses from it, and the ship's stores."""

from engine.rules import deeds, events, navigation, yard
from engine.rules.deeds import JUMP_STRAIN, REST_HEALTH, REST_HULL, WORK, is_fuel, is_port
from engine.rules.navigation import fuel_cost
from engine.rules.outcome import Choice
from engine.rules.play import NORMAL, RISKY, SAFE, Play, choice
from engine.rules.scene import NodeKind
from engine.rules.state import Screen

LITTLE_FUEL = 40  # with more, some course is always within reach
KIND_EMOJI = {
    NodeKind.STAR: "⭐",
    NodeKind.PLANET: "🪐",
    NodeKind.STATION: "🛰️",
    NodeKind.BELT: "🪨",
    NodeKind.NEBULA: "🌫️",
    NodeKind.WRECK: "⚰️",
    NodeKind.ANOMALY: "🌀",
    NodeKind.GATE: "⛩️",
}


def offer_node(play: Play) -> list[Choice]:
    """List what can be done at the place: its own work, up to three courses, the stores."""
    own = _own_work(play)
    courses = _courses(play)
    if not courses:
        return _offer_adrift(play, own)
    room = 4 - len(own)
    if len(courses) > room:
        shown = [*courses[: room - 1], choice("courses", "Other courses…", "All lanes from here", "🗺️")]
    else:
        shown = courses
    play.default = courses[0].id
    return [*own, *shown, *_care(play)[: 5 - len(own) - len(shown)]]


def _offer_adrift(play: Play, own: list[Choice]) -> list[Choice]:
    """List what is left when no course is within the fuel's reach."""
    fuel = [_thing(play, f"use_{name}") for name in play.state.inventory if is_fuel(play, name)]
    play.default = "dock" if is_port(play) else "signal"
    return [
        *own,
        *fuel[:2],
        choice("signal", "Call for help", "No course is within the fuel's reach", "🆘", RISKY),
    ]


def is_stuck(play: Play) -> bool:
    """Say whether there is neither a course within reach nor anything here to do about it."""
    state = play.state
    return (
        state.fuel < LITTLE_FUEL
        and not _courses(play)
        and not _own_work(play)
        and not any(is_fuel(play, name) for name in state.inventory)
    )


def offer_courses(play: Play) -> list[Choice]:
    """List the courses from here, and the way back."""
    courses = _courses(play)[:4]
    play.default = courses[0].id if courses else "back"
    return [*courses, choice("back", "Back", "Stay here for now", "↩️", SAFE)]


def offer_stores(play: Play) -> list[Choice]:
    """List what the ship can do for itself."""
    play.default = "back"
    return [*_care(play)[:4], choice("back", "Back", "", "↩️", SAFE)]


def take_node(play: Play, identity: str) -> None:
    """Act at the place. Raises Refused."""
    if identity == "courses":
        play.action = "Look at the chart"
        play.tell(play.phrase("courses"))
        play.show(Screen.COURSES)
    elif identity == "signal":
        play.action = "Call for help"
        events.present(play, "adrift")
    elif identity == "site":
        site = play.content.sites[play.node.site]
        play.action = site.label
        events.present(play, site.event)
    elif identity == "dock":
        deeds.dock(play)
    elif identity.startswith("jump_"):
        deeds.travel(play, int(identity[5:]))
    elif not _take_care(play, identity):
        deeds.work(play, identity)


def take_courses(play: Play, identity: str) -> None:
    """Take a course or go back. Raises Refused."""
    if identity == "back":
        play.action = "Stay"
        play.tell(play.phrase("linger"))
        play.show(Screen.NODE)
    else:
        deeds.travel(play, int(identity[5:]))


def take_stores(play: Play, identity: str) -> None:
    """Look after the ship, or close the hold. Raises Refused."""
    play.show(Screen.NODE)
    if not _take_care(play, identity):
        play.action = "Close the hold"
        play.tell(play.phrase("linger"))


def _take_care(play: Play, identity: str) -> bool:
    """Rest, scan, use or fit something; say whether the choice was one of these. Raises Refused."""
    if identity == "rest":
        deeds.rest(play)
    elif identity == "scan":
        deeds.scan(play)
    elif identity.startswith("use_"):
        deeds.use(play, identity[4:])
    elif identity.startswith("fit_"):
        deeds.fit(play, identity[4:])
    else:
        return False
    return True


def _own_work(play: Play) -> list[Choice]:
    node = play.node
    choices = []
    is_spent = node.index in play.state.star_map.spent
    if node.site and not (is_spent and not is_port(play)):
        site = play.content.sites[node.site]
        choices.append(choice("site", site.label, site.hint, "❗", RISKY))
    if is_port(play):
        choices.append(choice("dock", f"Dock at {node.name}", "Fuel, repairs, trade, work", "⚓", SAFE))
    elif not node.site and not is_spent and node.kind in WORK:
        choices.append(choice(*WORK[node.kind]))
    return choices


def _courses(play: Play) -> list[Choice]:
    """List the courses that the tank reaches: unvisited first, then those nearer to the goal."""
    state = play.state
    goal = navigation.quest_node(play.content, state)
    steps = navigation.steps_to(play, goal if goal >= 0 else play.stars.goal)
    visited = state.star_map.visited
    reachable = []
    for target in play.stars.lanes[play.node.index]:
        cost = fuel_cost(play.content, state, target)
        if cost <= state.fuel:
            reachable.append((target in visited and target != goal, steps[target], target, cost))
    reachable.sort()
    return [_course(play, target, cost) for _, _, target, cost in reachable]


def _course(play: Play, target: int, cost: int) -> Choice:
    node = play.stars.nodes[target]
    region = play.content.regions[node.region]
    known = target in play.state.star_map.known
    where = f"{region.name}, " if node.region != play.node.region else ""
    been = " · been there" if target in play.state.star_map.visited else ""
    what = f"{node.kind.value}" if known else "unknown"
    strain = " · the hull may not stand it" if play.state.ship_condition <= JUMP_STRAIN else ""
    hint = f"{where}{what} · {cost} fuel · danger {region.danger}{been}{strain}"
    name = f"Jump to {node.name}" if known else f"Jump to an uncharted star ({_bearing(play, target)})"
    emoji = KIND_EMOJI[node.kind] if known else "❔"
    return choice(f"jump_{target}", name, hint, emoji, RISKY if strain else NORMAL)


def _bearing(play: Play, target: int) -> str:
    node = play.stars.nodes[target]
    across, down = node.x - play.node.x, node.y - play.node.y
    if abs(across) > abs(down):
        return "east" if across > 0 else "west"
    return "south" if down > 0 else "north"


def _care(play: Play) -> list[Choice]:
    """List what the ship can do for itself, the most wanted first."""
    state = play.state
    things = [_thing(play, identity) for identity in _useful(play)[:2]]
    rest = choice(
        "rest", "Rest and repair", f"2 watches: +{REST_HEALTH} health, +{REST_HULL} hull", "🛌", SAFE
    )
    scan = choice("scan", "Long scan", "1 watch: charts the nearest unknown stars", "📡")
    is_hurt = not state.rested and (state.health < 75 or state.ship_condition < 0.7 * play.stats["hull"])
    known = state.star_map.known
    is_blind = any(other not in known for other in play.stars.lanes[play.node.index])
    return [*things, *([rest] if is_hurt else []), *([scan] if is_blind else [])]


def _useful(play: Play) -> list[str]:
    """List what of the hold may be wanted now: cures for what hurts, then modifications that would fit."""
    return [identity for _, identity in sorted(_wants(play))]


def _wants(play: Play) -> list[tuple[float, str]]:
    state, stats = play.state, play.stats
    sick = {effect.id for effect in state.temp_effects}
    lack_hull = 1 - state.ship_condition / stats["hull"]
    lack_fuel, lack_food = 1 - state.fuel / stats["tank"], 1 - state.food / stats["larder"]
    wants: list[tuple[float, str]] = []
    for name in state.inventory:
        item = play.content.items.get(name)
        if item is None:
            mod = play.content.mods[name]
            if yard.free_slots(play, mod.slot) > 0:
                wants.append((0.0, "fit_" + name))
            continue
        need = max(
            lack_hull if item.hull else 0.0,
            (1 - state.health / 100) if item.health > 0 else 0.0,
            lack_fuel if item.fuel > 0 else 0.0,
            lack_food if item.food > 0 else 0.0,
            0.3 if item.effect else 0.0,
            1.0 if sick.intersection(item.cure) else 0.0,
        )
        if need > 0.2:
            wants.append((-need, "use_" + name))
    return wants


def _thing(play: Play, identity: str) -> Choice:
    name = identity[4:]
    if identity.startswith("fit_"):
        mod = play.content.mods[name]
        return choice(identity, f"Fit {mod.name}", f"{mod.slot} slot: {mod.note}", "🔩")
    item = play.content.items[name]
    return choice(identity, f"Use {item.name} ({play.state.inventory[name]})", item.note, "🧰", SAFE)
