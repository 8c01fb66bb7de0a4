"""The pure rules: turns a second on one core, beside the least that a turn must do.

Recorded voyages of a player who clicks anything are replayed from their launch, turn after turn with the dice
of each, as a journal is. The floor copies the state and builds an Outcome of the same parts, ready made: no
rule at all. Both take turns in the same run. Times are this thread's CPU, and of each voyage the least over
all runs counts (timeit's rule): on a shared machine the clock also counts what others took. The median of the
whole runs is given beside it.
"""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from engine.content import Content, load_content
from engine.rules.game import act, launch, turn_random
from engine.rules.moves import Choose, Move
from engine.rules.outcome import Choice, Gauge, Outcome, Place
from engine.rules.play import own_copy
from engine.rules.state import GameState

FULL = (9, 60)  # runs, voyages
QUICK = (5, 25)
LONGEST = 150

Voyage = tuple[GameState, list[Move], list[Outcome]]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure the figures of `rules`."""
    runs, voyages = QUICK if quick else FULL
    content = load_content()
    flown = [_record(content, seed) for seed in range(voyages)]
    turns = sum(len(moves) for _, moves, _ in flown)
    ours: list[list[float]] = []
    floor: list[list[float]] = []
    starts: list[list[float]] = []
    for _ in range(runs):
        ours.append([_seconds(lambda one=one: _replay(content, one)) for one in flown])
        floor.append([_seconds(lambda one=one: _least(one)) for one in flown])
        starts.append([_seconds(lambda seed=seed: launch(content, seed, "Ada")) for seed in range(voyages)])
    rate, bare = turns / _undisturbed(ours), turns / _undisturbed(floor)
    peer = f"a turn without rules: {bare:,.0f}/s"
    median = turns / statistics.median(sum(times) for times in ours)
    median_bare = turns / statistics.median(sum(times) for times in floor)
    launches = voyages / _undisturbed(starts)
    return [
        _row("rules.turns_per_s", rate, "turns/s CPU", peer, runs),
        _row("rules.turns_per_s_median", median, "turns/s CPU", f"the same: {median_bare:,.0f}/s", runs),
        _row("rules.share_of_floor", rate / bare, "ratio", peer, runs),
        _row("rules.launches_per_s", launches, "launches/s CPU", "star map in the cache", runs),
    ]


def _record(content: Content, seed: int) -> Voyage:
    """Fly a voyage and keep its launch, its moves and what came of each."""
    dice = random.Random(seed)
    launched, outcome = launch(content, seed, "Ada")
    state, moves, outcomes = launched, [], []
    while outcome.end is None and len(moves) < LONGEST:
        moves.append(Choose(dice.choice(outcome.choices).id))
        state, outcome = act(content, state, moves[-1], turn_random(seed, state.turn_count + 1))
        outcomes.append(outcome)
    return launched, moves, outcomes


def _replay(content: Content, flown: Voyage) -> None:
    state, moves, _ = flown
    for move in moves:
        state, _ = act(content, state, move, turn_random(state.seed, state.turn_count + 1))


def _least(flown: Voyage) -> None:
    """Do what a turn in Python must do at least: dice, a copy of the state, an outcome of its parts."""
    state, _, outcomes = flown
    for made in outcomes:
        turn_random(state.seed, made.n)
        state = own_copy(state)
        _rebuild(made)


def _rebuild(made: Outcome) -> Outcome:
    return Outcome(
        n=made.n,
        title=made.title,
        story=made.story,
        messages=made.messages,
        action=made.action,
        choices=tuple([Choice(c.id, c.label, c.hint, c.emoji, c.style) for c in made.choices]),
        gauges=tuple([Gauge(g.key, g.label, g.value, g.maximum, g.emoji) for g in made.gauges]),
        place=Place(made.place.region_id, made.place.region, made.place.node_id, made.place.node),
        captain=made.captain,
        ship=made.ship,
        picture_text=made.picture_text,
        scene=made.scene,
        end=made.end,
        tallies=dict(made.tallies),
    )


def _seconds(work: Callable[[], object]) -> float:
    """Give the CPU seconds of this thread that the work takes."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def _undisturbed(runs: list[list[float]]) -> float:
    """Add up the least time of each piece of work over all runs."""
    return sum(min(times) for times in zip(*runs, strict=True))


def _row(figure: str, value: float, unit: str, peer: str, runs: int) -> dict[str, Any]:
    return {"figure": figure, "value": round(value, 3), "unit": unit, "peer": peer, "runs": runs}
