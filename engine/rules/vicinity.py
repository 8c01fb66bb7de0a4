"""The screens of open space: the place itself, the courses from it, and the ship's stores."""

from engine.content.models import Item
from engine.rules import deeds, events, navigation, yard
from engine.rules.deeds import JUMP_STRAIN, JUMP_WATCHES, REST_HEALTH, REST_HULL, WORK, is_fuel, is_port
from engine.rules.outcome import Choice
from engine.rules.play import NORMAL, RISKY, SAFE, Play, choice
from engine.rules.scene import NodeKind
from engine.rules.state import Screen

LITTLE_FUEL = 40  # with more, some course is always within reach
Course = tuple[int, int, int]  # node, fuel, and where the voyage is heading if it leads nearer, else -1
WORTH_USING = 0.25  # need from which an item is offered, 0 to 1
KIND_WORDS = {
    NodeKind.STAR: ("star", "⭐"),
    NodeKind.PLANET: ("planet", "🪐"),
    NodeKind.STATION: ("station", "🛰️"),
    NodeKind.BELT: ("belt", "🪨"),
    NodeKind.NEBULA: ("nebula", "🌫️"),
    NodeKind.WRECK: ("wreck", "⚰️"),
    NodeKind.ANOMALY: ("anomaly", "🌀"),
    NodeKind.GATE: ("gate", "⛩️"),
}
CHART = choice("courses", "Other courses…", "All lanes from here", "🗺️")
REST = choice("rest", "Rest and repair", f"2 watches: +{REST_HEALTH} health, +{REST_HULL} hull", "🛌", SAFE)
SCAN = choice("scan", "Long scan", "1 watch: charts the nearest unknown stars", "📡")


def offer_node(play: Play) -> list[Choice]:
    """List what can be done at the place: its own work, up to three courses, looking after the ship."""
    own = _own_work(play)
    courses = _courses(play)
    if not courses:
        return _offer_adrift(play, own)
    room = 4 - len(own)
    if len(courses) > room:
        shown = [*[_course(play, *course) for course in courses[: room - 1]], CHART]
    else:
        shown = [_course(play, *course) for course in courses]
    play.default = shown[0].id
    free = 5 - len(own) - len(shown)
    return [*own, *shown, *_care(play, free)] if free else [*own, *shown]


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
        and all(cost > state.fuel for _, cost in navigation.lane_costs(play))
        and not _own_work(play)
        and not any(is_fuel(play, name) for name in state.inventory)
    )


def offer_courses(play: Play) -> list[Choice]:
    """List the courses from here, and the way back."""
    courses = [_course(play, *course) for course in _courses(play)[:4]]
    play.default = courses[0].id if courses else "back"
    return [*courses, choice("back", "Back", "Stay here for now", "↩️", SAFE)]


def offer_stores(play: Play) -> list[Choice]:
    """List what the ship can do for itself."""
    play.default = "back"
    return [*_care(play, 4), choice("back", "Back", "", "↩️", SAFE)]


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


def _courses(play: Play) -> list[Course]:
    """List the courses within reach: unvisited first, then the nearer to where the voyage is heading."""
    state = play.state
    lead = navigation.lead_of(play)
    steps = navigation.steps_to(play, lead)
    visited, fuel, here = state.star_map.visited, state.fuel, steps[play.node.index]
    reachable = [
        (target in visited and steps[target] >= here, steps[target], target, cost)
        for target, cost in navigation.lane_costs(play)
        if cost <= fuel
    ]
    reachable.sort()
    return [(target, cost, lead if step < here else -1) for _, step, target, cost in reachable]


def has_course(play: Play) -> bool:
    """Say whether the fuel reaches any course from here."""
    return any(cost <= play.state.fuel for _, cost in navigation.lane_costs(play))


def _course(play: Play, target: int, cost: int, lead: int) -> Choice:
    node, charted = play.stars.nodes[target], play.state.star_map
    region = play.content.regions[node.region]
    where = f"{region.name}, " if node.region != play.node.region else ""
    strain = play.state.ship_condition <= JUMP_STRAIN
    fuel = min(cost + JUMP_WATCHES, play.state.fuel)  # the jump, and heat for the watches that it takes
    price = f"{fuel} fuel, {JUMP_STRAIN} hull"
    end = " · the hull may not stand it" if strain else _heading(play, target, lead)
    style = RISKY if strain else NORMAL
    if target not in charted.known:
        name = f"Jump to an uncharted star ({_bearing(play, target)})"
        return choice(f"jump_{target}", name, f"{where}{price} · danger {region.danger}{end}", "❔", style)
    been = " · been there" if target in charted.visited else ""
    word, emoji = KIND_WORDS[node.kind]
    hint = f"{where}{word} · {price} · danger {region.danger}{been}{end}"
    return choice(f"jump_{target}", f"Jump to {node.name}", hint, emoji, style)


def _heading(play: Play, target: int, lead: int) -> str:
    """Say that a course leads nearer to where the voyage is heading."""
    return f" → {play.stars.nodes[lead].name}" if lead >= 0 and lead != target else ""


def _bearing(play: Play, target: int) -> str:
    node = play.stars.nodes[target]
    across, down = node.x - play.node.x, node.y - play.node.y
    if abs(across) > abs(down):
        return "east" if across > 0 else "west"
    return "south" if down > 0 else "north"


def _care(play: Play, most: int) -> list[Choice]:
    """List at most `most` things that the ship can do for itself, the most wanted first."""
    state = play.state
    offers = [_thing(play, identity) for identity in _useful(play)[:2]]
    if not state.rested and (state.health < 75 or state.ship_condition < 0.7 * play.stats["hull"]):
        offers.append(REST)
    known = frozenset(state.star_map.known)
    if len(offers) < most and not known.issuperset(play.stars.lanes[play.node.index]):
        offers.append(SCAN)
    return offers[:most]


def _useful(play: Play) -> list[str]:
    """List what of the hold may be wanted now: cures for what hurts, then modifications that would fit."""
    state, helpful = play.state, play.content.helpful
    wants: list[tuple[float, str]] = []
    for name in state.inventory:
        if name in helpful:
            need = _need_of(play, helpful[name])
            if need > WORTH_USING:
                wants.append((-need, "use_" + name))
        elif name in play.content.mods and yard.free_slots(play, play.content.mods[name].slot) > 0:
            wants.append((0.0, "fit_" + name))
    return [identity for _, identity in sorted(wants)]


def _need_of(play: Play, item: Item) -> float:
    """Say how much an item would help now, 0 to 1."""
    state, stats = play.state, play.stats
    need = 0.0
    if item.hull > 0:
        need = 1 - state.ship_condition / stats["hull"]
    if item.health > 0:
        need = max(need, 1 - state.health / 100)
    if item.fuel > 0:
        need = max(need, 1 - state.fuel / stats["tank"])
    if item.food > 0:
        need = max(need, 1 - state.food / stats["larder"])
    if item.cure and any(effect.id in item.cure for effect in state.temp_effects):
        need = 1.0
    return need


def _thing(play: Play, identity: str) -> Choice:
    name = identity[4:]
    if identity.startswith("fit_"):
        mod = play.content.mods[name]
        return choice(identity, f"Fit {mod.name}", f"{mod.slot} slot: {mod.note}", "🔩")
    item = play.content.items[name]
    return choice(identity, f"Use {item.name} ({play.state.inventory[name]})", item.note, "🧰", SAFE)
