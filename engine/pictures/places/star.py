"""A star: a boiling disc, corona threads and a wide glow."""

import numpy as np

from engine.pictures.noise import clouds, ridges
from engine.pictures.palettes import Colour
from engine.pictures.raster import Sprite, Stamp, axes, cover, film, glow, smooth, tint

_CLASSES: tuple[tuple[Colour, Colour], ...] = (
    ((255, 236, 190), (255, 150, 60)),
    ((230, 240, 255), (90, 150, 255)),
    ((255, 206, 160), (240, 80, 40)),
    ((255, 250, 235), (255, 200, 110)),
    ((255, 190, 170), (210, 50, 60)),
)


def paint(rng: np.random.Generator) -> Sprite:
    """Paint a star around the origin."""
    radius = float(rng.uniform(34, 74))
    size = round(min(360, radius * 5.2)) // 2 * 2
    across, down = axes(size, size, size / 2, size / 2)
    far = np.sqrt(across**2 + down**2) / np.float32(radius)
    core, rim = _CLASSES[int(rng.integers(len(_CLASSES)))]
    reach = size / 2 / radius
    fade = smooth(reach, reach * 0.4, far)
    light = tint(_corona(rng, far, np.arctan2(down, across)) * fade, rim, 1.1)
    light += tint(np.exp(-np.maximum(far - 1, 0) * 1.7) * fade, rim, 0.75)
    light += tint(np.exp(-np.maximum(far - 1, 0) * 9) * fade, core, 1.2)
    halo = glow(film(light, 1.15), size / 2, size / 2, rng)
    return Sprite((halo, _disc(rng, radius, core, rim), _flare(rng, rim, radius)))


def _disc(rng: np.random.Generator, radius: float, core: Colour, rim: Colour) -> Stamp:
    """Paint the surface: grains, dark spots, a darker and redder limb, a thin bright edge."""
    size = 2 * round(radius) + 6
    across, down = axes(size, size, size / 2, size / 2)
    far = np.sqrt(across**2 + down**2) / np.float32(radius)
    toward = np.sqrt(np.clip(1 - far**2, 0, 1))
    grains = ridges(rng, size, size, max(8.0, radius * 0.24), 4)
    plains = clouds(rng, size, size, radius * 0.8, 4)
    spots = smooth(0.7, 0.86, clouds(rng, size, size, radius * 0.5, 3)) * toward
    heat = (0.72 + 0.3 * grains + 0.25 * plains) * (0.6 + 0.62 * toward) * (1 - 0.34 * spots)
    light = tint(heat, rim, 1.0) + tint(heat**3, core, 1.25) + tint(smooth(0.8, 1.0, far), rim, 0.7)
    return cover(film(light, 1.5), np.clip((1 - far) * radius + 0.5, 0, 1), size / 2, size / 2, rng)


def _corona(rng: np.random.Generator, far: np.ndarray, angle: np.ndarray) -> np.ndarray:
    rays = clouds(rng, 720, 2, 60, 5, 0.65)[0]
    rays = rays * np.hanning(720) * 0.6 + np.roll(rays, 360) * (1 - np.hanning(720) * 0.6)
    turn = ((angle / (2 * np.pi) + 0.5) * 719).astype(np.int32)
    drift = np.clip(turn + (far * 26).astype(np.int32), 0, 719)
    return np.exp(-np.maximum(far - 0.98, 0) * (1.4 + 2.6 * (1 - rays[turn]))) * rays[drift] * (far > 0.9)


def _flare(rng: np.random.Generator, rim: Colour, radius: float) -> Stamp:
    width, height = 440, 26
    across, down = axes(width, height, width / 2, height / 2)
    streak = np.exp(-((across / (radius * 1.9)) ** 2)) * np.exp(-((down / 2.6) ** 2))
    return glow(tint(streak, rim, 0.32), width / 2, height / 2, rng)
