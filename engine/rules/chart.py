"""The star map as the players know it: fog over what nobody has seen."""

from engine.content.catalogue import Content
from engine.rules.navigation import fuel_cost, here, quest_node
from engine.rules.scene import Chart, ChartNode, NodeKind
from engine.rules.starmap import Node, StarMap, star_map
from engine.rules.state import GameState


def chart_of(content: Content, state: GameState) -> Chart:
    """Draw up the chart of a voyage for the picture of the map."""
    stars = star_map(content, state.star_map.seed)
    known, visited = frozenset(state.star_map.known), frozenset(state.star_map.visited)
    position = here(state)
    target = quest_node(content, state)
    return Chart(
        seed=stars.seed,
        nodes=tuple(_chart_node(node, node.index in known, node.index in visited) for node in stars.nodes),
        lanes=_lanes(stars, known),
        path=state.star_map.path,
        here=position,
        reachable=tuple(
            other for other in stars.lanes[position] if fuel_cost(content, state, other) <= state.fuel
        ),
        regions={region.id: region.name for region in content.regions.values()},
        goal=stars.goal,
        quest=target if target >= 0 else None,
        looks={region.id: region.look for region in content.regions.values()},
    )


def _chart_node(node: Node, known: bool, visited: bool) -> ChartNode:
    if not known:
        return ChartNode(node.x, node.y, node.region, "", NodeKind.STAR, known=False, visited=False)
    return ChartNode(node.x, node.y, node.region, node.name, node.kind, known=True, visited=visited)


def _lanes(stars: StarMap, known: frozenset[int]) -> tuple[tuple[int, int], ...]:
    return tuple(
        (one, other)
        for one, others in enumerate(stars.lanes)
        for other in others
        if one < other and (one in known or other in known)
    )
