"""Simulated players: one who clicks anything, one who reads the buttons first, one who dares.

Both see what a person in the channel sees: the board (Outcome), and for the others also the star map's
known part. Neither looks into the content's results.
"""

import random
import re
from collections.abc import Callable

from engine.content.catalogue import Content
from engine.rules.navigation import fuel_cost
from engine.rules.outcome import Choice, ChoiceStyle, Outcome
from engine.rules.play import here
from engine.rules.scene import NodeKind
from engine.rules.starmap import StarMap, star_map
from engine.rules.state import GameState, Screen

Player = Callable[[Content, GameState, Outcome, random.Random], str]

_CHANCE = re.compile(r"(\d+)%")
_STYLE = {ChoiceStyle.SAFE: 0.75, ChoiceStyle.NORMAL: 0.55, ChoiceStyle.RISKY: 0.25}
_DARING = {ChoiceStyle.SAFE: 0.3, ChoiceStyle.NORMAL: 0.5, ChoiceStyle.RISKY: 0.8}
_ENOUGH_STONES = 3
_PATIENCE = 280  # turns after which the careful player presses on
_QUEST_REACH = 7  # jumps that a quest is worth
_ROADS_END = ("far_gate", "choir_stone", "eden_world", "charter")


def random_player(_content: Content, _state: GameState, outcome: Outcome, dice: random.Random) -> str:
    """Click anything."""
    return outcome.choices[int(dice.random() * len(outcome.choices))].id


def careful_player(content: Content, state: GameState, outcome: Outcome, dice: random.Random) -> str:
    """Read the buttons, keep the gauges up, gather keystones, fly to the Gate."""
    offered = {choice.id: choice for choice in outcome.choices}
    decide = _DECISIONS.get(state.screen, _by_the_buttons)
    chosen = decide(content, state, offered, dice)
    return chosen if chosen in offered else next(iter(offered))


def bold_player(content: Content, state: GameState, outcome: Outcome, dice: random.Random) -> str:
    """Keep the ship as the careful one does, but take the risk wherever an event offers one."""
    if state.screen is not Screen.EVENT:
        return careful_player(content, state, outcome, dice)
    if state.current_event in _ROADS_END:
        return _by_the_buttons(content, state, {choice.id: choice for choice in outcome.choices}, dice)
    return max(outcome.choices, key=lambda choice: _DARING[choice.style] + 0.5 * dice.random()).id


def _by_the_buttons(_: Content, state: GameState, offered: dict[str, Choice], dice: random.Random) -> str:
    """Take what promises most: good odds, or a safe colour; a little moved by mood."""
    return max(offered, key=lambda name: _promise(offered[name], state) + 0.12 * dice.random())


def _promise(choice: Choice, state: GameState) -> float:
    chance = _CHANCE.search(choice.hint)
    odds = int(chance.group(1)) / 100 if chance else _STYLE[choice.style]
    if chance and choice.style is ChoiceStyle.RISKY:
        odds -= 0.1
    if state.current_event in _ROADS_END and choice.id in ("turn", "sing", "settle", "buy"):
        return 2.0
    if state.current_event == "marrow_comes" and choice.id == "feed":
        return -1.0
    if chance and state.current_event.startswith("vault_"):
        odds += 0.25
    if "fuel" in choice.hint and state.fuel < 30:
        odds -= 0.3
    if "food" in choice.hint and state.food < 15:
        odds -= 0.3
    return odds - (0.15 if choice.id in ("leave", "pass", "go", "no") else 0.0)


def _in_space(content: Content, state: GameState, offered: dict[str, Choice], dice: random.Random) -> str:
    """At a place: use it, look after the ship, or fly on."""
    stones = state.inventory.get("keystone", 0)
    stars = star_map(content, state.star_map.seed)
    at_goal = here(state) == stars.goal
    if "site" in offered and ((at_goal and stones >= _ENOUGH_STONES) or _is_worth_it(content, state, stars)):
        return "site"
    if "dock" in offered and _needs_port(state):
        return "dock"
    care = _care(state, offered)
    if care:
        return care
    if "land" in offered and state.health > 60 and dice.random() < 0.5:
        return "land"
    for work in ("mine", "salvage", "skim"):
        wanted = work != "skim" or state.fuel < 60
        if work in offered and wanted and state.health > 55 and state.ship_condition > 55:
            return work
    return _course(content, state, offered, stars, dice)


def _care(state: GameState, offered: dict[str, Choice]) -> str:
    """Use a kit when hurt, fit what lies about, rest when nothing else helps."""
    things = [name for name in offered if name.startswith("fit_")]
    if state.health < 55 or state.ship_condition < 55 or state.fuel < 25:
        things += [name for name in offered if name.startswith("use_")]
        is_bad = state.health < 45 or state.ship_condition < 40
        things += ["rest"] if "rest" in offered and state.food > 12 and is_bad else []
    return things[0] if things else ""


def _is_worth_it(content: Content, state: GameState, stars: StarMap) -> bool:
    site = stars.nodes[here(state)].site
    if not site or here(state) == stars.goal or stars.nodes[here(state)].index in state.star_map.spent:
        return False
    event = content.sites[site].event
    is_vault = event.startswith("vault_")
    return (
        is_vault and state.health > 50 and state.ship_condition > 50 and (event,) != state.recent_events[-1:]
    )


def _needs_port(state: GameState) -> bool:
    is_recent = here(state) in state.star_map.path[-1:] and state.screen is Screen.COURSES
    is_low = state.fuel < 70 or state.food < 35 or state.ship_condition < 86 or state.health < 75
    has_goods = sum(state.inventory.values()) > 8
    return ((is_low and state.wealth > 40) or has_goods) and not is_recent


def _course(
    content: Content, state: GameState, offered: dict[str, Choice], stars: StarMap, dice: random.Random
) -> str:
    """Fly to the nearest thing that is wanted, else to where nobody has been."""
    jumps = [name for name in offered if name.startswith("jump_")]
    if not jumps:
        return next((name for name in ("dock", "skim", "signal", "courses", "back") if name in offered), "")
    if "courses" in offered:
        jumps.append("courses")
    target = _target(content, state, stars)
    steps = _flood(content, stars, target)
    visits = state.star_map.path

    def rank(name: str) -> float:
        if name == "courses":
            return min(
                (steps[other] + 0.3 for other in stars.lanes[here(state)] if f"jump_{other}" not in offered),
                default=99.0,
            )
        node = int(name[5:])
        return steps[node] + 0.8 * visits[-30:].count(node) + 0.2 * dice.random()

    return min(jumps, key=rank)


def _target(content: Content, state: GameState, stars: StarMap) -> int:
    """Choose where to go: a port when low, the Gate with three stones, else a vault or the unknown."""
    known, visited, spent = state.star_map.known, state.star_map.visited, state.star_map.spent
    position = here(state)
    steps = _flood(content, stars, position)
    ports = [node.index for node in stars.nodes if node.kind is NodeKind.STATION and node.index in known]
    is_ready = state.inventory.get("keystone", 0) >= _ENOUGH_STONES
    is_impatient = state.turn_count > _PATIENCE
    low = 24 if is_impatient else (36 if is_ready else 60)
    is_low = state.fuel < min(45, low) or state.food < 24 or state.ship_condition < low
    if ports and position not in ports and is_low and steps[stars.goal] > 2 * is_ready:
        return min(ports, key=lambda node: steps[node])
    if is_ready:
        return stars.goal
    quest = state.active_quest
    if (
        quest is not None
        and not is_impatient
        and 0 <= quest.node != position
        and steps[quest.node] <= _QUEST_REACH
    ):
        return quest.node
    vaults = [
        node.index
        for node in stars.nodes
        if node.site
        and node.index in known
        and state.star_map.path.count(node.index) < 4
        and node.index not in spent
        and node.index != position
        and node.kind is not NodeKind.GATE
        and node.site not in ("great_hall", "eden", "low_choir")
    ]
    regions = {stars.nodes[index].region for index in visited}
    fresh = [node.index for node in stars.nodes if node.region not in regions and node.index != stars.goal]
    wanted = vaults or fresh or [stars.goal]
    return min(wanted, key=lambda node: (steps[node], node))


def _flood(content: Content, stars: StarMap, goal: int) -> list[int]:
    """Count the jumps from every node to `goal`."""
    return content.tables.get(("jumps", stars.seed, goal), lambda: _count_jumps(stars, goal))


def _count_jumps(stars: StarMap, goal: int) -> list[int]:
    steps = [99] * len(stars.lanes)
    steps[goal] = 0
    edge = [goal]
    for node in edge:
        for other in stars.lanes[node]:
            if steps[other] == 99:
                steps[other] = steps[node] + 1
                edge.append(other)
    return steps


def _at_courses(content: Content, state: GameState, offered: dict[str, Choice], dice: random.Random) -> str:
    stars = star_map(content, state.star_map.seed)
    if len(offered) == 1:
        return next(iter(offered))
    cheap = [other for other in stars.lanes[here(state)] if fuel_cost(content, state, other) <= state.fuel]
    return _course(content, state, offered, stars, dice) if cheap else "back"


def _in_stores(_: Content, state: GameState, offered: dict[str, Choice], __: random.Random) -> str:
    return _care(state, offered) or "back"


def _in_battle(content: Content, state: GameState, offered: dict[str, Choice], __: random.Random) -> str:
    """Answer what the enemy shows: brace against the heavy blow, shoot while it waits."""
    fight = state.battle
    if fight is None:
        return "fire"
    kind = content.enemies[fight.enemy]
    if "pay" in offered and (kind.danger >= 2 or state.ship_condition < 60):
        return "pay"
    shots = fight.hull / max(1, int(offered["fire"].hint.split("–")[0]))
    if shots <= 1:
        return "fire"
    if fight.move in ("heavy", "burn"):
        return "brace"
    if "torpedo" in offered and fight.hull > 20:
        return "torpedo"
    flee = _chance(offered["flee"])
    if state.ship_condition < 50 and shots > 2 and flee >= 0.3:
        return "flee"
    if fight.move in ("strike", "steal", "drain") and _chance(offered["evade"]) >= 0.5:
        return "evade"
    return "fire"


def _chance(choice: Choice) -> float:
    found = _CHANCE.search(choice.hint)
    return int(found.group(1)) / 100 if found else 1.0


def _at_dock(_: Content, state: GameState, offered: dict[str, Choice], __: random.Random) -> str:
    for name in ("service", "resupply", "patch", "shift"):  # first the ship
        if name in offered and not (name == "patch" and state.ship_condition > 80):
            return name
    if state.active_quest is None and state.berth >= 2 and "board" in offered:
        return "board"
    if state.berth >= 3 and state.wealth > 400 and "yard" in offered:
        return "yard"
    if state.berth >= 3 and sum(state.inventory.values()) > 3 and "market" in offered:
        return "market"
    return "leave"


def _at_market(_: Content, state: GameState, offered: dict[str, Choice], __: random.Random) -> str:
    fine = [name for name in offered if name.startswith("sell_") and "poor" not in offered[name].hint]
    if fine:
        return fine[0]
    for name, choice in offered.items():
        if state.berth < 2 or state.wealth < 120:
            break
        pays, each = re.search(r"pays (\d+)", choice.hint), re.match(r"(\d+) each", choice.hint)
        if name.startswith("buy_") and pays and each and int(pays.group(1)) > 1.35 * int(each.group(1)):
            return name
    supply = next((n for n in ("buy_patch_kit", "buy_medkit", "buy_torpedo") if n in offered), "")
    return supply if supply and state.wealth > 350 else "back"


def _at_yard(_: Content, state: GameState, offered: dict[str, Choice], __: random.Random) -> str:
    for name in offered:
        if name == "pod" or name.startswith("fit_"):
            return name
    bought = [name for name in offered if name.startswith("buy_") and "(0 free)" not in offered[name].hint]
    return bought[0] if bought and state.wealth > 420 else "back"


def _in_pod(_: Content, state: GameState, offered: dict[str, Choice], __: random.Random) -> str:
    burn = _CHANCE.search(offered["burn"].hint) if "burn" in offered else None
    if burn and int(burn.group(1)) >= 25 and state.pod_air > 1:
        return "burn"
    return "beacon" if state.pod_hp > 18 else "drift"


_DECISIONS: dict[Screen, Callable[[Content, GameState, dict[str, Choice], random.Random], str]] = {
    Screen.NODE: _in_space,
    Screen.COURSES: _at_courses,
    Screen.STORES: _in_stores,
    Screen.BATTLE: _in_battle,
    Screen.DOCK: _at_dock,
    Screen.MARKET: _at_market,
    Screen.YARD: _at_yard,
    Screen.BOARD: lambda _c, _s, offered, _d: next(iter(offered)),
    Screen.LOSS: lambda _c, _s, _o, _d: "eject",
    Screen.POD: _in_pod,
}
