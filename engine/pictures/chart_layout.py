"""Where everything of a star map goes: node positions, which lines to draw, and labels that do not collide.

Arithmetic only. Indexes that point nowhere are left out, positions outside 0..1 are pulled in.
"""

from dataclasses import dataclass
from itertools import pairwise

from engine.rules.scene import Chart

LEFT, TOP, RIGHT, BOTTOM = 34, 58, 606, 300
NODE = 9  # half the size of a node's sign
RING = 18  # half the size of the ring around a node in range

Point = tuple[int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Layout:
    """A chart's nodes in pixels and its checked indexes."""

    spots: tuple[Point, ...]
    known_lanes: tuple[tuple[int, int], ...]
    open_lanes: tuple[tuple[int, int], ...]
    path: tuple[tuple[int, int], ...]
    reachable: tuple[int, ...]
    here: int | None
    goal: int | None
    quest: int | None


def lay_out(chart: Chart) -> Layout:
    """Place a chart's nodes and sort its lines."""
    count = len(chart.nodes)
    across = _fitted([node.x for node in chart.nodes], LEFT, RIGHT)
    down = _fitted([node.y for node in chart.nodes], TOP, BOTTOM)
    spots = tuple(zip(across, down, strict=True))
    lanes = [lane for lane in chart.lanes if all(0 <= end < count for end in lane)]
    known = tuple(lane for lane in lanes if all(chart.nodes[end].known for end in lane))
    path = [index for index in chart.path if 0 <= index < count]
    here = chart.here if 0 <= chart.here < count else None
    goal, quest = (
        index if index is not None and 0 <= index < count else None for index in (chart.goal, chart.quest)
    )
    return Layout(
        spots,
        known,
        tuple(lane for lane in lanes if lane not in known),
        tuple(pairwise(path)),
        tuple(dict.fromkeys(index for index in chart.reachable if 0 <= index < count and index != here)),
        here,
        goal,
        quest,
    )


def _fitted(shares: list[float], low: int, high: int) -> list[int]:
    """Spread positions 0..1 over the pixels from low to high, so that the map fills the picture."""
    inside = [min(1.0, max(0.0, share)) if share == share else 0.5 for share in shares]
    least, most = min(inside, default=0.0), max(inside, default=1.0)
    if most - least < 0.3:
        least, most = 0.0, 1.0
    return [round(low + (share - least) / (most - least) * (high - low)) for share in inside]


def named(chart: Chart, layout: Layout) -> list[int]:
    """List the nodes whose names matter, most wanted first: here, the goal, what the fuel reaches."""
    wanted = [index for index in (layout.here, layout.goal, layout.quest) if index is not None]
    wanted += layout.reachable
    wanted += [index for index in reversed(chart.path) if 0 <= index < len(chart.nodes)]
    return [index for index in dict.fromkeys(wanted) if chart.nodes[index].name.strip()]


class Room:
    """Remembers the boxes that are taken on a map."""

    def __init__(self, spots: tuple[Point, ...], ringed: tuple[int, ...]) -> None:
        self._taken: list[Box] = []
        for index, (x, y) in enumerate(spots):
            half = RING if index in ringed else NODE
            self._taken.append((x - half, y - half, x + half, y + half))

    def take(self, *boxes: Box) -> None:
        """Keep labels out of these boxes too: signs that stand beside nodes."""
        self._taken += boxes

    def find(self, spot: Point, width: int, height: int) -> Point | None:
        """Find a free place for a label beside a node and take it, or give None."""
        x, y = spot
        gap = RING + 3
        for left, top in (
            (x + gap, y - height // 2),
            (x - gap - width, y - height // 2),
            (x - width // 2, y + gap - 2),
            (x - width // 2, y - gap - height + 2),
            (x + gap, y + 2),
            (x + gap, y - height - 2),
            (x - gap - width, y + 2),
            (x - gap - width, y - height - 2),
        ):
            box = (left - 2, top, left + width + 2, top + height)
            if box[0] < 6 or box[2] > 634 or box[1] < 34 or box[3] > 322:
                continue
            if not any(_touch(box, other) for other in self._taken):
                self._taken.append(box)
                return left, top
        return None

    def near(self, left: int, top: int, width: int, height: int) -> Point | None:
        """Find the free place nearest to a wanted one and take it, or give None when all are far."""
        shifts = [(x, y) for y in range(-96, 97, 8) for x in range(-150, 151, 15)]
        for x, y in sorted(shifts, key=lambda shift: shift[0] ** 2 + 3 * shift[1] ** 2):
            box = (left + x, top + y, left + x + width, top + y + height)
            if box[0] < 6 or box[2] > 634 or box[1] < 34 or box[3] > 322:
                continue
            if not any(_touch(box, other) for other in self._taken):
                self._taken.append(box)
                return box[0], box[1]
        return None


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def middles(chart: Chart, layout: Layout) -> dict[str, Point]:
    """Give each region with a known node the middle of those nodes."""
    found: dict[str, list[Point]] = {}
    for node, spot in zip(chart.nodes, layout.spots, strict=True):
        if node.known:
            found.setdefault(node.region, []).append(spot)
    return {
        region: (sum(x for x, _ in spots) // len(spots), sum(y for _, y in spots) // len(spots))
        for region, spots in found.items()
    }
