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
from engine.pictures.raster import HEIGHT, WIDTH, Field, Pixels, axes, colour, smooth
from engine.pictures.seeds import generator
from engine.rules.scene import Gauges, Motif, Scene

_FAR_POINT = (430.0, 178.0)


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
    """Give the scene whose HUD fits a moment between two turns: the gauges glide, the names change midway."""
    pairs = zip(msgspec.structs.astuple(before.gauges), msgspec.structs.astuple(after.gauges), strict=True)
    gauges = Gauges(*(round(a + (b - a) * part) for a, b in pairs))
    return msgspec.structs.replace(before if part < 0.5 else after, gauges=gauges, damage=0)


def _jump(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Stretch the old sky into streaks, pass through white, let the new sky come to rest."""
    leaving = part < 0.5
    rush = part * 2 if leaving else (1 - part) * 2
    scene = before if leaving else after
    sky = _rushed(painter.background(scene), rush)
    streaks = _streaks(before.seed + after.turn, rush)[..., None] * colour((200, 224, 255))
    white = np.float32(max(0.0, 1 - abs(part - 0.5) * 5.0) * 0.85)
    light = sky + (streaks + white) * _welcome()[..., None] * 255
    canvas = np.clip(light, 0, 255).astype(np.uint8)
    ahead = rush**2 * (150 if leaving else -170)
    painter.draw_ship(canvas, scene, round(SHIP[0] + ahead), SHIP[1])
    return canvas


def _rushed(sky: Pixels, rush: float) -> Pixels:
    """Blur a sky outwards from the point that the ship flies to."""
    total = np.zeros(sky.shape, dtype=np.float32)
    image = Image.fromarray(sky)
    for layer in range(5):
        total += np.asarray(
            _zoomed(image, 1 + rush**1.6 * 0.75 * (0.35 + 0.65 * layer / 4)), dtype=np.float32
        )
    return (total / 5).astype(np.uint8)


def _zoomed(image: Image.Image, scale: float, middle: tuple[float, float] = _FAR_POINT) -> Image.Image:
    wide, tall = WIDTH / scale, HEIGHT / scale
    left, top = middle[0] * (1 - 1 / scale), middle[1] * (1 - 1 / scale)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, (left, top, left + wide, top + tall))


def _streaks(seed: int, rush: float) -> Field:
    across, down = axes(WIDTH, HEIGHT, *_FAR_POINT)
    turn = (np.arctan2(down, across * 0.62) / (2 * np.pi) + 0.5) * 479
    rng = generator("streaks", seed)
    rays = rng.random(480, dtype=np.float32) ** 9
    start, length = rng.uniform(20, 260, 480), rng.uniform(40, 220, 480)
    ray = turn.astype(np.int32)
    far = np.hypot(across * 0.7, down)
    along = (far - start[ray] * (0.4 + rush)) / (length[ray] * (0.2 + rush))
    return rays[ray] * smooth(0, 0.5, along) * smooth(1, 0.7, along) * np.float32(rush**0.8) * 1.6


def _hit(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Shake the picture and wash it in the light of the blow, fading to the new turn."""
    calm = painter.draw_view(before) if part < 0.18 else painter.draw_view(after)
    shaken = _shaken(calm, after, part, 13)
    flash = max(0.0, 1 - abs(part - 0.2) * 4.5)
    return _lit(shaken, (SHIP[0] + 30.0, float(SHIP[1])), flash, 40 + 420 * part, (255, 150, 90))


def _lose(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Whiten everything around the ship, then let its end appear out of the glare."""
    calm = painter.draw_view(before) if part < 0.4 else painter.draw_view(after)
    shaken = _shaken(calm, after, part, 18)
    flash = max(0.0, 1 - abs(part - 0.42) * 3.2) * 1.15
    return _lit(shaken, (float(SHIP[0]), float(SHIP[1])), flash, 60 + 620 * part, (255, 214, 160))


def _shaken(view: Pixels, scene: Scene, part: float, reach: int) -> Pixels:
    rng = generator("shake", scene.seed, scene.turn, round(part * 1000))
    strength = reach * (1 - part) ** 1.5
    middle = (WIDTH / 2 + rng.uniform(-1, 1) * strength * 9, HEIGHT / 2 + rng.uniform(-1, 1) * strength * 9)
    middle = (min(max(middle[0], 0), WIDTH), min(max(middle[1], 0), HEIGHT))
    return np.array(_zoomed(Image.fromarray(view), 1 + 0.004 * strength, middle))


def _lit(
    view: Pixels, middle: tuple[float, float], flash: float, reach: float, shade: tuple[int, int, int]
) -> Pixels:
    across, down = axes(WIDTH, HEIGHT, *middle)
    far = np.hypot(across, down * 1.3)
    glare = np.exp(-far / np.float32(90 + 120 * flash)) * np.float32(flash * 1.5)
    wave = np.exp(-(((far - reach) / 15) ** 2)) * np.float32(min(1.0, flash + 0.12)) * 0.6
    light = ((glare + wave) * _welcome())[..., None] * colour(shade) * 255
    return np.clip(view + light, 0, 255).astype(np.uint8)


def _welcome() -> Field:
    return 0.15 + 0.85 * hud_room()


def _dock(painter: Painter, before: Scene, after: Scene, part: float) -> Pixels:
    """Bring the ship in slowly while the guide lamps come up and the camera closes in."""
    ease = 1 - (1 - part) ** 2
    glow = min(1.0, max(0.0, (part - 0.2) / 0.8)) ** 1.5
    canvas = painter.draw_effect(painter.background(after), after, glow)
    painter.draw_ship(canvas, after, round(SHIP[0] - 130 * (1 - ease)), SHIP[1])
    scale = 1 + 0.07 * float(np.sin(part * np.pi))
    return np.array(_zoomed(Image.fromarray(canvas), scale, (NOSE[0], NOSE[1])))
