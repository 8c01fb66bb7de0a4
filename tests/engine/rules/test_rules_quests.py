"""Quests: boards, steps of every kind, rewards; and every way to win a voyage."""

import msgspec
import pytest

from engine.content import Content
from engine.rules import deeds, events, noticeboard, quests
from engine.rules.game import launch, turn_random
from engine.rules.navigation import settle
from engine.rules.play import Play
from engine.rules.starmap import star_map
from engine.rules.state import Battle, GameState, QuestProgress, Screen


def begin(content: Content, **changes: object) -> Play:
    """Give a turn under way at home."""
    state, _ = launch(content, 7, "Ada")
    return Play(content, msgspec.structs.replace(state, **changes), turn_random(7, 2))


def test_a_board_offers_quests_that_can_be_taken(content: Content, step) -> None:
    play = begin(content)
    deeds.dock(play)
    play.show(Screen.DOCK)
    noticeboard.read(play)
    offers = noticeboard.offer(play)
    taken = [choice for choice in offers if choice.id.startswith("quest_")]
    assert 1 <= len(taken) <= 3
    play.state.available_choices = tuple(choice.id for choice in offers)
    state, outcome = step(play.state, taken[0].id)
    assert state.active_quest is not None
    assert any(line.startswith("Quest: ") for line in outcome.messages)


@pytest.mark.parametrize("name", ["grain_run", "survey", "password", "ostrich", "pilgrims", "seeds_of_eden"])
def test_every_kind_of_step_is_done_and_paid(content: Content, name: str) -> None:
    play = begin(content, cargo_capacity=50)
    quests.accept(play, name)
    quest = content.quests[name]
    for _ in range(60):
        progress = play.state.active_quest
        if progress is None:
            break
        do_step(play, quest.step[progress.step], progress)
        quests.advance(play)
        finish_event(play)
    assert name in play.state.completed_quests
    assert quest.finish.format(captain="Ada") in " ".join(play.story)
    for item, quantity in quest.reward.give.items():
        assert play.state.inventory.get(item, 0) >= quantity


def do_step(play: Play, step, progress: QuestProgress) -> None:
    """Do what a step asks for, the short way."""
    if step.kind in ("collect", "deliver"):
        play.state.inventory[step.item] = max(step.count, play.state.inventory.get(step.item, 0))
    if step.kind == "destroy":
        quests.count_kill(play, step.enemy or "pirate")
    if progress.node >= 0:
        settle(play, progress.node)
    play.show(Screen.NODE)


def finish_event(play: Play) -> None:
    """Leave the event that a step may have brought."""
    play.state.current_event = ""
    play.show(Screen.NODE)


def test_other_peoples_enemies_do_not_count(content: Content) -> None:
    play = begin(content, active_quest=QuestProgress("password"))
    quests.count_kill(play, "pirate")
    assert play.state.active_quest == QuestProgress("password")
    quests.count_kill(play, "rogue_drone")
    assert play.state.active_quest == QuestProgress("password", count=1)


def test_a_quest_marks_its_place_and_can_be_given_up(content: Content) -> None:
    play = begin(content)
    quests.accept(play, "survey")
    assert play.state.active_quest is not None
    node = play.state.active_quest.node
    assert play.stars.nodes[node].region == "hush"
    assert node in play.state.star_map.known
    assert "jump" in quests.describe(play)
    quests.drop(play)
    assert quests.describe(play) == ""


def at_site(content: Content, site: str, **changes: object) -> GameState:
    """Give a state that stands before a unique place's event."""
    play = begin(content, **changes)
    settle(play, star_map(content, 7).sites[site])
    events.present(play, content.sites[site].event)
    from engine.rules import encounter

    play.state.available_choices = tuple(choice.id for choice in encounter.offer(play))
    return play.state


@pytest.mark.parametrize(
    ("site", "choice", "cause", "changes"),
    [
        ("far_gate", "turn", "gate", {"inventory": {"keystone": 3}}),
        ("great_hall", "buy", "prince", {"wealth": 5000}),
        ("low_choir", "sing", "choir", {"inventory": {"verse": 4}}),
        ("eden", "settle", "eden", {"inventory": {"seedstock": 1, "prefab": 1, "passenger": 1}}),
    ],
)
def test_the_great_roads_end_in_victory(
    content: Content, step, site: str, choice: str, cause: str, changes: dict[str, object]
) -> None:
    ready = at_site(content, site, **changes)
    assert choice in ready.available_choices
    state, outcome = step(ready, choice)
    assert outcome.end is not None
    assert (outcome.end.cause, outcome.end.victory, state.victory) == (cause, True, True)
    poor = at_site(content, site, inventory={}, wealth=10)
    assert choice not in poor.available_choices


def test_killing_the_marrow_wins(content: Content, step) -> None:
    play = begin(content)
    play.state.screen, play.state.battle = Screen.BATTLE, Battle("marrow", 1)
    play.state.available_choices = ("fire",)
    _, outcome = step(play.state, "fire")
    assert outcome.end is not None
    assert outcome.end.cause == "warden"


def test_the_marrow_comes_by_itself(content: Content, step) -> None:
    play = begin(content, day=60)
    play.state.available_choices = tuple(c for c in play.state.available_choices if c.startswith("jump_"))
    _, outcome = step(play.state, play.state.available_choices[0])
    assert outcome.title == "Something has your wake"


def test_a_consequence_waits_for_its_day(content: Content) -> None:
    play = begin(content, pending=())
    events.postpone(play, "keeper_letter", 5)
    assert not events.draw_due(play)
    play.state.day = 5
    assert events.draw_due(play)
    assert play.state.current_event == "keeper_letter"
    assert play.state.pending == ()
