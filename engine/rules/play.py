"""The turn that is being worked out: our own copy of the state, the dice, and what to tell."""

import random

import msgspec

from engine.content.catalogue import Content
from engine.content.models import Amount, Region
from engine.rules.outcome import Choice, ChoiceStyle
from engine.rules.scene import Motif
from engine.rules.starmap import Node, StarMap, star_map
from engine.rules.state import GameState, Screen
from engine.rules.stats import stat_totals

NORMAL, SAFE, RISKY = ChoiceStyle.NORMAL, ChoiceStyle.SAFE, ChoiceStyle.RISKY


class Play:
    """One turn under way. `state` is a copy that the rules may change; everything else is told to players."""

    title = ""
    action = ""
    motif = Motif.CALM
    danger = -1
    event = ""
    default = ""
    _stats: dict[str, int]
    _stats_of: tuple[object, ...] = (None,) * 6

    def __init__(self, content: Content, state: GameState, rng: random.Random) -> None:
        self.content = content
        self.state = own_copy(state)
        self.rng = rng
        self.stars: StarMap = star_map(content, state.star_map.seed)
        self.node: Node = self.stars.nodes[here(state)]
        self.story: list[str] = []
        self.messages: list[str] = []
        self.tallies: dict[str, int] = {}

    @property
    def region(self) -> Region:
        """Give the region that the ship is in."""
        return self.content.regions[self.node.region]

    @property
    def stats(self) -> dict[str, int]:
        """Give the effective stats, read only; counted again only when what they come from changed."""
        state = self.state
        held = self._stats_of
        if (
            held[0] is not state.temp_effects
            or held[1] is not state.ship_mods
            or held[2] is not state.ship_type
            or held[3] is not state.pod_augmentations
            or held[4] is not state.has_flight_pod
            or held[5] is not state.in_pod_mode
        ):
            self._stats = stat_totals(self.content, state)
            self._stats_of = (
                state.temp_effects,
                state.ship_mods,
                state.ship_type,
                state.pod_augmentations,
                state.has_flight_pod,
                state.in_pod_mode,
            )
        return self._stats

    def tell(self, text: str) -> None:
        """Add a passage to the story, its placeholders filled in."""
        if "{" in text:
            text = text.format(
                captain=self.state.captain,
                ship=self.content.ships[self.state.ship_type].name,
                node=self.node.name,
                region=self.region.name,
            )
        if text:
            self.story.append(text)

    def count(self, name: str) -> None:
        """Count something that happened in this turn."""
        self.tallies[name] = self.tallies.get(name, 0) + 1

    def phrase(self, name: str) -> str:
        """Pick one of the content's ways to say something."""
        lines = self.content.phrases[name]
        return lines[int(self.rng.random() * len(lines))]

    def show(self, screen: Screen) -> None:
        """Go to a screen."""
        self.state.screen = screen

    def roll(self, amount: Amount) -> int:
        """Give a number, rolled when it is a range."""
        return amount if isinstance(amount, int) else self.rng.randint(amount[0], amount[1])

    def is_lucky(self, chance: float) -> bool:
        """Roll the dice once."""
        return self.rng.random() < chance


def own_copy(state: GameState) -> GameState:
    """Copy a state so far that changing the copy cannot be seen in the original."""
    return msgspec.structs.replace(
        state, inventory=dict(state.inventory), flags=dict(state.flags), market=dict(state.market)
    )


def here(state: GameState) -> int:
    """Give the index of the node that the ship is at."""
    return int(state.current_node_id[1:])


def choice(identity: str, label: str, hint: str = "", emoji: str = "", style: ChoiceStyle = NORMAL) -> Choice:
    """Make a choice that fits a button."""
    return Choice(identity, label[:60], hint[:100], emoji, style)
