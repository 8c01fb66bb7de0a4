"""A star: a boiling disc, corona threads and a wide glow, all added light."""

import numpy as np

from engine.pictures.noise import clouds, ridges
from engine.pictures.palettes import Colour, Palette
from engine.pictures.raster import Sprite, axes, colour, film, glow, smooth, tint

_CLASSES: tuple[tuple[Colour, Colour], ...] = (
    ((255, 236, 190), (255, 150, 60)),
    ((230, 240, 255), (90, 150, 255)),
    ((255, 206, 160), (240, 80, 40)),
    ((255, 250, 235), (255, 200, 110)),
    ((255, 190, 170), (210, 50, 60)),
)


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a star around the origin."""
    radius = float(rng.uniform(34, 78))
    size = round(min(330, radius * 4.6)) // 2 * 2
    across, down = axes(size, size, size / 2, size / 2)
    far = np.sqrt(across**2 + down**2) / np.float32(radius)
    core, rim = _CLASSES[int(rng.integers(len(_CLASSES)))]
    reach = size / 2 / radius
    fade = smooth(reach, reach * 0.45, far)
    angle = np.arctan2(down, across)
    light = tint(_disc(rng, far, size), core, 2.4)
    light += tint(smooth(0.35, 1.0, far) * smooth(1.04, 0.98, far), rim, 0.9)
    light += tint(_corona(rng, far, angle) * fade, rim, 1.25)
    light += tint(np.exp(-np.maximum(far - 1, 0) * 1.5) * fade, rim, 0.55)
    light += tint(np.exp(-np.maximum(far - 1, 0) * 9) * fade, core, 1.1)
    light += colour(palette.cloud) * (np.exp(-far * 0.7) * fade * 0.3)[..., None]
    return Sprite((glow(film(light, 1.15), size / 2, size / 2, rng), _flare(rng, rim, radius)))


def _disc(rng: np.random.Generator, far: np.ndarray, size: int) -> np.ndarray:
    cells = ridges(rng, size, size, 26, 4) * 0.5 + clouds(rng, size, size, 60, 4) * 0.5
    limb = np.sqrt(np.clip(1 - far**2, 0, 1)) * 0.55 + 0.45
    return smooth(1.02, 0.97, far) * limb * (0.55 + 0.6 * cells)


def _corona(rng: np.random.Generator, far: np.ndarray, angle: np.ndarray) -> np.ndarray:
    rays = clouds(rng, 720, 2, 60, 5, 0.65)[0]
    rays = rays * np.hanning(720) * 0.6 + np.roll(rays, 360) * (1 - np.hanning(720) * 0.6)
    turn = ((angle / (2 * np.pi) + 0.5) * 719).astype(np.int32)
    drift = np.clip(turn + (far * 26).astype(np.int32), 0, 719)
    return np.exp(-np.maximum(far - 0.98, 0) * (1.4 + 2.6 * (1 - rays[turn]))) * rays[drift] * (far > 0.9)


def _flare(rng: np.random.Generator, rim: Colour, radius: float):
    width, height = 440, 26
    across, down = axes(width, height, width / 2, height / 2)
    streak = np.exp(-((across / (radius * 1.9)) ** 2)) * np.exp(-((down / 2.6) ** 2))
    return glow(tint(streak, rim, 0.5) + tint(streak**2, (255, 255, 255), 0.35), width / 2, height / 2, rng)
