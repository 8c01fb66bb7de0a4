"""What must hold after every move, whatever the moves are."""

import random
import tracemalloc

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.content import Content, load_content
from engine.rules.cargo import used_cargo
from engine.rules.chart import chart_of
from engine.rules.codec import decode_move, decode_outcome, decode_state, encode
from engine.rules.errors import Refused
from engine.rules.game import act, choices_of, launch, turn_random
from engine.rules.moves import Choose, Intent, Move, Wait
from engine.rules.outcome import MAX_CHOICES, MAX_HINT, MAX_LABEL, Outcome
from engine.rules.state import GameState
from engine.rules.stats import get_effective_stats
from engine.rules.verbs import VERBS

CONTENT = load_content()
TARGETS = ["", "medkit", "patch_kit", "grain", "torpedo", "pulse_cannon", "n03", "n17", "jump_4", "nonsense"]

wishes = st.builds(
    Intent,
    verb=st.sampled_from(VERBS),
    target=st.sampled_from(TARGETS),
    amount=st.integers(0, 20),
)
turns = st.one_of(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), wishes, st.just(Wait()))


def check(content: Content, state: GameState, outcome: Outcome) -> None:
    """Assert the invariants of a state and its outcome."""
    assert all(quantity > 0 for quantity in state.inventory.values())
    assert used_cargo(content, state.inventory) <= state.cargo_capacity + 1e-9
    assert all(effect.turns > 0 for effect in state.temp_effects)
    assert len({effect.id for effect in state.temp_effects}) == len(state.temp_effects)
    for name in ("health", "wealth", "ship_condition", "fuel", "food", "pod_hp", "pod_air", "berth", "day"):
        assert getattr(state, name) >= 0, name
    assert state.health <= 100
    totals = get_effective_stats(content, state).totals
    assert state.in_pod_mode or state.cargo_capacity == totals["cargo"]
    assert state.in_pod_mode or state.ship_condition <= totals["hull"]
    check_outcome(state, outcome)


def check_outcome(state: GameState, outcome: Outcome) -> None:
    """Assert what a board relies on."""
    assert (outcome.end is None) == bool(outcome.choices)
    assert len(outcome.choices) <= MAX_CHOICES
    identities = [choice.id for choice in outcome.choices]
    assert len(set(identities)) == len(identities)
    assert tuple(identities) == state.available_choices
    assert state.game_over or state.default_choice in identities
    for choice in outcome.choices:
        assert 1 <= len(choice.id) <= 24
        assert set(choice.id) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
        assert 1 <= len(choice.label) <= MAX_LABEL
        assert len(choice.hint) <= MAX_HINT
    assert outcome.title
    assert outcome.action
    assert outcome.story or state.game_over
    assert outcome.n == state.turn_count
    scene = outcome.scene
    assert 0 <= scene.danger <= 5
    assert scene.damage >= 0
    assert min(scene.gauges.ship_condition_max, scene.gauges.fuel_max, scene.gauges.cargo_max) >= 1


def play(seed: int, script: list[int | Move]) -> tuple[list[Move], GameState, Outcome]:
    """Play a script from launch, checking after each turn; refused wishes must change nothing."""
    state, outcome = launch(CONTENT, seed, "Ada")
    check(CONTENT, state, outcome)
    journal: list[Move] = []
    for entry in script:
        if outcome.end is not None:
            break
        move = Choose(outcome.choices[entry % len(outcome.choices)].id) if isinstance(entry, int) else entry
        before = encode(state)
        try:
            after, outcome = act(CONTENT, state, move, turn_random(seed, state.turn_count + 1))
        except Refused:
            if not isinstance(entry, Intent):
                raise
            assert encode(state) == before
            continue
        assert encode(state) == before, "the given state was changed"
        assert after.turn_count == state.turn_count + 1
        journal.append(move)
        state = after
        check(CONTENT, state, outcome)
    return journal, state, outcome


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**62), script=st.lists(turns, max_size=120))
def test_invariants_hold_and_the_journal_replays(seed: int, script: list[int | Move]) -> None:
    journal, state, outcome = play(seed, script)
    kept = [encode(move) for move in journal]

    again, newest = launch(CONTENT, seed, "Ada")
    for data in kept:
        again = decode_state(encode(again))  # as a restart of the bot would
        again, newest = act(CONTENT, again, decode_move(data), turn_random(seed, again.turn_count + 1))

    assert encode(again) == encode(state)
    if journal:
        assert encode(newest) == encode(outcome)
        assert decode_outcome(encode(outcome)) == outcome


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**62), script=st.lists(st.integers(0, 4), max_size=40))
def test_choices_and_chart_come_from_the_state_alone(seed: int, script: list[int | Move]) -> None:
    _, state, outcome = play(seed, script)
    assert choices_of(CONTENT, decode_state(encode(state))) == outcome.choices
    chart = chart_of(CONTENT, state)
    assert msgspec.json.decode(msgspec.json.encode(chart), type=type(chart)) == chart
    assert len(chart.nodes) == state.star_map.size
    assert chart.path[-1] == chart.here


def test_waiting_alone_always_comes_to_an_end() -> None:
    for seed in range(12):
        state, outcome = launch(CONTENT, seed, "Ada")
        while outcome.end is None:
            state, outcome = act(CONTENT, state, Wait(), turn_random(seed, state.turn_count + 1))
            assert state.turn_count < 3000, "a ship that nobody steers never ends"
        assert not state.available_choices


def test_long_random_voyages_keep_the_invariants() -> None:
    for seed in range(25):
        dice = random.Random(seed)
        script: list[int | Move] = [
            Intent(dice.choice(VERBS), dice.choice(TARGETS), amount=dice.randint(0, 5))
            if dice.random() < 0.1
            else dice.randint(0, 59)
            for _ in range(250)
        ]
        play(seed, script)


def test_a_loaded_voyage_stays_small() -> None:
    states = [encode(play(seed, [seed % 5, 1, 3, 0, 2] * 30)[1]) for seed in range(40)]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    loaded = [decode_state(data) for data in states]
    used = (tracemalloc.get_traced_memory()[0] - before) / len(loaded)
    tracemalloc.stop()
    assert used < 6000
    assert max(map(len, states)) < 3000
