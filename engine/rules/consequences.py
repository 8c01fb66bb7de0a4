"""Applies a Result of the content to the turn under way: numbers, things, and where the story goes."""

from engine.content.models import Result
from engine.rules import battle, cargo, events, navigation, quests, upkeep, vitals
from engine.rules.endings import finish
from engine.rules.judge import holds_all
from engine.rules.play import Play
from engine.rules.scene import Motif
from engine.rules.state import Pending, Screen

BLOWS = {  # the ending when the harm of an event kills the ship and its result names none
    Motif.STORM: "storm",
    Motif.DERELICT: "buried",
    Motif.SALVAGE: "buried",
    Motif.MINING: "buried",
    Motif.ANOMALY: "singularity",
    Motif.BATTLE: "battle",
    Motif.ALIEN: "unmade",
}


def choose_result(play: Play, results: tuple[Result, ...]) -> Result:
    """Pick a result by weight: of those whose `when` holds, if there are any, else of those without."""
    possible = [result for result in results if result.when and holds_all(play, result.when)]
    possible = possible or [result for result in results if not result.when]
    if len(possible) == 1:
        return possible[0]
    return play.rng.choices(possible, [result.weight for result in possible])[0]


def apply(play: Play, result: Result) -> None:
    """Make a result happen. Afterwards the screen is the one that the result leads to."""
    play.tell(result.text)
    play.state.current_event = ""
    play.show(play.state.back)
    _change_numbers(play, result)
    _change_things(play, result)
    for name, value in result.flag.items():
        _set_flag(play, name, value)
    play.state.pending += tuple(Pending(name, play.state.day + wait) for name, wait in result.later.items())
    if result.watches:
        upkeep.pass_time(play, result.watches)
    if result.exhaust:
        navigation.mark_spent(play)
    if result.reveal:
        navigation.reveal(play, result.reveal)
    if result.wormhole:
        _fall_through(play)
    if result.quest:
        quests.accept(play, result.quest)
    _lead_on(play, result)


def _change_numbers(play: Play, result: Result) -> None:
    if result.hull:
        vitals.change_hull(play, play.roll(result.hull), result.blow or _blow(play))
    if result.health:
        vitals.change_health(play, play.roll(result.health), result.blow or "wounds")
    if result.fuel or result.food:
        vitals.change_supplies(play, play.roll(result.fuel), play.roll(result.food))
    if result.credits:
        vitals.change_wealth(play, play.roll(result.credits))


def _blow(play: Play) -> str:
    """Say what it would be called if the harm of this event killed the ship."""
    event = play.content.events.get(play.event)
    if event is not None and event.enemy:
        return play.content.enemies[event.enemy].blow
    return BLOWS.get(play.motif, "hull_failed")


def _change_things(play: Play, result: Result) -> None:
    for item, amount in result.take.items():
        cargo.unload(play, item, play.roll(amount))
    for item, amount in result.give.items():
        cargo.stow(play, item, play.roll(amount))
    if result.cure:
        vitals.cure(play, result.cure)
    for name, turns in result.effect.items():
        vitals.give_effect(play, name, turns)
    if result.augment:
        vitals.grow_augmentation(play, result.augment)


def _set_flag(play: Play, name: str, value: int) -> None:
    if value:
        play.state.flags[name] = value
    else:
        play.state.flags.pop(name, None)


def _fall_through(play: Play) -> None:
    """Come out somewhere else, neither here nor at the goal."""
    others = [
        node.index
        for node in play.stars.nodes
        if node.index not in (play.node.index, play.stars.goal) and not node.site
    ]
    navigation.settle(play, others[int(play.rng.random() * len(others))])


def _lead_on(play: Play, result: Result) -> None:
    if result.ending:
        finish(play, result.ending)
    elif result.battle:
        battle.start(play, result.battle, result.after)
    elif result.next:
        events.present(play, result.next)
    if play.state.screen is Screen.NODE:
        play.state.back = Screen.NODE
