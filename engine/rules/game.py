"""The entrances of the rules: launch a voyage, act in it. (content, state, move, dice) → (state, outcome)."""

import random
from collections.abc import Callable

from engine.content.catalogue import Content
from engine.rules import (
    battle,
    bazaar,
    castaway,
    dockyard,
    encounter,
    events,
    navigation,
    noticeboard,
    port,
    quests,
    vicinity,
    wishes,
)
from engine.rules.dice import Dice
from engine.rules.endings import finish, judge_death
from engine.rules.errors import GameOver, Refused, UnknownChoice
from engine.rules.moves import Abandon, Choose, Intent, Move, Wait
from engine.rules.outcome import Choice, ChoiceStyle, Outcome
from engine.rules.play import Play
from engine.rules.scene import Motif
from engine.rules.starmap import star_map
from engine.rules.state import GameState, Pending, Screen, StarMapState
from engine.rules.view import outcome_of

MOST_SEED = 2**62
ABANDONED = frozenset({"restart", "idle"})

Offer = Callable[[Play], list[Choice]]
Take = Callable[[Play, str], None]

SCREENS: dict[Screen, tuple[Offer, Take]] = {
    Screen.NODE: (vicinity.offer_node, vicinity.take_node),
    Screen.COURSES: (vicinity.offer_courses, vicinity.take_courses),
    Screen.STORES: (vicinity.offer_stores, vicinity.take_stores),
    Screen.EVENT: (encounter.offer, encounter.take),
    Screen.BATTLE: (battle.offer, battle.take),
    Screen.DOCK: (port.offer, port.take),
    Screen.MARKET: (bazaar.offer, bazaar.take),
    Screen.YARD: (dockyard.offer, dockyard.take),
    Screen.BOARD: (noticeboard.offer, noticeboard.take),
    Screen.LOSS: (castaway.offer_loss, castaway.take_loss),
    Screen.POD: (castaway.offer_pod, castaway.take_pod),
}


def turn_random(seed: int, n: int) -> random.Random:
    """Give the dice of turn n of the voyage with this seed."""
    return Dice(seed * 1_000_003 + n)


def launch(content: Content, seed: int, captain: str) -> tuple[GameState, Outcome]:
    """Begin a voyage: its turn 1. Raises ValueError when the seed is not in 0..2**62."""
    if not 0 <= seed <= MOST_SEED:
        raise ValueError(f"a seed is 0 to 2**62, not {seed}")
    stars = star_map(content, seed)
    home = stars.nodes[stars.start]
    empty = GameState(
        seed=seed,
        captain=captain,
        star_map=StarMapState(seed=seed, size=len(stars.nodes)),
        current_region_id=home.region,
        current_node_id=home.id,
        inventory={"medkit": 1, "patch_kit": 1},
    )
    play = Play(content, empty, turn_random(seed, 1))
    navigation.settle(play, stars.start)
    navigation.learn(play, [stars.goal, *_rumoured(play)])
    play.state.systems_visited = 0
    play.state.cargo_capacity = play.stats["cargo"]
    play.state.pending = tuple(Pending(event.id, event.due) for event in content.events.values() if event.due)
    play.title = f"{captain} casts off"
    play.action = "Launch"
    play.motif = Motif.DOCKED
    play.tell(play.phrase("launch"))
    return _finish(play, empty)


def act(content: Content, state: GameState, move: Move, rng: random.Random) -> tuple[GameState, Outcome]:
    """Apply one move; the given state is not changed.

    `rng` is `turn_random(state.seed, state.turn_count + 1)` when the journal is to replay.
    Raises GameOver, UnknownChoice, Refused.
    """
    if state.game_over:
        raise GameOver
    play = Play(content, state, rng)
    match move:
        case Choose(choice=identity):
            _take(play, identity)
        case Wait():
            _take(play, state.default_choice)
            play.action = f"The ship acts alone: {play.action}"
        case Intent():
            _wish(play, move)
        case Abandon(cause=cause):
            if cause not in ABANDONED:
                raise Refused("A voyage is abandoned by a restart or because nobody plays.")
            play.action = "Abandon ship"
            finish(play, cause)
    return _finish(play, state)


def _rumoured(play: Play) -> list[int]:
    """Give the two unique places that are nearest to home: what everybody has heard of at launch."""
    steps = navigation.steps_to(play, play.stars.start)
    sites = sorted((steps[index], index) for index in play.stars.sites.values() if index != play.stars.goal)
    return [index for _, index in sites[:2]]


def choices_of(content: Content, state: GameState) -> tuple[Choice, ...]:
    """Give the choices that the newest turn offers, with their labels, from the state alone."""
    if state.game_over:
        return ()
    play = Play(content, state, turn_random(state.seed, state.turn_count))
    return tuple(SCREENS[state.screen][0](play))


def _take(play: Play, identity: str) -> None:
    if identity not in play.state.available_choices:
        raise UnknownChoice(identity)
    SCREENS[play.state.screen][1](play, identity)


def _wish(play: Play, wish: Intent) -> None:
    identity = wishes.choice_for(play, wish)
    if identity:
        _take(play, identity)
    else:
        wishes.grant(play, wish)


def _finish(play: Play, before: GameState) -> tuple[GameState, Outcome]:
    """See what the move led to, offer the next choices and tell everything."""
    state = play.state
    if before.screen in port.SHORE:
        port.spend_berth(play)
    judge_death(play)
    if state.active_quest is not None and not state.game_over:
        quests.advance(play)
        judge_death(play)
    if state.screen is Screen.NODE and vicinity.is_stuck(play):
        events.present(play, "adrift")
    state.turn_count = before.turn_count + 1
    choices = _offer(play)
    state.available_choices = tuple([choice.id for choice in choices])
    return state, outcome_of(play, before, choices)


def _offer(play: Play) -> list[Choice]:
    if play.state.game_over:
        play.state.default_choice = ""
        return []
    choices = SCREENS[play.state.screen][0](play)
    play.state.default_choice = play.default or default_of(choices)
    return choices


def default_of(choices: list[Choice]) -> str:
    """Choose what a ship left alone would do: the first safe choice, else the first that is not risky."""
    for style in (ChoiceStyle.SAFE, ChoiceStyle.NORMAL, ChoiceStyle.RISKY):
        for entry in choices:
            if entry.style is style:
                return entry.id
    return ""
