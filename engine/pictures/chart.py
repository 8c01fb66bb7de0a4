"""The star map: region tints, fog, lanes, the way so far, what the fuel reaches, names and a legend.

Colour is never the only signal: regions are named, each kind of node has its own sign, what is in range wears
a broken ring, what has been visited is filled, what is unknown is a small hollow dot.
"""

from typing import NamedTuple

import numpy as np

from engine.pictures.cache import ByteCache
from engine.pictures.chart_layout import NODE, Box, Layout, Point, Room, lay_out, middles, named
from engine.pictures.chart_lines import draw_lines
from engine.pictures.icons import sign
from engine.pictures.lettering import WHITE, Lettering, Run
from engine.pictures.noise import clouds, enlarge
from engine.pictures.palettes import Colour, Palette, blend, palette_of
from engine.pictures.raster import (
    HEIGHT,
    WIDTH,
    Field,
    Pixels,
    Plate,
    Stamp,
    axes,
    colour,
    film,
    smooth,
    to_pixels,
)
from engine.pictures.seeds import generator
from engine.rules.scene import Chart, ChartNode

_SMALL = 4  # the tints are computed at a quarter of the size
_PATH: Colour = (255, 214, 120)
_RANGE: Colour = (120, 235, 255)
_GOAL: Colour = (255, 150, 190)
_QUEST: Colour = (160, 255, 150)
_SOFT: Colour = (190, 204, 226)
_DIM: Colour = (128, 142, 168)
_NAMES = 8  # that many fit in letters that a phone shows
_LEGEND = (
    ("here", "You", _PATH),
    ("range", "In range", _RANGE),
    ("path", "Your way", _PATH),
    ("unknown", "Unknown", _SOFT),
    ("goal", "Goal", _GOAL),
    ("quest", "Quest", _QUEST),
)


class ChartTable:
    """Draws star maps; texts, signs and the empty sheet are kept in the given cache."""

    def __init__(self, cache: ByteCache, lettering: Lettering) -> None:
        self._cache = cache
        self._lettering = lettering

    def draw(self, chart: Chart) -> Pixels:
        """Draw a chart as new pixels of 360 × 640 × 3."""
        layout = lay_out(chart)
        canvas = self._ground(chart, layout)
        room = Room(layout.spots, layout.reachable)
        room.take(*(_box_of(layout, mark) for mark in _marks(layout)))
        first, others = self._wanted_names(chart, layout)
        placed = self._place_names(chart, layout, room, first)
        placed += self._place_regions(chart, layout, room)
        placed += self._place_names(chart, layout, room, others)
        canvas = draw_lines(canvas, layout)
        for index, node in enumerate(chart.nodes):
            self._draw_node(canvas, node, layout.spots[index], index in layout.reachable)
        self._mark(canvas, layout)
        for run, spot in placed:
            run.draw(canvas, *spot)
        self._frame(canvas, chart, layout)
        return canvas

    def _ground(self, chart: Chart, layout: Layout) -> Pixels:
        sheet = self._cache.get(("sheet",), _paint_sheet).pixels
        tint, seen = _tints(chart, layout)
        ground = sheet * (0.3 + 0.7 * seen)[..., None] / np.float32(255)
        return to_pixels(film(ground + tint), generator("chart", chart.seed))

    def _place_regions(self, chart: Chart, layout: Layout, room: Room) -> list[tuple[Run, Point]]:
        placed: list[tuple[Run, Point]] = []
        for region, (x, y) in middles(chart, layout).items():
            palette = _palette(chart, region)
            faded = blend(palette.cloud, (255, 255, 255), 0.3)
            name = chart.regions.get(region, "") or region
            run = self._lettering.fit(name.upper(), 21, 230, faded)
            left = min(max(8, x - run.width // 2), WIDTH - 8 - run.width)
            spot = room.near(left, y - 12, run.width, 22)
            if spot is not None:
                placed.append((run, spot))
        return placed

    def _draw_node(self, canvas: Pixels, node: ChartNode, spot: Point, reachable: bool) -> None:
        if node.known:
            shade = WHITE if node.visited else _SOFT
            self._sign(str(node.kind), 2 * NODE, shade).draw(canvas, spot[0] - NODE, spot[1] - NODE)
        else:
            self._sign("unknown", 2 * NODE, _DIM).draw(canvas, spot[0] - NODE, spot[1] - NODE)
        if reachable:
            self._sign("range", 34, _RANGE).draw(canvas, spot[0] - 17, spot[1] - 17)

    def _mark(self, canvas: Pixels, layout: Layout) -> None:
        if layout.here is not None:
            self._cache.get(("halo",), _paint_halo).draw(canvas, *layout.spots[layout.here])
        for mark in _marks(layout):
            left, top, _right, _bottom = _box_of(layout, mark)
            self._sign(mark.name, mark.size, mark.shade).draw(canvas, left, top)

    def _wanted_names(self, chart: Chart, layout: Layout) -> tuple[list[int], list[int]]:
        wanted = named(chart, layout)[:_NAMES]
        first = [index for index in wanted if index in (layout.here, layout.goal)]
        return first, [index for index in wanted if index not in first]

    def _place_names(
        self, chart: Chart, layout: Layout, room: Room, wanted: list[int]
    ) -> list[tuple[Run, Point]]:
        placed: list[tuple[Run, Point]] = []
        for index in wanted:
            shade = _PATH if index == layout.here else _GOAL if index == layout.goal else WHITE
            size = 20 if shade == WHITE else 22
            run = self._lettering.fit(chart.nodes[index].name, size, 190, shade)
            x, y = layout.spots[index]
            spot = room.find((x, y), run.width, 22)
            if spot is None and shade != WHITE:
                spot = room.near(x - run.width // 2, y + 20, run.width, 22)
            if spot is not None:
                placed.append((run, spot))
        return placed

    def _frame(self, canvas: Pixels, chart: Chart, layout: Layout) -> None:
        letters = self._lettering
        letters.run("STAR MAP", 24).draw(canvas, 14, 6)
        visited = sum(node.visited for node in chart.nodes)
        count = letters.run(f"{visited} of {len(chart.nodes)} visited", 18, _SOFT)
        count.draw(canvas, WIDTH - 14 - count.width, 9)
        x = 14
        for name, label, shade in _LEGEND:
            if (name == "goal" and layout.goal is None) or (name == "quest" and layout.quest is None):
                continue
            self._sign(name, 19, shade).draw(canvas, x, 332)
            run = letters.run(label, 19, WHITE)
            run.draw(canvas, x + 24, 329)
            x += run.width + 38

    def _sign(self, name: str, size: int, shade: Colour) -> Stamp:
        return self._cache.get(("icon", name, size, shade), lambda: sign(name, size, shade))


class _Mark(NamedTuple):
    """A sign beside a node: which one, its size, and where its corner lies from the node's middle."""

    name: str
    node: int
    size: int
    shade: Colour
    x: int
    y: int


def _marks(layout: Layout) -> list[_Mark]:
    """List the signs beside nodes, the lowest first."""
    marks: list[_Mark] = []
    if layout.goal is not None:
        marks.append(_Mark("goal", layout.goal, 26, _GOAL, -2, -34))
    if layout.quest is not None:
        marks.append(_Mark("quest", layout.quest, 24, _QUEST, -30, -28))
    if layout.here is not None:
        marks.append(_Mark("here", layout.here, 28, _PATH, -14, -42))
    return marks


def _box_of(layout: Layout, mark: _Mark) -> Box:
    x, y = layout.spots[mark.node]
    return x + mark.x, y + mark.y, x + mark.x + mark.size, y + mark.y + mark.size


def _palette(chart: Chart, region: str) -> Palette:
    return palette_of(region, chart.looks.get(region, ()))


def _paint_sheet() -> Plate:
    rng = generator("sheet")
    across, down = axes(WIDTH, HEIGHT)
    light = np.zeros((HEIGHT, WIDTH, 3), dtype=np.float32) + colour((9, 13, 26))
    light += (clouds(rng, WIDTH, HEIGHT, 120, 5) ** 2)[..., None] * colour((26, 34, 62))
    grid = np.maximum((across % 64 < 1).astype(np.float32), (down % 60 < 1).astype(np.float32))
    light += grid[..., None] * colour((16, 22, 38))
    stars = (rng.random((HEIGHT, WIDTH)) > 0.9975) * rng.random((HEIGHT, WIDTH)) ** 2
    light += stars[..., None] * colour((170, 190, 230))
    return Plate(to_pixels(light, rng))


def _paint_halo() -> Stamp:
    across, down = axes(140, 140, 70, 70)
    far = np.hypot(across, down)
    value = np.exp(-far / 15) * 0.8 * smooth(70, 30, far) + np.exp(-(((far - 19) / 1.6) ** 2)) * 0.9
    pixels = to_pixels(value[..., None] * colour(_PATH))
    return Stamp(pixels, None, -70, -70)


def _tints(chart: Chart, layout: Layout) -> tuple[Field, Field]:
    """Give the light of the regions around known nodes, and how far out of the fog each pixel is."""
    wide, tall = WIDTH // _SMALL, HEIGHT // _SMALL
    realms: dict[str, Field] = {}
    for node, (x, y) in zip(chart.nodes, layout.spots, strict=True):
        if node.known:
            across, down = axes(wide, tall, x / _SMALL, y / _SMALL)
            reach = 16.0 if node.visited else 12.0
            spot = np.exp(-(across**2 + down**2) / np.float32(reach**2))
            realms[node.region] = realms.get(node.region, np.zeros_like(spot)) + spot
    seen = sum(realms.values(), np.zeros((tall, wide), dtype=np.float32))
    tint = np.zeros((tall, wide, 3), dtype=np.float32)
    for region, realm in realms.items():
        # The strongest region of a pixel takes nearly all of it, so that borders show.
        part = (realm / np.maximum(seen, 1e-4)) ** 4
        tint += (np.minimum(realm, 1.6) * part)[..., None] * colour(_palette(chart, region).cloud)
    fog = enlarge(1 - np.exp(-1.6 * seen), WIDTH, HEIGHT)
    return enlarge(film(tint, 0.6) * 0.72, WIDTH, HEIGHT), np.clip(fog, 0, 1)
