"""The game's own content, loaded once, and short ways to get a voyage into a wanted state."""

from collections.abc import Callable

import pytest

from engine.content import Content, load_content
from engine.rules.game import act, launch, turn_random
from engine.rules.moves import Choose, Move
from engine.rules.outcome import Outcome
from engine.rules.state import GameState

Step = Callable[..., tuple[GameState, Outcome]]


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture
def voyage(content: Content) -> tuple[GameState, Outcome]:
    return launch(content, 7, "Ada")


@pytest.fixture
def step(content: Content) -> Step:
    """Apply a move, or a choice by its id, with the dice that belong to the turn, or with other ones."""

    def apply(state: GameState, move: Move | str, salt: int = 0) -> tuple[GameState, Outcome]:
        taken = Choose(move) if isinstance(move, str) else move
        return act(content, state, taken, turn_random(state.seed + salt, state.turn_count + 1))

    return apply
