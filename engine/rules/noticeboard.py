"""The notice board's screen: quests to take on or to give up."""

from engine.rules import quests
from engine.rules.bazaar import BACK, back_to_dock
from engine.rules.outcome import Choice
from engine.rules.play import Play, choice
from engine.rules.scene import Motif
from engine.rules.state import Screen


def read(play: Play) -> None:
    """Read the notice board."""
    play.action = "Read the notice board"
    play.title = f"{play.node.name}: notice board"
    if not play.state.offers:
        play.state.offers = quests.roll_offers(play)
    pitches = [f"• {play.content.quests[name].pitch}" for name in play.state.offers]
    play.tell("\n".join(pitches) if pitches else play.phrase("empty_board"))
    if play.state.active_quest is not None:
        play.messages.append(f"Under way: {quests.describe(play)}")
    play.show(Screen.BOARD)


def offer(play: Play) -> list[Choice]:
    """List the quests that can be taken on."""
    choices = [
        choice(f"quest_{name}", f"Take: {play.content.quests[name].name}", _reward_line(play, name), "📜")
        for name in play.state.offers
    ]
    if play.state.active_quest is not None:
        active = play.content.quests[play.state.active_quest.id]
        choices.append(choice("drop", f"Give up: {active.name}", "Only one quest at a time", "🗑️"))
    play.default = "back"
    return [*choices, BACK]


def take(play: Play, identity: str) -> None:
    """Take a quest on or give one up. Raises Refused."""
    play.motif = Motif.DOCKED
    play.title = f"{play.node.name}: notice board"
    if identity == "drop":
        play.action = "Give up the quest"
        quests.drop(play)
        play.tell(play.phrase("quest_dropped"))
    elif identity.startswith("quest_"):
        name = identity[6:]
        play.action = f"Take on: {play.content.quests[name].name}"
        play.state.offers = tuple(offered for offered in play.state.offers if offered != name)
        quests.accept(play, name)
        play.tell(play.phrase("quest_taken"))
        play.show(Screen.DOCK)
    else:
        back_to_dock(play)


def _reward_line(play: Play, name: str) -> str:
    reward = play.content.quests[name].reward
    parts = [f"{reward.credits} credits"] if reward.credits else []
    parts += [f"{quantity} {play.content.goods[item].name}" for item, quantity in reward.give.items()]
    if reward.augment:
        parts.append(play.content.augmentations[reward.augment].name)
    return "Pays " + (", ".join(parts) or "in its own way")
