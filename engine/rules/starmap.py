"""Makes the star map of a voyage from its seed: places, kinds, names, lanes. The same seed, the same map.

Regions stand where the content puts them, shaken by the seed and perhaps mirrored. In each, places are chosen
far from each other (best of a few candidates). Lanes are the shortest tree that joins everything (Prim), so
the map is always connected, and then short extra lanes, so that there are ways around.
"""

import math
import random

import msgspec

from engine.content.catalogue import Content
from engine.content.models import Region, Site
from engine.rules.scene import NodeKind

CANDIDATES = 5
SHAKE = 0.02
EXTRA_REACH = 0.17  # map units; the longest lane that is not needed for the tree
MAX_LANES = 4  # extra lanes are not added to a node that has so many
BORDER = 1.35  # how much longer a lane between regions counts while the tree is grown


class Node(msgspec.Struct, frozen=True):
    """One place. `x`, `y` are in map units 0..1; `site` is the id of a unique place or ""."""

    index: int
    id: str
    x: float
    y: float
    region: str
    kind: NodeKind
    name: str
    seed: int
    site: str = ""


class StarMap(msgspec.Struct, frozen=True):
    """The whole map. `lanes[i]` lists the neighbours of node i, ascending.

    `ways` maps the node of each unique place to the jumps that lead there from every node, a byte each.
    """

    seed: int
    nodes: tuple[Node, ...]
    lanes: tuple[tuple[int, ...], ...]
    start: int
    goal: int
    sites: dict[str, int]
    ways: dict[int, bytes]

    def distance(self, first: int, second: int) -> float:
        """Measure the way between two nodes in map units."""
        one, other = self.nodes[first], self.nodes[second]
        return math.hypot(one.x - other.x, one.y - other.y)


def star_map(content: Content, seed: int) -> StarMap:
    """Give the star map of a seed, from the content's cache when it is there."""
    return content.maps.get(seed, lambda: generate(content, seed))


def generate(content: Content, seed: int) -> StarMap:
    """Make the star map of a seed."""
    rng = random.Random(seed * 2 + 1)
    mirrored = rng.random() < 0.5
    nodes: list[Node] = []
    for region in content.regions.values():
        _settle_region(content, region, mirrored, rng, nodes)
    places = [(node.x, node.y, node.region) for node in nodes]
    lanes = _grow_lanes(places)
    sites = {node.site: node.index for node in nodes if node.site}
    goal = next(
        (index for name, index in sites.items() if content.sites[name].role == "goal"), len(nodes) - 1
    )
    ways = {index: bytes(count_jumps(lanes, index)) for index in {*sites.values(), goal}}
    return StarMap(seed, tuple(nodes), lanes, _first_port(nodes), goal, sites, ways)


def count_jumps(lanes: tuple[tuple[int, ...], ...], goal: int) -> list[int]:
    """Count the jumps from every node to `goal`, by breadth first search."""
    steps = [-1] * len(lanes)
    steps[goal] = 0
    edge = [goal]
    for node in edge:
        for other in lanes[node]:
            if steps[other] < 0:
                steps[other] = steps[node] + 1
                edge.append(other)
    return steps


def _settle_region(
    content: Content, region: Region, mirrored: bool, rng: random.Random, nodes: list[Node]
) -> None:
    """Add the nodes of one region: its unique sites, its stations, then whatever its kinds say."""
    sites = [site for site in content.sites.values() if site.region == region.id]
    count = max(rng.randint(*region.nodes), len(sites) + region.stations)
    names = _names(region, count, rng)
    common = rng.choices(list(region.kinds), list(region.kinds.values()), k=count)
    centre_x = region.centre[0] + rng.uniform(-SHAKE, SHAKE)
    centre_y = region.centre[1] + rng.uniform(-SHAKE, SHAKE)
    if mirrored:
        centre_y = 1.0 - centre_y
    first = len(nodes)
    for number in range(count):
        x, y = _spot(centre_x, centre_y, region.spread, rng, nodes, first)
        site = sites[number] if number < len(sites) else None
        kind, name = _identity(site, number - len(sites) < region.stations, common[number], names[number])
        index = len(nodes)
        nodes.append(
            Node(
                index,
                f"n{index:02d}",
                x,
                y,
                region.id,
                kind,
                name,
                rng.getrandbits(31),
                site.id if site else "",
            )
        )


def _identity(site: Site | None, station: bool, common: NodeKind, name: str) -> tuple[NodeKind, str]:
    if site is not None:
        return site.kind, site.name
    return (NodeKind.STATION if station else common), name


def _names(region: Region, count: int, rng: random.Random) -> list[str]:
    names = list(region.names)
    rng.shuffle(names)
    numbered = 2
    while len(names) < count:
        names.extend(f"{name} {numbered}" for name in region.names)
        numbered += 1
    return names


def _spot(
    centre_x: float,
    centre_y: float,
    spread: tuple[float, float],
    rng: random.Random,
    nodes: list[Node],
    first: int,
) -> tuple[float, float]:
    """Choose the candidate that is farthest from the region's other nodes."""
    best, best_gap = (centre_x, centre_y), -1.0
    uniform = rng.random
    for _ in range(CANDIDATES):
        x = min(0.97, max(0.03, centre_x + (uniform() * 2 - 1) * spread[0]))
        y = min(0.96, max(0.04, centre_y + (uniform() * 2 - 1) * spread[1]))
        gap = 9.0
        for node in nodes[first:]:
            away = (node.x - x) ** 2 + (node.y - y) ** 2
            if away < gap:
                gap = away
        if gap > best_gap:
            best, best_gap = (round(x, 4), round(y, 4)), gap
    return best


def _first_port(nodes: list[Node]) -> int:
    """Give the easternmost plain station of the first region: home ends where the voyage begins."""
    ports = [node for node in nodes if node.kind is NodeKind.STATION and not node.site]
    home = [node for node in ports if node.region == nodes[0].region]
    return max(home or ports or nodes, key=lambda node: node.x).index


def _grow_lanes(places: list[tuple[float, float, str]]) -> tuple[tuple[int, ...], ...]:
    """Join all places by the shortest tree, then add short lanes."""
    lengths = [
        [math.hypot(x - u, y - v) * (1.0 if region == other else BORDER) for u, v, other in places]
        for x, y, region in places
    ]
    neighbours: list[set[int]] = [set() for _ in places]
    for one, other in _tree(lengths):
        neighbours[one].add(other)
        neighbours[other].add(one)
    for one, row in enumerate(lengths):
        near = sorted(
            (length, other) for other, length in enumerate(row) if length < EXTRA_REACH and other != one
        )
        for _, other in near[:2]:
            if len(neighbours[one]) < MAX_LANES and len(neighbours[other]) < MAX_LANES:
                neighbours[one].add(other)
                neighbours[other].add(one)
    return tuple(tuple(sorted(lane)) for lane in neighbours)


def _tree(lengths: list[list[float]]) -> list[tuple[int, int]]:
    """Grow the minimum spanning tree from node 0 (Prim)."""
    outside = list(range(1, len(lengths)))
    nearest = [0] * len(lengths)
    reach = list(lengths[0])
    tree: list[tuple[int, int]] = []
    while outside:
        node = min(outside, key=reach.__getitem__)
        outside.remove(node)
        tree.append((nearest[node], node))
        row = lengths[node]
        for other in outside:
            if row[other] < reach[other]:
                reach[other] = row[other]
                nearest[other] = node
    return tree
