"""Turns the outline of a hull into a lit sprite: shaded plates, panel lines, rim light, lamps, engine glow.

A hull is described in its own units: x from -1 (stern) to 1 (bow), y from -1 (top) to 1 (bottom), the same
scale on both axes. Everything is drawn three times as large and reduced, so edges are smooth.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from engine.pictures.palettes import Colour
from engine.pictures.raster import Field, Sprite, axes, colour, cover, film, glow, smooth, tint

_FINE = 3
Point = tuple[float, float]


class Skin(StrEnum):
    """What a part of a hull is made of."""

    HULL = "hull"
    TRIM = "trim"
    DARK = "dark"
    GLASS = "glass"


@dataclass(frozen=True)
class Part:
    """A polygon of a hull, drawn over the parts before it. `height` 0..1 lifts it towards the viewer."""

    points: tuple[Point, ...]
    skin: Skin = Skin.HULL
    tone: float = 1.0
    height: float = 0.5


@dataclass(frozen=True)
class Lamp:
    """A small light on a hull."""

    at: Point
    colour: Colour
    size: float = 0.02


@dataclass(frozen=True)
class Engine:
    """A nozzle with its exhaust; `length` is that of the flame."""

    at: Point
    size: float
    length: float


@dataclass(frozen=True)
class Hull:
    """A ship seen from the side, bow to the right."""

    parts: tuple[Part, ...]
    lamps: tuple[Lamp, ...] = ()
    engines: tuple[Engine, ...] = ()
    paint: Colour = (150, 160, 176)
    trim: Colour = (214, 120, 60)
    flame: Colour = (110, 190, 255)
    panels: int = 14
    rough: float = 0.12
    length: int = 190  # its usual size in the picture, in pixels


@dataclass(frozen=True)
class Light:
    """The light on a ship: where from (-1 left, 1 right), its colour, and the colour of the sky."""

    side: int
    key: Colour
    sky: Colour


@dataclass
class _Drawing:
    alpha: Image.Image
    height: Image.Image
    paint: Image.Image
    glass: Image.Image
    scale: float
    origin: Point
    size: tuple[int, int]


def build(hull: Hull, length: int, light: Light, rng: np.random.Generator, left: bool = False) -> Sprite:
    """Make the sprite of a hull `length` pixels long around its middle; `left` turns the bow to the left."""
    drawing = _draw_parts(hull, length / 2 * _FINE, rng)
    shaded, alpha = _shade(drawing, light, rng, hull.rough, -1 if left else 1)
    width, height = drawing.size[0] // _FINE, drawing.size[1] // _FINE
    x, y = drawing.origin[0] / _FINE, drawing.origin[1] / _FINE
    body = cover(shaded, alpha, x, y, rng)
    shine = glow(film(_lights(hull, width, height, x, y, length / 2)), x, y, rng)
    stamps = (body, shine)
    return Sprite(tuple(stamp.turned() for stamp in stamps) if left else stamps)


def _draw_parts(hull: Hull, scale: float, rng: np.random.Generator) -> _Drawing:
    flames = [(engine.at[0] - engine.length, engine.at[1]) for engine in hull.engines]
    points = [point for part in hull.parts for point in part.points] + flames
    pad = 10 * _FINE
    low_x, low_y = min(x for x, _ in points) * scale - pad, min(y for _, y in points) * scale - pad
    high_x, high_y = max(x for x, _ in points) * scale + pad, max(y for _, y in points) * scale + pad
    size = (int((high_x - low_x) / _FINE + 1) * _FINE, int((high_y - low_y) / _FINE + 1) * _FINE)
    alpha, height, glass = (Image.new("L", size) for _ in range(3))
    drawing = _Drawing(alpha, height, Image.new("RGB", size), glass, scale, (-low_x, -low_y), size)
    for part in hull.parts:
        _draw_part(drawing, hull, part)
    _draw_panels(drawing, hull, rng)
    return drawing


def _draw_part(drawing: _Drawing, hull: Hull, part: Part) -> None:
    points = [
        (x * drawing.scale + drawing.origin[0], y * drawing.scale + drawing.origin[1]) for x, y in part.points
    ]
    base = {
        Skin.HULL: hull.paint,
        Skin.TRIM: hull.trim,
        Skin.DARK: (46, 50, 60),
        Skin.GLASS: (30, 52, 74),
    }[part.skin]
    shade = tuple(min(255, round(channel * part.tone)) for channel in base)
    ImageDraw.Draw(drawing.alpha).polygon(points, fill=255)
    ImageDraw.Draw(drawing.height).polygon(points, fill=round(70 + 185 * part.height))
    ImageDraw.Draw(drawing.paint).polygon(points, fill=(shade[0], shade[1], shade[2]))
    ImageDraw.Draw(drawing.glass).polygon(points, fill=255 if part.skin is Skin.GLASS else 0)


def _draw_panels(drawing: _Drawing, hull: Hull, rng: np.random.Generator) -> None:
    width, height = drawing.size
    pen = ImageDraw.Draw(drawing.height)
    lines = Image.new("L", drawing.size)
    marks = ImageDraw.Draw(lines)
    for _ in range(hull.panels):
        x, y = rng.uniform(0, width), rng.uniform(0.2 * height, 0.8 * height)
        run = rng.uniform(0.04, 0.2) * width
        if rng.random() < 0.5:
            marks.line((x, y, x + run, y), fill=70, width=_FINE)
        else:
            marks.line((x, y - run * 0.5, x + run * 0.12, y + run * 0.5), fill=70, width=_FINE)
        box = (x, y, x + run * 0.5, y + run * 0.22)
        if rng.random() < 0.4:
            marks.rectangle(box, fill=34)
    pen.bitmap((0, 0), lines.point([value // 2 for value in range(256)]), fill=60)
    drawing.paint.paste((16, 18, 26), (0, 0), lines)


def _shade(
    drawing: _Drawing, light: Light, rng: np.random.Generator, rough: float, bow: int
) -> tuple[Field, Field]:
    side = light.side * bow
    size = (drawing.size[0] // _FINE, drawing.size[1] // _FINE)
    small = drawing.alpha.resize(size, Image.Resampling.BOX)
    alpha = _numbers(small)
    plates = drawing.height.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.3))
    round_form = small.filter(ImageFilter.GaussianBlur(5))
    form = _numbers(plates) * 3.2 + _numbers(round_form) * 7.5
    down, across = np.gradient(form)
    toward = 1 / np.sqrt(across**2 + down**2 + 0.35)
    day = np.clip((across * -side * 0.58 + down * 0.72) * toward + 0.3 * toward, 0, 1.4)
    paint = np.asarray(drawing.paint.resize(size, Image.Resampling.BOX), dtype=np.float32) / 255
    wear = 1 + (rng.random(alpha.shape, dtype=np.float32) - 0.5) * np.float32(rough)
    key, sky = colour(light.key), colour(light.sky)
    # The whole ship turns from the light: its upper side is bright, its belly dark.
    _, depth = axes(1, alpha.shape[0])
    belly = 1.35 - 1.0 * smooth(0.25 * alpha.shape[0], 0.78 * alpha.shape[0], depth)
    shaded = paint * (0.07 + 1.05 * day * wear * belly)[..., None] * key + paint * sky * 0.22
    shaded += tint(_rim(drawing, size, (side, -1), 1.4), light.key, 0.85)
    shaded += tint(_rim(drawing, size, (-side, 1), 1.2), light.sky, 0.5)
    glass = _numbers(drawing.glass.resize(size, Image.Resampling.BOX))
    shaded += tint(glass * smooth(0.2, 0.9, day), light.sky, 0.8) + tint(glass**2 * 0.08, (255, 255, 255))
    return film(shaded, 1.5), alpha


def _rim(drawing: _Drawing, size: tuple[int, int], toward: tuple[int, int], width: float) -> Field:
    step = round(width * _FINE)
    moved = ImageChops.offset(drawing.alpha, -toward[0] * step, -toward[1] * step)
    edge = ImageChops.subtract(drawing.alpha, moved).resize(size, Image.Resampling.BOX)
    return _numbers(edge.filter(ImageFilter.GaussianBlur(0.5)))


def _numbers(image: Image.Image) -> Field:
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def _lights(hull: Hull, width: int, height: int, x: float, y: float, scale: float) -> Field:
    light = np.zeros((height, width, 3), dtype=np.float32)
    for lamp in hull.lamps:
        _add_lamp(light, lamp, x + lamp.at[0] * scale, y + lamp.at[1] * scale, scale)
    for engine in hull.engines:
        light += _flame(engine, hull.flame, width, height, x, y, scale)
    fade = _edges(width, height)
    return light * fade[..., None]


def _add_lamp(light: Field, lamp: Lamp, x: float, y: float, scale: float) -> None:
    size = max(1.1, lamp.size * scale)
    reach = round(size * 8) + 2
    left, top = max(0, round(x) - reach), max(0, round(y) - reach)
    view = light[top : max(top, round(y) + reach), left : max(left, round(x) + reach)]
    across, down = axes(view.shape[1], view.shape[0], x - left, y - top)
    far = (across**2 + down**2) / np.float32(size**2)
    near = np.exp(-np.sqrt(far) * 0.9) * smooth(64, 20, far)
    view += tint(np.exp(-far * 0.9) * 1.5 + near * 0.25, lamp.colour)


def _flame(engine: Engine, shade: Colour, width: int, height: int, x: float, y: float, scale: float) -> Field:
    across, down = axes(width, height, x + engine.at[0] * scale, y + engine.at[1] * scale)
    thick, long = np.float32(engine.size * scale), np.float32(engine.length * scale)
    along = np.clip(-across / long, 0, 1)
    body = np.exp(-((down / (thick * (0.25 + 0.75 * (1 - along)))) ** 2) * 2.2)
    flame = body * (1 - along) ** 1.5 * (across <= 1.5)
    burst = np.exp(-(across**2 + down**2) / (thick * 1.1) ** 2)
    return tint(flame, shade, 1.6) + tint(flame**3 + burst, (255, 255, 255), 0.8) + tint(burst, shade, 1.0)


def _edges(width: int, height: int) -> Field:
    across, down = axes(width, height)
    near = np.minimum(np.minimum(across, width - 1 - across), np.minimum(down, height - 1 - down))
    return smooth(0, 8, near.astype(np.float32))
