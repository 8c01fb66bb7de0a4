"""The star map: seeded, 40 to 80 places, always connected, with every unique place."""

import pytest

from engine.content import Content
from engine.rules.navigation import fuel_cost, get_current_location
from engine.rules.scene import NodeKind
from engine.rules.starmap import StarMap, generate, star_map
from engine.rules.state import GameState, StarMapState

SEEDS = range(60)


def flood(stars: StarMap) -> set[int]:
    """Give every node that lanes join to the start."""
    seen, edge = {stars.start}, [stars.start]
    for node in edge:
        for other in stars.lanes[node]:
            if other not in seen:
                seen.add(other)
                edge.append(other)
    return seen


@pytest.mark.parametrize("seed", SEEDS)
def test_the_map_is_whole(content: Content, seed: int) -> None:
    stars = generate(content, seed)
    assert 40 <= len(stars.nodes) <= 80
    assert flood(stars) == set(range(len(stars.nodes)))
    assert all(index == node.index and node.id == f"n{index:02d}" for index, node in enumerate(stars.nodes))
    assert all(one in stars.lanes[other] for one, others in enumerate(stars.lanes) for other in others)
    assert all(one not in others for one, others in enumerate(stars.lanes))
    assert all(0 <= node.x <= 1 and 0 <= node.y <= 1 for node in stars.nodes)
    assert len({node.name for node in stars.nodes}) == len(stars.nodes)
    assert set(stars.sites) == set(content.sites)
    assert {node.region for node in stars.nodes} == set(content.regions)
    assert stars.nodes[stars.start].kind is NodeKind.STATION
    assert stars.nodes[stars.goal].kind is NodeKind.GATE


def test_a_full_tank_reaches_along_every_lane(content: Content) -> None:
    for seed in SEEDS:
        stars = generate(content, seed)
        for node in stars.nodes:
            state = GameState(
                seed, "Ada", star_map=StarMapState(seed, len(stars.nodes)), current_node_id=node.id
            )
            assert min(fuel_cost(content, state, other) for other in stars.lanes[node.index]) <= 60


def test_the_same_seed_gives_the_same_map_and_another_another(content: Content) -> None:
    assert generate(content, 5) == generate(content, 5)
    assert generate(content, 5) != generate(content, 6)


def test_the_cache_is_bounded_and_gives_the_same(content: Content) -> None:
    first = star_map(content, 5)
    for seed in range(1000, 1600):
        star_map(content, seed)
    assert len(content.maps) == 512
    assert star_map(content, 5) == first


def test_the_goal_and_two_more_places_are_known_at_launch(
    content: Content, voyage: tuple[GameState, object]
) -> None:
    state, _ = voyage
    stars = star_map(content, state.seed)
    known_sites = [node.site for node in stars.nodes if node.site and node.index in state.star_map.known]
    assert "far_gate" in known_sites
    assert len(known_sites) >= 3


def test_the_location_names_region_and_node(content: Content, voyage: tuple[GameState, object]) -> None:
    state, _ = voyage
    place = get_current_location(content, state)
    assert (place.region_id, place.node_id) == (state.current_region_id, state.current_node_id)
    assert place.region == content.regions[place.region_id].name
    assert place.node
