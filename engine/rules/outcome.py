"""What one turn looks like from outside. A board, a tape and a picture are made from it alone.

Structs of texts and numbers cannot be in a cycle, so the collector need not look at them (gc=False).
"""

from enum import StrEnum

import msgspec

from engine.rules.scene import Scene

MAX_CHOICES = 5
MAX_LABEL = 60
MAX_HINT = 100


class ChoiceStyle(StrEnum):
    """How a choice feels, for the colour of its button; the label says it too."""

    NORMAL = "normal"
    SAFE = "safe"
    RISKY = "risky"


class Choice(msgspec.Struct, frozen=True, gc=False):
    """One offered choice. `id` is 1 to 24 characters of [a-z0-9_]."""

    id: str
    label: str
    hint: str = ""
    emoji: str = ""
    style: ChoiceStyle = ChoiceStyle.NORMAL


class Gauge(msgspec.Struct, frozen=True, gc=False):
    """One number of the ship's status. `maximum` 0 means that it has none (credits)."""

    key: str
    label: str
    value: int
    maximum: int = 0
    emoji: str = ""


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where the ship is."""

    region_id: str
    region: str
    node_id: str
    node: str


class VoyageEnd(msgspec.Struct, frozen=True, gc=False):
    """How the voyage ended. `cause` is an ending's id, "restart" or "idle"; `sentence` is for players."""

    cause: str
    title: str
    sentence: str
    victory: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """One turn. `choices` holds 1 to MAX_CHOICES, and is empty exactly when `end` is set.

    `tallies` counts what happened in it: "kill:<enemy>", "flee", "used:<item>"; "level" is the danger.
    """

    n: int
    title: str
    story: str
    messages: tuple[str, ...]
    action: str
    choices: tuple[Choice, ...]
    gauges: tuple[Gauge, ...]
    place: Place
    captain: str
    ship: str
    picture_text: str
    scene: Scene
    end: VoyageEnd | None = None
    tallies: dict[str, int] = {}
