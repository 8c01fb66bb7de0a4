"""What the picture of one turn shows. The rules write it, the pictures read it; neither knows the other.

A scene is small and complete: any frame of a voyage can be drawn again from the journal alone.
"""

from enum import StrEnum

import msgspec


class NodeKind(StrEnum):
    """What stands at a node of the star map."""

    __hash__ = str.__hash__  # Enum's own is written in Python and four times as slow

    STAR = "star"
    PLANET = "planet"
    STATION = "station"
    BELT = "belt"
    NEBULA = "nebula"
    WRECK = "wreck"
    ANOMALY = "anomaly"
    GATE = "gate"


class Motif(StrEnum):
    """What happens in the picture, beyond the place itself."""

    __hash__ = str.__hash__  # Enum's own is written in Python and four times as slow

    CALM = "calm"
    JUMP = "jump"
    BATTLE = "battle"
    DOCKED = "docked"
    MINING = "mining"
    STORM = "storm"
    DISTRESS = "distress"
    DERELICT = "derelict"
    ALIEN = "alien"
    ANOMALY = "anomaly"
    SCAN = "scan"
    SALVAGE = "salvage"
    REPAIR = "repair"
    POD = "pod"
    LOST = "lost"
    VICTORY = "victory"


class Gauges(msgspec.Struct, frozen=True, gc=False):
    """The numbers of the HUD, after the turn. Whole units; a maximum is at least 1."""

    ship_condition: int
    ship_condition_max: int
    fuel: int
    fuel_max: int
    food: int
    food_max: int
    health: int
    health_max: int
    wealth: int
    cargo: int
    cargo_max: int


class Scene(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One turn as a picture needs it.

    `seed` is the voyage's; `node_seed` the place's, so that the same node looks the same on every visit.
    `region`, `event`, `ship_type` and `enemy` are content ids; an id that the pictures do not know is drawn
    in a neutral way, never refused (a server owner may add content).
    """

    seed: int
    turn: int
    region: str
    region_name: str
    node_name: str
    node_kind: NodeKind
    node_seed: int
    motif: Motif
    ship_type: str
    gauges: Gauges
    event: str = ""
    in_pod: bool = False
    enemy: str = ""
    damage: int = 0  # hull points lost in this turn
    danger: int = 0  # 0 calm to 5 deadly
    end_cause: str = ""  # the end's code, empty while the voyage goes on
    look: tuple[str, ...] = ()  # the region's three colours, "#rrggbb": deep space, nebula, light


class ChartNode(msgspec.Struct, frozen=True):
    """One node as the map may show it. `x`, `y` are 0..1; an unknown node has no name and kind STAR."""

    x: float
    y: float
    region: str
    name: str
    kind: NodeKind
    known: bool
    visited: bool


class Chart(msgspec.Struct, frozen=True):
    """The star map as a player knows it. `lanes` and `path` hold indexes into `nodes`.

    `lanes` lists only lanes with a known end; `path` is the travelled way in order; `reachable` are the
    nodes that the fuel in the tank reaches in one jump. `regions` maps a region id to its name.
    """

    seed: int
    nodes: tuple[ChartNode, ...]
    lanes: tuple[tuple[int, int], ...]
    path: tuple[int, ...]
    here: int
    reachable: tuple[int, ...]
    regions: dict[str, str]
    goal: int | None = None
    quest: int | None = None  # where the quest under way leads
    looks: dict[str, tuple[str, ...]] = {}  # a region id to its three colours, as in Scene.look
