"""Flies seeded voyages with a simulated player and counts what became of them."""

import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from engine.balance.players import Player, bold_player, careful_player, random_player
from engine.content import Content, load_content
from engine.rules.game import act, launch, turn_random
from engine.rules.moves import Choose
from engine.rules.state import GameState

LONGEST = 1500  # turns after which a simulated player gives up
PLAYERS: dict[str, Player] = {"random": random_player, "careful": careful_player, "bold": bold_player}
BATCH = 100


@dataclass
class Tally:
    """What became of many voyages of one player."""

    lengths: list[int] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    enemies: Counter[str] = field(default_factory=Counter)
    visited: list[int] = field(default_factory=list)
    quests: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        self.lengths += other.lengths
        self.visited += other.visited
        self.causes.update(other.causes)
        self.events.update(other.events)
        self.enemies.update(other.enemies)
        self.quests.update(other.quests)


def simulate(player: str, games: int) -> Tally:
    """Fly the voyages with seeds 0 to games − 1, on all cores."""
    batches = [range(first, min(first + BATCH, games)) for first in range(0, games, BATCH)]
    tally = Tally()
    with ProcessPoolExecutor() as pool:
        for part in pool.map(_fly_batch, [player] * len(batches), batches):
            tally.add(part)
    return tally


def _fly_batch(player: str, seeds: range) -> Tally:
    content = load_content()
    tally = Tally()
    for seed in seeds:
        state = fly(content, PLAYERS[player], seed, tally)
        tally.lengths.append(state.turn_count)
        tally.visited.append(state.systems_visited)
        tally.causes[state.end_cause or "unfinished"] += 1
        tally.quests.update(state.completed_quests)
    return tally


def fly(content: Content, player: Player, seed: int, tally: Tally) -> GameState:
    """Fly one voyage to its end, or to LONGEST turns."""
    dice = random.Random(seed + 1)
    state, outcome = launch(content, seed, "Ada")
    while outcome.end is None and state.turn_count < LONGEST:
        before = state
        move = Choose(player(content, state, outcome, dice))
        state, outcome = act(content, state, move, turn_random(seed, state.turn_count + 1))
        if state.current_event and state.recent_events is not before.recent_events:
            tally.events[state.current_event] += 1
        if state.battle is not None and before.battle is None:
            tally.enemies[state.battle.enemy] += 1
    return state
