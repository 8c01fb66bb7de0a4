"""The kinds of content, as they stand in the TOML files. Stories, names and numbers live there, not here.

Every struct refuses unknown fields, so that a misspelt key is a fault and not a silence.
"""

from typing import Literal

import msgspec

from engine.rules.scene import Motif, NodeKind

Amount = int | tuple[int, int]  # a number, or a range with both ends
SlotKind = Literal["high", "mid", "low", "rig"]
Style = Literal["normal", "safe", "risky"]


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the star map. `centre` and `spread` are in map units 0..1; `nodes` is a range of counts."""

    id: str
    name: str
    danger: int
    description: str
    look: tuple[str, str, str]  # three colours: deep space, nebula, light
    centre: tuple[float, float]
    spread: tuple[float, float]
    nodes: tuple[int, int]
    stations: int
    kinds: dict[NodeKind, int]
    names: tuple[str, ...]
    arrivals: tuple[str, ...]
    makes: dict[str, float] = {}
    wants: dict[str, float] = {}
    patrols: dict[str, int] = {}
    finds: dict[str, int] = {}  # what a miner brings up here, with weights


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unique place that exists once on every map, with an event of its own."""

    id: str
    region: str
    kind: NodeKind
    name: str
    event: str
    label: str  # of the button that starts the event
    arrival: str  # what the players read when they come here
    hint: str = ""
    role: Literal["site", "goal"] = "site"


class Ship(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hull that can be flown. `price` 0 means that no yard sells it."""

    id: str
    name: str
    description: str
    price: int
    stats: dict[str, int]
    slots: dict[SlotKind, int]


class Mod(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ship modification for one kind of slot."""

    id: str
    name: str
    slot: SlotKind
    price: int
    stats: dict[str, int]
    note: str
    weight: float = 3.0


class Augmentation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something grown into the flight pod; it works as long as the captain has a pod."""

    id: str
    name: str
    price: int
    stats: dict[str, int]
    note: str


class EffectKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A temporary effect: what it does to the stats, and what each watch of it costs or gives."""

    id: str
    name: str
    note: str
    stats: dict[str, int] = {}
    hull: int = 0
    health: int = 0
    fuel: int = 0
    food: int = 0


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that lies in the hold. The last fields say what using one piece does."""

    id: str
    name: str
    kind: Literal["trade", "supply", "part", "relic", "key"]
    weight: float
    value: int
    note: str
    hull: int = 0
    fuel: int = 0
    food: int = 0
    health: int = 0
    effect: dict[str, int] = {}
    cure: tuple[str, ...] = ()


class Enemy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to fight. `pattern` is repeated move by move; `parley` is the price of peace, 0: none."""

    id: str
    name: str
    danger: int
    hull: int
    attack: int
    armour: int
    speed: int
    pattern: tuple[Literal["strike", "heavy", "drain", "steal", "burn", "mend", "wait"], ...]
    intro: str
    warning: str  # read while it prepares a heavy blow
    death: str
    parley: int = 0
    bounty: Amount = 0
    loot: dict[str, Amount] = {}
    victory: str = ""
    blow: str = "battle"  # the ending of those whom it kills
    grudge: dict[str, int] = {}  # as `later` of a result, when somebody gets away from it


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may come of a choice. Numbers are changes; `later` maps an event to the watches before it."""

    text: str
    weight: int = 1
    when: tuple[str, ...] = ()
    hull: Amount = 0
    fuel: Amount = 0
    food: Amount = 0
    health: Amount = 0
    credits: Amount = 0
    watches: int = 0
    give: dict[str, Amount] = {}
    take: dict[str, Amount] = {}
    effect: dict[str, int] = {}
    cure: tuple[str, ...] = ()
    flag: dict[str, int] = {}
    augment: str = ""
    battle: str = ""
    after: str = ""
    next: str = ""
    later: dict[str, int] = {}
    reveal: int = 0
    wormhole: bool = False
    quest: str = ""
    ending: str = ""
    exhaust: bool = False  # the place has nothing more to give
    blow: str = ""  # the ending when this very result kills


class EventChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to meet an event. `test` is "stat difficulty"; without it only `result` is used."""

    id: str
    label: str
    result: tuple[Result, ...]
    hint: str = ""
    emoji: str = ""
    style: Style = "normal"
    verb: str = ""
    need: tuple[str, ...] = ()
    cost: dict[str, int] = {}
    test: str = ""
    failure: tuple[Result, ...] = ()


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happens. Empty `regions` or `kinds` mean everywhere; weight 0 means only when called."""

    id: str
    title: str
    text: str
    choice: tuple[EventChoice, ...]
    trigger: Literal[
        "arrive", "land", "mine", "salvage", "probe", "skim", "scan", "dock", "rest", "called"
    ] = "arrive"
    regions: tuple[str, ...] = ()
    kinds: tuple[NodeKind, ...] = ()
    when: tuple[str, ...] = ()
    weight: int = 10
    once: bool = False
    motif: Motif = Motif.CALM
    danger: int = 0
    enemy: str = ""
    due: int = 0  # the watch of every voyage at which it comes by itself; 0: never


class Reward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a finished quest gives."""

    credits: int = 0
    give: dict[str, int] = {}
    augment: str = ""
    flag: dict[str, int] = {}
    effect: dict[str, int] = {}
    ending: str = ""


class QuestStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step: go somewhere, bring something, destroy somebody, or live through an event at a place."""

    kind: Literal["visit", "deliver", "collect", "destroy", "event"]
    text: str
    item: str = ""
    count: int = 1
    enemy: str = ""
    event: str = ""
    place: str = ""  # "station", "far", "region:<id>", "site:<id>", a node kind, or "" for anywhere
    done: str = ""


class Quest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chain of steps with a reward. `pitch` is read on the notice board; `when` as in events."""

    id: str
    name: str
    pitch: str
    step: tuple[QuestStep, ...]
    reward: Reward
    finish: str
    regions: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    board: bool = True


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a voyage can end. `sentence` may hold {captain}, {ship}, {node}, {region}, {turn}."""

    id: str
    title: str
    sentence: str
    victory: bool = False


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several ways to say the same thing; one is picked each time. `id` is what the rules ask for."""

    id: str
    lines: tuple[str, ...]


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One TOML file: any number of each kind."""

    region: tuple[Region, ...] = ()
    site: tuple[Site, ...] = ()
    ship: tuple[Ship, ...] = ()
    mod: tuple[Mod, ...] = ()
    augmentation: tuple[Augmentation, ...] = ()
    effect: tuple[EffectKind, ...] = ()
    item: tuple[Item, ...] = ()
    enemy: tuple[Enemy, ...] = ()
    event: tuple[Event, ...] = ()
    quest: tuple[Quest, ...] = ()
    ending: tuple[Ending, ...] = ()
    phrase: tuple[Phrase, ...] = ()
