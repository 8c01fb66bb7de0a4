"""The lines of a star map: lanes, the way so far, what one jump reaches. Drawn twice as large and reduced."""

import numpy as np
from PIL import Image, ImageDraw

from engine.pictures.chart_layout import Layout, Point
from engine.pictures.palettes import Colour
from engine.pictures.raster import HEIGHT, WIDTH, Pixels

_FINE = 2
_WAY: Colour = (255, 214, 120)
_WAY_EDGE: Colour = (58, 44, 22)
_RANGE: Colour = (120, 235, 255)
_LANE: Colour = (104, 120, 152)
_OPEN: Colour = (86, 98, 124)


def draw_lines(canvas: Pixels, layout: Layout) -> Pixels:
    """Give a canvas with the lines of a layout drawn on it."""
    large = Image.fromarray(canvas).resize((WIDTH * _FINE, HEIGHT * _FINE), Image.Resampling.NEAREST)
    pen, spots = ImageDraw.Draw(large), layout.spots
    for start, end in layout.open_lanes:
        _dash(pen, spots[start], spots[end], _OPEN, (2, 5, 6))
    for start, end in layout.known_lanes:
        _line(pen, spots[start], spots[end], _LANE, 3)
    for end in layout.reachable:
        if layout.here is not None:
            _dash(pen, spots[layout.here], spots[end], _RANGE, (4, 7, 5))
    for width, shade in ((10, _WAY_EDGE), (5, _WAY)):
        for start, end in layout.path:
            _line(pen, spots[start], spots[end], shade, width)
    for start, end in layout.path:
        _arrow(pen, spots[start], spots[end])
    return np.array(large.reduce(_FINE))


def _line(pen: ImageDraw.ImageDraw, start: Point, end: Point, shade: Colour, width: int) -> None:
    pen.line([value * _FINE for value in (*start, *end)], fill=shade, width=width)


def _dash(
    pen: ImageDraw.ImageDraw, start: Point, end: Point, shade: Colour, dash: tuple[int, int, int]
) -> None:
    """Draw a broken line; `dash` is its width and the lengths drawn and left out, in pixels."""
    width, on, off = dash
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = float(np.hypot(dx, dy))
    for far in np.arange(0, length, on + off):
        near, tip = far / length, min(1.0, (far + on) / length)
        points = [(start[0] + dx * part, start[1] + dy * part) for part in (near, tip)]
        pen.line([(x * _FINE, y * _FINE) for x, y in points], fill=shade, width=width)


def _arrow(pen: ImageDraw.ImageDraw, start: Point, end: Point) -> None:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = float(np.hypot(dx, dy))
    if length < 60:
        return
    dx, dy = dx / length, dy / length
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    back = (x - dx * 6, y - dy * 6)
    points = [
        (x + dx * 8, y + dy * 8),
        (back[0] - dy * 7, back[1] + dx * 7),
        (back[0] + dy * 7, back[1] - dx * 7),
    ]
    pen.polygon([(a * _FINE, b * _FINE) for a, b in points], fill=_WAY, outline=(30, 22, 12))
