"""The state of one voyage: everything that the next turn depends on, and nothing that can be derived.

The star map is not here: it is generated again from `star_map.seed`. A loaded session stays small, so
texts, labels and prices are made from the content when they are needed.
"""

from enum import StrEnum

import msgspec


class Screen(StrEnum):
    """What the players are deciding about."""

    __hash__ = str.__hash__  # Enum's own is written in Python and four times as slow

    NODE = "node"
    COURSES = "courses"
    STORES = "stores"
    EVENT = "event"
    BATTLE = "battle"
    DOCK = "dock"
    MARKET = "market"
    YARD = "yard"
    BOARD = "board"
    LOSS = "loss"
    POD = "pod"
    OVER = "over"


class ShipMods(msgspec.Struct, frozen=True):
    """The fitted modifications by slot kind: mod ids, in the order of fitting."""

    high: tuple[str, ...] = ()
    mid: tuple[str, ...] = ()
    low: tuple[str, ...] = ()
    rig: tuple[str, ...] = ()


class TempEffect(msgspec.Struct, frozen=True):
    """A temporary effect and the watches that are left of it (at least 1)."""

    id: str
    turns: int


class StarMapState(msgspec.Struct, frozen=True):
    """What cannot be derived of the star map: node indexes, `known` and `visited` sorted, `path` in order."""

    seed: int
    size: int
    known: tuple[int, ...] = ()
    visited: tuple[int, ...] = ()
    path: tuple[int, ...] = ()
    spent: tuple[int, ...] = ()  # nodes whose own riches are used up


class QuestProgress(msgspec.Struct, frozen=True):
    """The quest under way: its current step, the step's node (-1: none) and count so far."""

    id: str
    step: int = 0
    node: int = -1
    count: int = 0


class Battle(msgspec.Struct, frozen=True):
    """A fight under way. `move` is what the enemy will do next; `after` is the event that a win leads to."""

    enemy: str
    hull: int
    round: int = 1
    move: str = "strike"
    step: int = 0
    aimed: bool = False  # the next shot hits harder
    after: str = ""


class Pending(msgspec.Struct, frozen=True):
    """A consequence that comes back: the event and the day from which it may."""

    event: str
    day: int


class GameState(msgspec.Struct):
    """One voyage. The rules work on a copy; a state that was given out is never changed."""

    seed: int
    captain: str

    health: int = 100
    wealth: int = 500
    ship_condition: int = 100
    fuel: int = 100
    food: int = 50
    has_flight_pod: bool = True
    pod_hp: int = 30
    pod_augmentations: tuple[str, ...] = ()
    in_pod_mode: bool = False
    ship_type: str = "scout"
    ship_mods: ShipMods = ShipMods()
    inventory: dict[str, int] = {}
    cargo_capacity: int = 50
    temp_effects: tuple[TempEffect, ...] = ()

    turn_count: int = 0
    at_repair_location: bool = False
    game_over: bool = False
    victory: bool = False
    current_event: str = ""
    available_choices: tuple[str, ...] = ()

    star_map: StarMapState = StarMapState(seed=0, size=0)
    current_region_id: str = ""
    current_node_id: str = ""

    total_distance_traveled: int = 0
    systems_visited: int = 0
    items_collected: int = 0
    credits_earned: int = 0
    credits_spent: int = 0
    ships_destroyed: int = 0
    pod_uses: int = 0

    active_quest: QuestProgress | None = None
    completed_quests: tuple[str, ...] = ()

    # Beyond the session document: what the screens and the returning consequences need.
    screen: Screen = Screen.NODE
    default_choice: str = ""
    back: Screen = Screen.NODE  # where an event leads back to
    day: int = 0
    battle: Battle | None = None
    flags: dict[str, int] = {}
    market: dict[str, int] = {}
    recent_events: tuple[str, ...] = ()
    once_events: tuple[str, ...] = ()
    pending: tuple[Pending, ...] = ()
    offers: tuple[str, ...] = ()
    rested: bool = False  # at this place, since the last jump
    berth: int = 0  # watches left at the station's dock
    pod_air: int = 0
    last_blow: str = ""  # what did the newest harm, an ending's id: the cause when it kills
    end_cause: str = ""
