"""A finished background: a cut of the region's sky with the node's place on it, darkened for the HUD."""

import numpy as np
from PIL import Image, ImageChops

from engine.pictures.cache import ByteCache
from engine.pictures.palettes import palette_of
from engine.pictures.places import paint_place
from engine.pictures.raster import HEIGHT, WIDTH, Plate, Sprite, axes, smooth, to_image
from engine.pictures.seeds import generator, mix
from engine.pictures.sky import PLATE_HEIGHT, PLATE_WIDTH, PLATES_PER_REGION, paint_plate
from engine.rules.scene import NodeKind, Scene

PLACE_VARIANTS = 6


class Backdrops:
    """Makes and keeps backgrounds. Sky plates and places are shared between the nodes of a region."""

    def __init__(self, finished: ByteCache, parts: ByteCache) -> None:
        self._finished = finished
        self._parts = parts

    def get(self, scene: Scene) -> Image.Image:
        """Give the background of a scene's node. It is shared: copy it before drawing on it."""
        key = (scene.region, scene.node_seed, scene.node_kind)
        return self._finished.get(key, lambda: self._make(*key)).image

    def _make(self, region: str, node_seed: int, kind: NodeKind) -> Plate:
        number = mix("view", region, node_seed)
        plate = self._plate(region, number % PLATES_PER_REGION)
        left = (number >> 8) % (PLATE_WIDTH - WIDTH)
        top = (number >> 24) % (PLATE_HEIGHT - HEIGHT)
        view = plate.crop((left, top, left + WIDTH, top + HEIGHT))
        if number >> 40 & 1:
            view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        place = self._place(region, kind, (number >> 41) % PLACE_VARIANTS)
        place.draw(view, 456 + (number >> 44) % 56, 146 + (number >> 50) % 40)
        return Plate(ImageChops.multiply(view, self._lens()))

    def _plate(self, region: str, number: int) -> Image.Image:
        make = lambda: paint_plate(region, palette_of(region), number)  # noqa: E731
        return self._parts.get(("plate", region, number), make).image

    def _place(self, region: str, kind: NodeKind, variant: int) -> Sprite:
        key = ("place", region, kind, variant)
        return self._parts.get(key, lambda: paint_place(kind, palette_of(region), generator(*key)))

    def _lens(self) -> Image.Image:
        return self._parts.get(("lens",), _paint_lens).image


def _paint_lens() -> Plate:
    """Paint what dims every picture: the vignette, and the dark bands under the HUD."""
    across, down = axes(WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2)
    far = np.sqrt((across / (WIDTH * 0.62)) ** 2 + (down / (HEIGHT * 0.66)) ** 2)
    corner = 1 - 0.5 * smooth(0.55, 1.15, far)
    _, row = axes(WIDTH, HEIGHT)
    head = 1 - 0.62 * smooth(92, 22, row)
    foot = 1 - 0.74 * smooth(276, 318, row)
    light = to_image((corner * head * foot)[..., None] * np.ones(3, dtype=np.float32), generator("lens"))
    return Plate(light)
