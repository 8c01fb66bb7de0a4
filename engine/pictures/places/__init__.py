"""The places of the star map, one file each: every one is a sprite around the middle of the place."""

import numpy as np

from engine.pictures.palettes import Palette
from engine.pictures.places import planet, star
from engine.pictures.raster import Sprite
from engine.rules.scene import NodeKind


def paint_place(kind: NodeKind, palette: Palette, rng: np.random.Generator) -> Sprite:
    """Paint what stands at a node."""
    match kind:
        case NodeKind.PLANET:
            return planet.paint(rng, palette)
        case NodeKind.STAR:
            return star.paint(rng, palette)
        case _:
            return Sprite(())
