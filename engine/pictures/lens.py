"""What lies over every picture: a vignette, and the dimming that keeps the HUD readable over any sky."""

import numpy as np

from engine.pictures.palettes import Colour
from engine.pictures.raster import HEIGHT, WIDTH, Field, Plate, axes, colour, smooth, to_pixels
from engine.pictures.seeds import generator


def hud_room() -> Field:
    """Give how much of the light is welcome at each pixel: 1 in the middle, 0 where the HUD is written."""
    across, down = axes(WIDTH, HEIGHT)
    foot = smooth(274, 304, down)
    head = smooth(96, 20, down)
    left = smooth(150, 50, down) * smooth(480, 240, across)
    right = smooth(150, 72, down) * smooth(400, 540, across)
    return 1 - np.maximum(np.maximum(foot, head * 0.9), np.maximum(left, right))


def paint_lens(light: Colour) -> Plate:
    """Paint what a background is multiplied with; `light` gives its tint."""
    across, down = axes(WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2)
    far = np.sqrt((across / (WIDTH * 0.62)) ** 2 + (down / (HEIGHT * 0.66)) ** 2)
    corner = 1 - 0.5 * smooth(0.55, 1.15, far)
    open_part = 0.34 + 0.66 * hud_room()
    tinted = 0.3 + 0.7 * colour(light)
    return Plate(to_pixels((corner * open_part)[..., None] * tinted, generator("lens")))
