"""Quests: what a board offers, where a step leads, when it is done, what the whole chain pays."""

from collections.abc import Sequence

import msgspec

from engine.content.models import Quest, QuestStep
from engine.rules import cargo, events, navigation, vitals
from engine.rules.endings import finish
from engine.rules.judge import holds_all
from engine.rules.play import Play
from engine.rules.scene import NodeKind
from engine.rules.state import QuestProgress, Screen

MOST_OFFERS = 3
FAR_STEPS = 5  # jumps that make a place far


def roll_offers(play: Play) -> tuple[str, ...]:
    """Choose which quests this station's board shows."""
    state = play.state
    open_quests = [
        quest.id
        for quest in play.content.quests.values()
        if quest.board
        and quest.id not in state.completed_quests
        and (not quest.regions or play.node.region in quest.regions)
        and holds_all(play, quest.when)
    ]
    count = min(MOST_OFFERS, len(open_quests))
    return tuple(play.rng.sample(open_quests, count))


def accept(play: Play, name: str) -> None:
    """Take a quest on; one that was under way is dropped."""
    quest = play.content.quests[name]
    play.state.active_quest = QuestProgress(name, 0, _place_of(play, quest.step[0]))
    play.messages.append(f"Quest: {quest.name}. {describe(play)}")


def drop(play: Play) -> None:
    """Give the quest under way up."""
    play.state.active_quest = None


def describe(play: Play) -> str:
    """Say what the step under way asks for, and where."""
    progress = play.state.active_quest
    if progress is None:
        return ""
    step = play.content.quests[progress.id].step[progress.step]
    text = step.text
    if progress.node >= 0:
        node = play.stars.nodes[progress.node]
        jumps = navigation.steps_to(play, progress.node)[play.node.index]
        text = f"{text} ({node.name}, {jumps} jump{'s' if jumps != 1 else ''})"
    if step.kind in ("destroy", "collect") and step.count > 1:
        text = f"{text} [{_have(play, step, progress)}/{step.count}]"
    return text


def advance(play: Play) -> None:
    """See whether the step under way is done, and go on as far as that leads."""
    for _ in range(8):  # a chain is at most so long; a step that is done at once leads to the next
        progress = play.state.active_quest
        if progress is None or play.state.game_over or play.state.in_pod_mode:
            return
        quest = play.content.quests[progress.id]
        step = quest.step[progress.step]
        if not _is_done(play, step, progress):
            return
        _complete_step(play, quest, step, progress)


def count_kill(play: Play, enemy: str) -> None:
    """Count a destroyed enemy for a quest that asks for it."""
    progress = play.state.active_quest
    if progress is None:
        return
    step = play.content.quests[progress.id].step[progress.step]
    if step.kind == "destroy" and step.enemy in ("", enemy):
        play.state.active_quest = msgspec.structs.replace(progress, count=progress.count + 1)


def _is_done(play: Play, step: QuestStep, progress: QuestProgress) -> bool:
    at_place = progress.node in (-1, play.node.index)
    is_free = play.state.screen not in (Screen.EVENT, Screen.BATTLE, Screen.LOSS)
    match step.kind:
        case "visit" | "event":
            return at_place and is_free
        case "deliver":
            return at_place and is_free and play.state.inventory.get(step.item, 0) >= step.count
        case "collect":
            return play.state.inventory.get(step.item, 0) >= step.count
        case _:
            return progress.count >= step.count


def _complete_step(play: Play, quest: Quest, step: QuestStep, progress: QuestProgress) -> None:
    if step.kind == "deliver":
        cargo.unload(play, step.item, step.count)
    if step.done:
        play.tell(step.done)
    following = progress.step + 1
    if following < len(quest.step):
        play.state.active_quest = QuestProgress(quest.id, following, _place_of(play, quest.step[following]))
        play.messages.append(f"Quest: {describe(play)}")
    else:
        _complete_quest(play, quest)
    if step.kind == "event" and not play.state.game_over:
        play.state.back = Screen.NODE
        events.present(play, step.event)


def _complete_quest(play: Play, quest: Quest) -> None:
    state, reward = play.state, quest.reward
    state.active_quest = None
    state.completed_quests += (quest.id,)
    play.tell(quest.finish)
    play.messages.append(f"Quest done: {quest.name}")
    vitals.change_wealth(play, reward.credits)
    for item, quantity in reward.give.items():
        cargo.stow(play, item, quantity)
    for name, turns in reward.effect.items():
        vitals.give_effect(play, name, turns)
    state.flags.update(reward.flag)
    if reward.augment:
        vitals.grow_augmentation(play, reward.augment)
    if reward.ending:
        finish(play, reward.ending)


def _have(play: Play, step: QuestStep, progress: QuestProgress) -> int:
    return play.state.inventory.get(step.item, 0) if step.kind == "collect" else progress.count


def _place_of(play: Play, step: QuestStep) -> int:
    """Choose the node that a step leads to, -1 for anywhere, and put it on the chart."""
    kind, _, name = step.place.partition(":")
    if not kind:
        return -1
    steps = navigation.steps_to(play, play.node.index)
    if kind == "site":
        found = [play.stars.sites[name]]
    elif kind == "here":
        found = [play.node.index]
    else:
        found = [
            node.index
            for node in play.stars.nodes
            if node.index != play.node.index and not node.site and _suits(kind, name, node.kind, node.region)
        ]
        found = _by_distance(found, steps, far=kind == "far")
    target = found[int(play.rng.random() * len(found))] if found else -1
    if target >= 0:
        navigation.learn(play, [target])
    return target


def _suits(kind: str, name: str, node_kind: NodeKind, region: str) -> bool:
    if kind == "region":
        return region == name
    return node_kind is NodeKind.STATION if kind in ("station", "far") else node_kind == kind


def _by_distance(nodes: list[int], steps: Sequence[int], *, far: bool) -> list[int]:
    """Keep the far ones, or the four nearest."""
    if far:
        away = [node for node in nodes if steps[node] >= FAR_STEPS]
        return away or nodes
    return sorted(nodes, key=lambda node: (steps[node], node))[:4]
