"""A finished background: a cut of the region's sky with the node's place on it, darkened for the HUD."""

import numpy as np

from engine.pictures.cache import ByteCache
from engine.pictures.lens import paint_lens
from engine.pictures.palettes import palette_of
from engine.pictures.places import paint_place
from engine.pictures.raster import HEIGHT, WIDTH, Pixels, Plate, Sprite, turned
from engine.pictures.seeds import generator, mix
from engine.pictures.sky import PLATE_HEIGHT, PLATE_WIDTH, PLATES_PER_REGION, paint_plate
from engine.rules.scene import NodeKind, Scene

PLACE_VARIANTS = 6


class Backdrops:
    """Makes and keeps backgrounds. Sky plates and places are shared between the nodes of a region."""

    def __init__(self, finished: ByteCache, parts: ByteCache) -> None:
        self._finished = finished
        self._parts = parts

    def get(self, scene: Scene) -> Pixels:
        """Give the background of a scene's node. It is shared: copy it before drawing on it."""
        key = (scene.region, scene.look, scene.node_seed, scene.node_kind)
        return self._finished.get(key, lambda: self._make(*key)).pixels

    def _make(self, region: str, look: tuple[str, ...], node_seed: int, kind: NodeKind) -> Plate:
        number = mix("view", region, node_seed)
        plate = self._plate(region, look, number % PLATES_PER_REGION)
        left = (number >> 8) % (PLATE_WIDTH - WIDTH)
        top = (number >> 24) % (PLATE_HEIGHT - HEIGHT)
        cut = plate[top : top + HEIGHT, left : left + WIDTH]
        view = turned(cut) if number >> 40 & 1 else cut.copy()
        place = self._place(kind, (number >> 41) % PLACE_VARIANTS)
        place.draw(view, 456 + (number >> 44) % 56, 146 + (number >> 50) % 40)
        _dim(view, self._lens(region, look))
        return Plate(view)

    def _plate(self, region: str, look: tuple[str, ...], number: int) -> Pixels:
        key = ("plate", region, look, number)
        return self._parts.get(key, lambda: paint_plate(region, palette_of(region, look), number)).pixels

    def _place(self, kind: NodeKind, variant: int) -> Sprite:
        key = ("place", kind, variant)
        return self._parts.get(key, lambda: paint_place(kind, generator(*key)))

    def _lens(self, region: str, look: tuple[str, ...]) -> Pixels:
        key = ("lens", region, look)
        return self._parts.get(key, lambda: paint_lens(palette_of(region, look).light)).pixels


def _dim(view: Pixels, lens: Pixels) -> None:
    dimmed = np.multiply(view, lens, dtype=np.uint16)
    dimmed += 255
    dimmed >>= 8
    view[...] = dimmed
