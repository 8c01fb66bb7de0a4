"""The places of the star map, one file each: every one is a sprite around the middle of the place."""

import numpy as np

from engine.pictures.palettes import NEUTRAL, PALETTES
from engine.pictures.places import anomaly, belt, gate, nebula, planet, star, station, wreck
from engine.pictures.raster import Sprite
from engine.rules.scene import NodeKind


def paint_place(kind: NodeKind, rng: np.random.Generator) -> Sprite:
    """Paint what stands at a node. Its colours are its own, so that regions can share it."""
    palette = NEUTRAL
    if kind in (NodeKind.NEBULA, NodeKind.ANOMALY, NodeKind.GATE):
        palette = PALETTES[int(rng.integers(len(PALETTES)))]
    match kind:
        case NodeKind.PLANET:
            return planet.paint(rng, palette)
        case NodeKind.STAR:
            return star.paint(rng)
        case NodeKind.STATION:
            return station.paint(rng, palette)
        case NodeKind.BELT:
            return belt.paint(rng, palette)
        case NodeKind.NEBULA:
            return nebula.paint(rng, palette)
        case NodeKind.WRECK:
            return wreck.paint(rng, palette)
        case NodeKind.ANOMALY:
            return anomaly.paint(rng, palette)
        case NodeKind.GATE:
            return gate.paint(rng, palette)
