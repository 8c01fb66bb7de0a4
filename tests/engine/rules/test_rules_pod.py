"""The flight pod: ejecting, life in it, rescue with a loaner, and both ways to die in it."""

import msgspec
import pytest

from engine.content import Content
from engine.rules.game import launch
from engine.rules.moves import Intent
from engine.rules.scene import Motif, NodeKind
from engine.rules.starmap import star_map
from engine.rules.state import GameState, Screen, ShipMods


@pytest.fixture
def wreck(content: Content) -> GameState:
    """A ship that is breaking up, away from any port."""
    state, _ = launch(content, 7, "Ada")
    stars = star_map(content, 7)
    away = next(node for node in stars.nodes if node.kind is not NodeKind.STATION and node.region == "thorn")
    return msgspec.structs.replace(
        state,
        screen=Screen.LOSS,
        ship_condition=0,
        available_choices=("eject", "stay"),
        default_choice="eject",
        ship_mods=ShipMods(high=("pulse_cannon",)),
        inventory={"keystone": 2, "machinery": 20, "optics": 5},
        current_node_id=away.id,
        current_region_id="thorn",
    )


def test_ejecting_saves_what_fits_into_a_pod(wreck: GameState, step) -> None:
    state, outcome = step(wreck, "eject")
    assert state.in_pod_mode
    assert not state.has_flight_pod
    assert state.pod_uses == 1
    assert state.ship_mods == ShipMods()
    assert state.cargo_capacity == 10
    assert state.inventory["keystone"] == 2
    assert state.inventory.get("machinery", 0) <= 2
    assert outcome.scene.in_pod
    assert outcome.scene.motif is Motif.POD
    assert outcome.ship == "Flight pod"
    assert {gauge.key for gauge in outcome.gauges} == {"hull", "air", "health", "credits"}
    assert [choice.id for choice in outcome.choices] == ["drift", "burn", "beacon", "scavenge"]


def test_staying_is_a_gamble(wreck: GameState, step) -> None:
    ends = {step(wreck, "stay", salt)[1].end is None for salt in range(60)}
    assert ends == {True, False}


def live(state: GameState, step, choice: str, salt: int) -> GameState:
    """Make one choice in the pod until that is over."""
    for _ in range(40):
        if not state.in_pod_mode or state.game_over:
            break
        state, _ = step(state, choice if choice in state.available_choices else "drift", salt)
    return state


@pytest.mark.parametrize("choice", ["drift", "burn", "beacon", "scavenge"])
def test_every_way_of_pod_life_comes_to_an_end(wreck: GameState, step, choice: str) -> None:
    for salt in range(20):
        state, _ = step(wreck, "eject", salt)
        state = live(state, step, choice, salt)
        assert state.game_over or not state.in_pod_mode


def test_rescue_brings_a_loaner_at_the_nearest_port(content: Content, wreck: GameState, step) -> None:
    for salt in range(40):
        state, _ = step(wreck, "eject", salt)
        state = live(state, step, "burn", salt)
        if not state.game_over:
            break
    else:
        pytest.fail("nobody was rescued in forty tries")
    assert state.ship_type == "skiff"
    assert state.screen is Screen.DOCK
    assert state.at_repair_location
    assert star_map(content, 7).nodes[int(state.current_node_id[1:])].kind is NodeKind.STATION
    assert state.wealth < wreck.wealth
    assert state.inventory["keystone"] == 2


def test_both_ways_to_die_in_a_pod_are_reached(wreck: GameState, step) -> None:
    causes = set()
    for salt in range(80):
        for choice in ("beacon", "scavenge", "drift"):
            state, _ = step(wreck, "eject", salt)
            causes.add(live(state, step, choice, salt).end_cause)
    assert {"pod_air", "pod_breach"} <= causes


def test_words_work_in_the_pod(wreck: GameState, step) -> None:
    state, _ = step(wreck, Intent("eject"))
    state, outcome = step(state, Intent("signal"))
    assert outcome.action == "Light the beacon"
