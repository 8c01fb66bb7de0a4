"""The drawn pictures between two turns, for the flipbook: a jump, a hit, docking, the end of the ship.

Works on whole pictures with the painter's layers; decides from the two scenes alone which passage it is.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec
import numpy as np
from PIL import Image

from engine.pictures.lens import hud_room
from engine.pictures.motifs.stage import NOSE, SHIP
from engine.pictures.painter import Painter
from engine.pictures.palettes import Colour
from engine.pictures.raster import HEIGHT, WIDTH, Field, Pixels, Stamp, axes, colour, smooth, to_pixels
from engine.pictures.seeds import generator
from engine.rules.scene import Gauges, Motif, Scene

_FAR_POINT = (430.0, 178.0)
_HALF = 2  # a rushing sky is drawn at half the size
_COARSE = 4  # a flash at a quarter
_LAYERS = 5
_FIRE: Colour = (255, 150, 90)
_GLARE: Colour = (255, 214, 160)


class Passage(StrEnum):
    """What happens between two turns, as far as it can be seen."""

    JUMP = "jump"
    HIT = "hit"
    DOCKING = "docking"
    LOSS = "loss"


def passage(before: Scene, after: Scene) -> Passage | None:
    """Name what leads from one scene to the next, or None when nothing moves."""
    if after.motif is Motif.LOST:
        return Passage.LOSS
    if (before.node_seed, before.region) != (after.node_seed, after.region) or after.motif is Motif.JUMP:
        return Passage.JUMP
    if after.damage > 0:
        return Passage.HIT
    if after.motif is Motif.DOCKED and before.motif is not Motif.DOCKED:
        return Passage.DOCKING
    return None


def transition(painter: Painter, before: Scene, after: Scene, steps: int = 8) -> Iterator[Image.Image]:
    """Draw `steps` pictures of 640 × 360 between two turns, both ends left out; none when nothing moves."""
    kind = passage(before, after)
    if kind is None or steps < 1:
        return
    draw = {Passage.JUMP: _jump, Passage.HIT: _hit, Passage.DOCKING: _dock, Passage.LOSS: _lose}[kind]
    for step in range(1, steps + 1):
        part = step / (steps + 1)
        yield painter.finish(draw(painter, before, after, part), _between(before, after, part))


def _between(before: Scene, after: Scene, part: float) -> Scene:
    """Give the scene whose HUD fits a moment between two turns: the gauges glide, the place changes midway.

    Turn and region are those of the turn that it leads to, as a tape's overlay counts them.
    """
    pairs = zip(msgspec.structs.astuple(before.gauges), msgspec.structs.astuple(after.gauges), strict=True)
    gauges = Gauges(*(a + (b - a) * round(part * 1000) // 1000 for a, b in pairs))
    now = {"turn": after.turn, "region_name": after.region_name, "gauges": gauges, "damage": 0}
    return msgspec.structs.replace(before if part < 0.5 else after, **now)


def _jump(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Stretch the old sky into streaks, pass through white, let the new sky come to rest."""
    leaving = part < 0.5
    rush = part * 2 if leaving else (1 - part) * 2
    scene = before if leaving else after
    canvas = _rushed(painter.background(scene), rush)
    streaks = _streaks(before.seed + after.turn, rush)[..., None] * colour((200, 224, 255))
    white = np.float32(max(0.0, 1 - abs(part - 0.5) * 5.0) * 0.85)
    _shine(canvas, (streaks + white) * _welcome(_HALF)[..., None])
    ahead = rush**2 * (150 if leaving else -170)
    painter.draw_ship(canvas, scene, round(SHIP[0] + ahead), SHIP[1])
    return canvas


def _rushed(sky: Pixels, rush: float) -> Pixels:
    """Blur a sky outwards from the point that the ship flies to; at half the size, for it is blurred."""
    image = Image.fromarray(sky).reduce(_HALF)
    total = np.zeros((HEIGHT // _HALF, WIDTH // _HALF, 3), dtype=np.uint16)
    reach = rush**1.6 * 0.75
    for layer in range(_LAYERS):
        total += np.asarray(_zoomed(image, 1 + reach * (0.3 + 0.7 * layer / (_LAYERS - 1)), _FAR_POINT))
    blurred = Image.fromarray((total // _LAYERS).astype(np.uint8))
    return np.array(blurred.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))


def _zoomed(image: Image.Image, scale: float, middle: tuple[float, float]) -> Image.Image:
    """Enlarge an image about a point that is given in the whole picture's pixels."""
    wide, tall = image.size
    left, top = (middle[0] * wide / WIDTH, middle[1] * wide / WIDTH)
    left, top = left * (1 - 1 / scale), top * (1 - 1 / scale)
    box = (left, top, left + wide / scale, top + tall / scale)
    return image.resize(image.size, Image.Resampling.BILINEAR, box)


def _streaks(seed: int, rush: float) -> Field:
    wide, tall = WIDTH // _HALF, HEIGHT // _HALF
    across, down = axes(wide, tall, _FAR_POINT[0] / _HALF, _FAR_POINT[1] / _HALF)
    ray = ((np.arctan2(down, across * 0.62) / (2 * np.pi) + 0.5) * 359).astype(np.int32)
    rng = generator("streaks", seed)
    rays = rng.random(360, dtype=np.float32) ** 8
    start, length = (rng.uniform(20, 240, 360).astype(np.float32) / _HALF for _ in range(2))
    far = np.hypot(across * 0.7, down)
    along = (far - start[ray] * (0.4 + rush)) / (length[ray] * (0.2 + rush))
    return rays[ray] * smooth(0, 0.5, along) * smooth(1, 0.7, along) * np.float32(rush**0.8) * 1.6


def _hit(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Shake the picture and wash it in the light of the blow, fading to the new turn."""
    calm = painter.draw_view(before) if part < 0.18 else painter.draw_view(after)
    shaken = _shaken(calm, after, part, 13)
    _flash(shaken, (SHIP[0] + 30, SHIP[1]), max(0.0, 1 - abs(part - 0.2) * 4.5), 40 + 420 * part, _FIRE)
    return shaken


def _lose(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Whiten everything around the ship, then let its end appear out of the glare."""
    calm = painter.draw_view(before) if part < 0.4 else painter.draw_view(after)
    shaken = _shaken(calm, after, part, 18)
    _flash(shaken, SHIP, max(0.0, 1 - abs(part - 0.42) * 3.2) * 1.15, 60 + 620 * part, _GLARE)
    return shaken


def _shaken(view: Pixels, scene: Scene, part: float, reach: int) -> Pixels:
    rng = generator("shake", scene.seed, scene.turn, round(part * 1000))
    strength = reach * (1 - part) ** 1.5
    x, y = rng.uniform(-9, 9, 2) * strength
    middle = (min(max(WIDTH / 2 + x, 0), WIDTH), min(max(HEIGHT / 2 + y, 0), HEIGHT))
    return np.array(_zoomed(Image.fromarray(view), 1 + 0.004 * strength, middle))


def _flash(canvas: Pixels, middle: tuple[int, int], strength: float, reach: float, shade: Colour) -> None:
    """Add a glare around a point and a wave that has come `reach` pixels far."""
    across, down = axes(WIDTH // _COARSE, HEIGHT // _COARSE, middle[0] / _COARSE, middle[1] / _COARSE)
    far = np.hypot(across, down * 1.3) * np.float32(_COARSE)
    glare = np.exp(-far / np.float32(90 + 120 * strength)) * np.float32(strength * 1.5)
    wave = np.exp(-(((far - reach) / 16) ** 2)) * np.float32(min(1.0, strength + 0.12)) * 0.6
    _shine(canvas, ((glare + wave) * _welcome(_COARSE))[..., None] * colour(shade))


def _shine(canvas: Pixels, light: Field) -> None:
    small = Image.fromarray(to_pixels(light))
    large = small.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    Stamp(np.asarray(large), None, 0, 0).draw(canvas)


def _welcome(coarse: int) -> Field:
    return 0.15 + 0.85 * hud_room()[::coarse, ::coarse]


def _dock(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Bring the ship in slowly while the guide lamps come up and the camera closes in."""
    ease = 1 - (1 - part) ** 2
    glow = min(1.0, max(0.0, (part - 0.2) / 0.8)) ** 1.5
    canvas = painter.draw_effect(painter.background(after), after, glow)
    painter.draw_ship(canvas, after, round(SHIP[0] - 130 * (1 - ease)), SHIP[1])
    scale = 1 + 0.07 * float(np.sin(part * np.pi))
    return np.array(_zoomed(Image.fromarray(canvas), scale, NOSE))
