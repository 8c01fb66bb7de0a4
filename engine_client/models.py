"""The models of the engine protocol: what crosses the seam between a game engine and everything else.

They name no concrete game: Cosmic Explorer fills them, and another engine could. All are frozen msgspec
structs, so that any transport can carry them. Times are UTC seconds since 1970.
"""

import re
from enum import StrEnum
from typing import NewType

import msgspec

from engine_client.errors import BadSessionId

SessionId = NewType("SessionId", str)

_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

MAX_TEXT = 500  # characters of a custom action


def parse_session_id(value: str | int) -> SessionId:
    """Check a session id once, where it enters. Raises BadSessionId."""
    text = str(value)
    if _SESSION_ID.fullmatch(text) is None:
        raise BadSessionId(text)
    return SessionId(text)


class TurnRef(msgspec.Struct, frozen=True):
    """Names one turn of a session: its voyage (1, 2, 3 …) and its number in it (the launch is turn 1)."""

    voyage: int
    n: int


class Choose(msgspec.Struct, frozen=True, tag="choose"):
    """Take one of the turn's choices."""

    choice: str


class Say(msgspec.Struct, frozen=True, tag="say"):
    """A custom action in the player's own words, at most MAX_TEXT characters."""

    text: str


class Wait(msgspec.Struct, frozen=True, tag="wait"):
    """The countdown ran out: the rules' default choice is taken."""


class Abandon(msgspec.Struct, frozen=True, tag="abandon"):
    """End the voyage under way; `cause` is "restart" or "idle"."""

    cause: str


Action = Choose | Say | Wait | Abandon


class ChoiceStyle(StrEnum):
    """How a choice feels, for the colour of its button; the label says it too."""

    NORMAL = "normal"
    SAFE = "safe"
    RISKY = "risky"


class Choice(msgspec.Struct, frozen=True):
    """One offered choice. `id` is 1 to 24 characters of [a-z0-9_]; `label` at most 60, `hint` at most 100."""

    id: str
    label: str
    hint: str = ""
    emoji: str = ""
    style: ChoiceStyle = ChoiceStyle.NORMAL


class Gauge(msgspec.Struct, frozen=True):
    """One number of the ship's status. `maximum` 0 means that it has none (credits).

    A `vital` one endangers the voyage when it is low.
    """

    key: str
    label: str
    value: int
    maximum: int = 0
    emoji: str = ""
    vital: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where the ship is."""

    region_id: str
    region: str
    node_id: str
    node: str


class VoyageEnd(msgspec.Struct, frozen=True):
    """How a voyage ended. `cause` is the engine's code, "restart" or "idle"; `sentence` is for players."""

    cause: str
    title: str
    sentence: str
    victory: bool = False


class Turn(msgspec.Struct, frozen=True):
    """One accepted turn as players see it: the whole board can be made from it.

    `tallies` counts what happened in this turn, for the history; an engine may leave it empty. Its keys are
    "kill:<enemy>", "flee" and "used:<supply>"; "level" is no count but how dangerous the place is.
    """

    session_id: str
    voyage: int
    n: int
    turn_id: str
    at: float
    actor: str  # display name of who acted, "" for the ship itself
    action: str  # the action in a few words, for the story and the tape
    title: str
    story: str
    messages: tuple[str, ...]
    choices: tuple[Choice, ...]
    gauges: tuple[Gauge, ...]
    place: Place
    captain: str
    ship: str
    picture_text: str  # alt text of the picture
    end: VoyageEnd | None = None
    tallies: dict[str, int] = {}

    @property
    def ref(self) -> TurnRef:
        """Name this turn."""
        return TurnRef(self.voyage, self.n)


class TurnResult(msgspec.Struct, frozen=True):
    """The answer to start and act. `repeated` is true when the turn id had been accepted before."""

    turn: Turn
    repeated: bool = False


class Picture(msgspec.Struct, frozen=True):
    """An encoded picture. `media_type` is image/webp, image/png or image/jpeg."""

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def suffix(self) -> str:
        """Give the file name's ending, with its dot."""
        return "." + self.media_type.removeprefix("image/").replace("jpeg", "jpg")


class ItemStack(msgspec.Struct, frozen=True):
    """A quantity of one item type. `weight` is of one piece, in cargo units."""

    item_id: str
    name: str
    quantity: int
    weight: float = 0.0
    note: str = ""


class Inventory(msgspec.Struct, frozen=True):
    """What a session's ship carries."""

    stacks: tuple[ItemStack, ...]
    used: float
    capacity: float


class ShipStat(msgspec.Struct, frozen=True):
    """One effective stat. `explanation` says where it comes from: "scanner 7 = 4 scout + 3 Deep Array"."""

    key: str
    value: int
    explanation: str


class ShipSheet(msgspec.Struct, frozen=True):
    """The ship: its effective stats, what is fitted by slot kind, and what acts on it for a while."""

    ship: str
    stats: tuple[ShipStat, ...]
    fitted: dict[str, tuple[str, ...]]
    effects: tuple[str, ...]
    quest: str = ""


class PriceTable(msgspec.Struct, frozen=True):
    """The worth of one piece by item id, in credits."""

    prices: dict[str, float]


class SessionSummary(msgspec.Struct, frozen=True):
    """One row of list_sessions."""

    session_id: str
    voyage: int
    turn: int
    captain: str
    place: str
    region: str
    active: bool
    updated_at: float


class EngineStats(msgspec.Struct, frozen=True):
    """What the engine holds: sessions in memory, sessions with a voyage under way, players."""

    active_sessions: int
    total_players: int
    sessions: dict[str, dict[str, int | bool]]
