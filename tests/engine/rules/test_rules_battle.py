"""Fights: the enemy shows its move, the answer matters, a win pays, a loss leads to the pod."""

import msgspec
import pytest

from engine.content import Content
from engine.rules import battle
from engine.rules.errors import Refused
from engine.rules.game import launch, turn_random
from engine.rules.moves import Intent
from engine.rules.play import Play
from engine.rules.scene import Motif
from engine.rules.state import GameState, Screen


def fight(content: Content, enemy: str, salt: int = 0, **changes: object) -> Play:
    """Give a turn under way in which a fight has just begun."""
    state, _ = launch(content, 7, "Ada")
    play = Play(content, msgspec.structs.replace(state, **changes), turn_random(7 + salt, 2))
    battle.start(play, enemy)
    play.state.available_choices = tuple(choice.id for choice in battle.offer(play))
    return play


def show(play: Play, move: str) -> None:
    """Let the enemy show a move."""
    assert play.state.battle is not None
    play.state.battle = msgspec.structs.replace(play.state.battle, move=move)


def lost(play: Play, answer: str) -> int:
    """Give the hull lost in one round."""
    before = play.state.ship_condition
    battle.take(play, answer)
    return before - play.state.ship_condition


def test_bracing_takes_most_of_a_heavy_blow_and_steadies_the_guns(content: Content) -> None:
    open_losses, braced_losses = [], []
    for salt in range(30):
        for answer, losses in (("fire", open_losses), ("brace", braced_losses)):
            play = fight(content, "warlord", salt)
            show(play, "heavy")
            losses.append(lost(play, answer))
    assert sum(braced_losses) * 3 < sum(open_losses)
    assert play.state.battle is not None
    assert play.state.battle.aimed
    aimed = battle.offer(play)[0].hint
    play.state.battle = msgspec.structs.replace(play.state.battle, aimed=False)
    assert int(aimed.split("–")[0]) > int(battle.offer(play)[0].hint.split("–")[0])


def test_a_dodge_takes_nothing(content: Content) -> None:
    results = [lost(fight(content, "warlord", salt), "evade") for salt in range(60)]
    assert 0 in results
    assert max(results) > 0


def test_the_enemy_follows_its_pattern(content: Content) -> None:
    play = fight(content, "pirate", inventory={})
    shown = []
    for _ in range(5):
        assert play.state.battle is not None
        shown.append(play.state.battle.move)
        play.state.battle = msgspec.structs.replace(play.state.battle, hull=999)
        play.state.ship_condition = 100
        battle.take(play, "brace")
    pattern = content.enemies["pirate"].pattern
    assert tuple(shown) == (pattern * 2)[:5]


def test_a_win_pays_counts_and_tells(content: Content, step) -> None:
    play = fight(content, "pirate")
    assert play.state.battle is not None
    play.state.battle = msgspec.structs.replace(play.state.battle, hull=1)
    state, outcome = step(play.state, "fire")
    assert state.battle is None
    assert state.ships_destroyed == 1
    assert state.wealth > play.state.wealth
    assert outcome.tallies["kill:pirate"] == 1
    assert content.enemies["pirate"].death in outcome.story


def test_thieves_steal_and_siphons_drink(content: Content) -> None:
    play = fight(content, "pirate", inventory={"optics": 9})
    show(play, "steal")
    battle.take(play, "fire")
    assert play.state.inventory["optics"] < 9
    play = fight(content, "wrecker")
    show(play, "drain")
    battle.take(play, "fire")
    assert play.state.fuel < 100


def test_parley_costs_what_it_says(content: Content, step) -> None:
    play = fight(content, "pirate")
    state, _ = step(play.state, "pay")
    assert state.wealth == play.state.wealth - content.enemies["pirate"].parley
    assert state.screen is Screen.NODE


def test_a_torpedo_by_word(content: Content, step) -> None:
    play = fight(content, "warlord", inventory={"torpedo": 1})
    state, outcome = step(play.state, Intent("torpedo"))
    assert "torpedo" not in state.inventory
    assert outcome.action == "Launch a torpedo"
    with pytest.raises(Refused):
        step(state, Intent("torpedo"))


def test_an_enemy_gives_up_in_the_end(content: Content, step) -> None:
    play = fight(content, "smuggler", ship_condition=300)
    state = play.state
    for _ in range(battle.PATIENCE + 1):
        if state.screen is not Screen.BATTLE:
            break
        state = msgspec.structs.replace(state, ship_condition=100)
        state, _ = step(state, "brace")
    assert state.screen is not Screen.BATTLE


def test_the_scene_shows_the_fight(content: Content, step) -> None:
    play = fight(content, "warlord")
    show(play, "strike")
    _, outcome = step(play.state, "fire")
    assert outcome.scene.motif is Motif.BATTLE
    assert outcome.scene.enemy == "warlord"
    assert outcome.scene.damage > 0
    assert outcome.scene.danger == content.enemies["warlord"].danger
    assert "Warlord's galley: hull" in outcome.story


@pytest.mark.parametrize("has_pod", [True, False])
def test_the_loss_of_the_ship_leads_to_the_pod_or_the_end(content: Content, step, has_pod: bool) -> None:
    play = fight(content, "warlord", ship_condition=1, has_flight_pod=has_pod, inventory={})
    show(play, "strike")
    state, outcome = step(play.state, "fire")
    if has_pod:
        assert state.screen is Screen.LOSS
        assert [choice.id for choice in outcome.choices] == ["eject", "stay"]
    else:
        assert outcome.end is not None
        assert outcome.end.cause == "battle"


def test_every_enemy_can_be_fought_to_an_end(content: Content, step) -> None:
    for enemy in content.enemies:
        state: GameState = fight(content, enemy).state
        for _ in range(60):
            if state.screen is not Screen.BATTLE:
                break
            state, outcome = step(state, "fire")
        assert state.screen is not Screen.BATTLE, enemy
        assert outcome.story


@pytest.mark.parametrize(
    ("fuel", "said"), [(30, "4 fuel"), (3, "your last 3 fuel"), (0, "the tank is empty")]
)
def test_running_says_what_it_takes(content: Content, fuel: int, said: str) -> None:
    play = fight(content, "pirate", fuel=fuel)
    assert battle.offer(play)[-1].hint.endswith(said)
    show(play, "wait")
    battle.take(play, "flee")
    assert fuel - play.state.fuel == min(4, fuel)
