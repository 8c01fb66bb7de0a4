"""Moving over the star map: where the ship is, what a jump costs, what its scanner sees on arrival."""

import math
from collections.abc import Sequence

import msgspec

from engine.content.catalogue import Content
from engine.rules.errors import Refused
from engine.rules.outcome import Place
from engine.rules.play import Play, here
from engine.rules.scene import NodeKind
from engine.rules.starmap import Node, StarMap, count_jumps, star_map
from engine.rules.state import GameState
from engine.rules.stats import stat_totals

FUEL_PER_UNIT = 95.0  # fuel for a lane of one map unit with a plain drive
DRIVE_STEP = 0.05  # share of the fuel that one point of `drive` saves
SIGHT_BASE = 0.04  # map units that anybody sees
SIGHT_STEP = 0.022  # map units of sight for one point of `scanner`
LONGEST_PATH = 240
KEYSTONE, KEYSTONES = "keystone", 3  # what opens the Gate


def get_current_location(content: Content, state: GameState) -> Place:
    """Say where the ship is: region and node, with their ids."""
    node = star_map(content, state.star_map.seed).nodes[here(state)]
    return Place(node.region, content.regions[node.region].name, node.id, node.name)


def fuel_cost(content: Content, state: GameState, target: int) -> int:
    """Count the fuel of a jump from here to a node."""
    length = star_map(content, state.star_map.seed).distance(here(state), target)
    return _fuel(length, stat_totals(content, state)["drive"])


def fuel_to(play: Play, target: int) -> int:
    """Count the fuel of a jump to a node, in the turn under way."""
    return _fuel(play.stars.distance(play.node.index, target), play.stats["drive"])


def quest_node(content: Content, state: GameState) -> int:
    """Give the node that the quest under way leads to, -1 when there is none."""
    return state.active_quest.node if state.active_quest is not None else -1


def settle(play: Play, target: int) -> None:
    """Put the ship at a node and look around. No time passes and nothing is spent."""
    state = play.state
    play.node = node = play.stars.nodes[target]
    if target not in state.star_map.visited:
        state.systems_visited += 1
    charted = state.star_map
    state.star_map = msgspec.structs.replace(
        charted,
        known=_merge(charted.known, [target, *_in_sight(play, node)]),
        visited=_merge(charted.visited, [target]),
        path=(*charted.path, target)[-LONGEST_PATH:],
    )
    state.current_node_id = node.id
    state.current_region_id = node.region
    state.rested = False
    state.at_repair_location = node.kind is NodeKind.STATION


def jump(play: Play, target: int) -> None:
    """Spend the fuel and go. Raises Refused when the tank is too empty or no lane leads there."""
    position = here(play.state)
    name = known_name(play, target)
    if target not in play.stars.lanes[position]:
        raise Refused(f"No lane leads from {play.node.name} to {name}.")
    cost = fuel_to(play, target)
    if cost > play.state.fuel:
        raise Refused(f"The jump to {name} takes {cost} fuel; the tank holds {play.state.fuel}.")
    play.state.fuel -= cost
    play.state.total_distance_traveled += round(play.stars.distance(position, target) * 100)
    settle(play, target)


def known_name(play: Play, target: int) -> str:
    """Give the name of a node, or what stands for it while it is unknown."""
    return play.stars.nodes[target].name if target in play.state.star_map.known else "an uncharted star"


def reveal(play: Play, count: int) -> int:
    """Chart the nearest `count` unknown nodes. Returns how many there were."""
    known = set(play.state.star_map.known)
    position = play.node.index
    unknown = [node.index for node in play.stars.nodes if node.index not in known]
    nearest = sorted(unknown, key=lambda index: (play.stars.distance(position, index), index))[:count]
    learn(play, nearest)
    return len(nearest)


def hear_of_sites(play: Play) -> None:
    """Chart the famous places of the region; everybody here talks of them."""
    sites = [node.index for node in play.stars.nodes if node.site and node.region == play.node.region]
    fresh = [index for index in sites if index not in play.state.star_map.known]
    if fresh:
        learn(play, fresh)
        names = ", ".join(play.stars.nodes[index].name for index in fresh)
        play.messages.append(f"Talk of the region, now on your chart: {names}")


def learn(play: Play, nodes: list[int]) -> None:
    """Chart these nodes."""
    charted = play.state.star_map
    play.state.star_map = msgspec.structs.replace(charted, known=_merge(charted.known, nodes))


def steps_to(play: Play, goal: int) -> Sequence[int]:
    """Count the jumps from every node to `goal`."""
    known = play.stars.ways.get(goal)
    if known is not None:
        return known
    return play.content.tables.get(
        ("steps", play.stars.seed, goal), lambda: count_jumps(play.stars.lanes, goal)
    )


def lead_of(play: Play) -> int:
    """Give the node that the voyage is heading for: the quest's, else the nearest promise, else the Gate."""
    state, stars = play.state, play.stars
    if state.active_quest is not None and state.active_quest.node >= 0:
        return state.active_quest.node
    if state.inventory.get(KEYSTONE, 0) >= KEYSTONES:
        return stars.goal
    known, spent, position = state.star_map.known, state.star_map.spent, play.node.index
    best, lead = 255, stars.goal
    for index, steps in stars.ways.items():
        if steps[position] < best and index != position and index in known and index not in spent:
            best, lead = steps[position], index
    return lead


def nearest_of(play: Play, kind: NodeKind, known_only: bool = False) -> int:
    """Give the nearest node of a kind, other than this one, in jumps; -1 when there is none."""
    steps = steps_to(play, play.node.index)
    known = play.state.star_map.known
    found = [
        node.index
        for node in play.stars.nodes
        if node.kind is kind and node.index != play.node.index and (not known_only or node.index in known)
    ]
    return min(found, key=lambda index: (steps[index], index), default=-1)


def mark_spent(play: Play) -> None:
    """Remember that this node has nothing more to give."""
    charted = play.state.star_map
    play.state.star_map = msgspec.structs.replace(charted, spent=_merge(charted.spent, [play.node.index]))


def lane_costs(play: Play) -> tuple[tuple[int, int], ...]:
    """List the neighbours of this node, each with the fuel of the jump."""
    drive, position = play.stats["drive"], play.node.index
    key = ("lanes", play.stars.seed, position, drive)
    return play.content.tables.get(key, lambda: _lane_costs(play.stars, position, drive))


def _lane_costs(stars: StarMap, position: int, drive: int) -> tuple[tuple[int, int], ...]:
    return tuple((other, _fuel(stars.distance(position, other), drive)) for other in stars.lanes[position])


def _fuel(length: float, drive: int) -> int:
    return max(1, math.ceil(length * FUEL_PER_UNIT * (1.0 - DRIVE_STEP * drive)))


def _in_sight(play: Play, node: Node) -> list[int]:
    sight = SIGHT_BASE + SIGHT_STEP * play.stats["scanner"]
    return [
        other for other in play.stars.lanes[node.index] if play.stars.distance(node.index, other) <= sight
    ]


def _merge(sorted_nodes: tuple[int, ...], more: list[int]) -> tuple[int, ...]:
    fresh = [node for node in more if node not in sorted_nodes]
    return tuple(sorted({*sorted_nodes, *fresh})) if fresh else sorted_nodes
