"""Launch and act: the entrances, their errors, and what an outcome tells."""

import msgspec
import pytest

from engine.content import Content
from engine.rules.chart import chart_of
from engine.rules.errors import GameOver, Refused, UnknownChoice
from engine.rules.game import act, launch, turn_random
from engine.rules.moves import Abandon, Choose, Intent, Wait
from engine.rules.outcome import Outcome
from engine.rules.scene import Motif
from engine.rules.state import GameState, Screen

Voyage = tuple[GameState, Outcome]


def test_a_launch_is_turn_one_with_the_documents_numbers(voyage: Voyage) -> None:
    state, outcome = voyage
    assert (state.health, state.wealth, state.ship_condition, state.fuel, state.food) == (
        100,
        500,
        100,
        100,
        50,
    )
    assert (state.ship_type, state.cargo_capacity, state.has_flight_pod) == ("scout", 50, True)
    assert (state.turn_count, outcome.n, outcome.action) == (1, 1, "Launch")
    assert state.at_repair_location
    assert outcome.captain == "Ada"
    assert outcome.end is None
    assert outcome.scene.look
    assert "Scout at" in outcome.picture_text


@pytest.mark.parametrize("seed", [-1, 2**62 + 1])
def test_a_seed_out_of_range_is_refused(content: Content, seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        launch(content, seed, "Ada")


def test_an_unknown_choice_changes_nothing(voyage: Voyage, step) -> None:
    with pytest.raises(UnknownChoice):
        step(voyage[0], "eject")


@pytest.mark.parametrize("cause", ["restart", "idle"])
def test_abandoning_ends_the_voyage(voyage: Voyage, step, cause: str) -> None:
    state, outcome = step(voyage[0], Abandon(cause))
    assert outcome.end is not None
    assert outcome.end.cause == cause
    assert not outcome.end.victory
    assert outcome.choices == ()
    assert state.turn_count == 2
    assert outcome.scene.motif is Motif.LOST
    for move in (Wait(), Choose("dock"), Abandon("restart"), Intent("rest")):
        with pytest.raises(GameOver):
            step(state, move)


def test_another_cause_is_refused(voyage: Voyage, step) -> None:
    with pytest.raises(Refused):
        step(voyage[0], Abandon("whim"))


def test_waiting_takes_the_default(voyage: Voyage, step) -> None:
    state, outcome = step(voyage[0], Wait())
    assert outcome.action.startswith("The ship acts alone: Jump to")
    assert state.day == 3


def test_a_jump_costs_what_the_button_says(content: Content, voyage: Voyage, step) -> None:
    state, outcome = voyage
    jump = next(choice for choice in outcome.choices if choice.id.startswith("jump_"))
    after, told = step(state, jump.id)
    cost = int(jump.hint.split(" fuel")[0].split(" ")[-1])
    assert after.fuel == state.fuel - cost, "the price holds the heat of the three watches too"
    assert after.food == state.food - 3
    assert after.systems_visited == 1
    assert after.total_distance_traveled > 0
    assert after.star_map.path == (*state.star_map.path, int(jump.id[5:]))
    assert "fuel" in told.messages[0]


def test_a_jump_too_far_is_refused_with_numbers(voyage: Voyage, step) -> None:
    state, outcome = voyage
    jump = next(choice.id for choice in outcome.choices if choice.id.startswith("jump_"))
    dry = msgspec.structs.replace(state, fuel=1)
    with pytest.raises(Refused, match=r"takes \d+ fuel; the tank holds 1"):
        step(dry, Intent("jump", "n" + jump[5:]))


def test_adrift_there_is_always_a_way(content: Content, step, voyage: Voyage) -> None:
    state, _ = voyage
    dry = msgspec.structs.replace(state, fuel=0, available_choices=("signal",))
    _, outcome = step(dry, "signal")
    assert outcome.title == "Adrift"
    assert {choice.id for choice in outcome.choices} == {"call", "sail", "burn"}


def test_what_is_out_of_reach_is_told(content: Content, step, voyage: Voyage) -> None:
    state = msgspec.structs.replace(
        voyage[0],
        screen=Screen.NODE,
        current_node_id=node_of(content, "lighthouse"),
        available_choices=("site",),
    )
    _, outcome = step(state, "site")
    assert any("Out of reach" in line and "6 Lamp gas" in line for line in outcome.messages)
    assert "gas" not in {choice.id for choice in outcome.choices}


def node_of(content: Content, site: str) -> str:
    """Give the node id of a unique place on the map of seed 7."""
    from engine.rules.starmap import star_map

    return f"n{star_map(content, 7).sites[site]:02d}"


def test_rest_and_scan(content: Content, step, voyage: Voyage) -> None:
    hurt = msgspec.structs.replace(voyage[0], health=50, ship_condition=50)
    state, outcome = step(hurt, Intent("rest"))
    assert (state.health, state.ship_condition) == (58, 54)
    assert outcome.scene.motif is not Motif.CALM
    with pytest.raises(Refused, match="rested"):
        step(msgspec.structs.replace(state, screen=Screen.NODE, current_event=""), Intent("rest"))
    state, outcome = step(voyage[0], Intent("scan"))
    assert len(state.star_map.known) > len(voyage[0].star_map.known)


def test_items_are_used(step, voyage: Voyage) -> None:
    hurt = msgspec.structs.replace(voyage[0], health=50)
    state, outcome = step(hurt, Intent("use", "medkit"))
    assert state.health == 80
    assert "medkit" not in state.inventory
    assert outcome.tallies["used:medkit"] == 1


def test_the_chart_shows_what_is_known(content: Content, voyage: Voyage) -> None:
    state, _ = voyage
    chart = chart_of(content, state)
    assert chart.goal is not None
    assert chart.nodes[chart.goal].name == "The Far Gate"
    assert chart.quest is None
    hidden = [node for node in chart.nodes if not node.known]
    assert len(hidden) > 20
    assert all(not node.name for node in hidden)
    assert set(chart.reachable) <= {end for lane in chart.lanes for end in lane}
    known = {index for index, node in enumerate(chart.nodes) if node.known}
    assert all(one in known or other in known for one, other in chart.lanes)


def test_the_same_turn_gives_the_same_outcome(content: Content, voyage: Voyage) -> None:
    state, _ = voyage
    first = act(content, state, Wait(), turn_random(7, 2))
    assert first == act(content, state, Wait(), turn_random(7, 2))
    rolls = {turn_random(seed, n).random() for seed in range(50) for n in range(50)}
    assert len(rolls) == 2500
