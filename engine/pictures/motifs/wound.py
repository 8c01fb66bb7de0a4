"""The flash of lost hull, over any motif: red light at the sides of the picture, fire on the ship."""

import numpy as np

from engine.pictures.lighttable import LightTable
from engine.pictures.motifs.combat import hull_hit
from engine.pictures.palettes import Colour
from engine.pictures.raster import HEIGHT, WIDTH, Sprite, axes

_BLOOD: Colour = (255, 42, 36)


def paint_wound(rng: np.random.Generator, *, heavy: bool, burning: bool) -> Sprite:
    """Paint the flash in picture coordinates; `burning` adds the fire, where the motif has none itself."""
    table = LightTable()
    across, _ = axes(WIDTH, HEIGHT)
    near = np.minimum(across, WIDTH - 1 - across)
    edge = np.exp(-near / np.float32(26 if heavy else 15)) * np.ones((HEIGHT, 1), dtype=np.float32)
    table.add(edge, _BLOOD, 0.85 if heavy else 0.5)
    if burning:
        hull_hit(rng, table)
    return table.sprite()
