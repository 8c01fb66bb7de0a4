"""The painter: scenes and charts in, finished pictures of 640 × 360 out, from a small thread pool.

Keeps everything that is drawn more than once in two bounded caches: finished backgrounds, and the parts that
pictures are put together from. Knows no rules and does no I/O.
"""

import io

from PIL import Image

from engine.pictures.cache import ByteCache
from engine.pictures.hud import Hud
from engine.pictures.hulls import hull_of
from engine.pictures.lettering import Lettering
from engine.pictures.palettes import palette_of
from engine.pictures.places import paint_place
from engine.pictures.raster import HEIGHT, WIDTH, Plate, Sprite
from engine.pictures.seeds import generator, mix
from engine.pictures.shipyard import Light, build
from engine.pictures.sky import PLATE_HEIGHT, PLATE_WIDTH, PLATES_PER_REGION, paint_plate
from engine.rules.scene import Chart, Scene

MEDIA_TYPE = "image/jpeg"


class Painter:
    """Draws scenes and charts. Thread safe; the same scene gives the same pixels."""

    def __init__(self, cache_bytes: int = 64 * 2**20) -> None:
        self._backgrounds = ByteCache(cache_bytes // 3)
        self._parts = ByteCache(cache_bytes - cache_bytes // 3)
        self._lettering = Lettering(self._parts)
        self._hud = Hud(self._parts, self._lettering)

    def draw(self, scene: Scene) -> Image.Image:
        """Draw one turn, 640 × 360 RGB."""
        canvas = self._background(scene).copy()
        self._ship(scene).draw(canvas, 215, 196)
        self._hud.draw(canvas, scene)
        return canvas

    def draw_chart(self, chart: Chart) -> Image.Image:
        """Draw the star map, 640 × 360 RGB."""
        return Image.new("RGB", (WIDTH, HEIGHT), (6, 8, 16))

    def encode(self, image: Image.Image) -> tuple[bytes, str]:
        """Encode a picture for Discord and give its media type."""
        data = io.BytesIO()
        image.save(data, "JPEG", quality=88, subsampling=0)
        return data.getvalue(), MEDIA_TYPE

    def _background(self, scene: Scene) -> Image.Image:
        key = (scene.region, scene.node_seed, scene.node_kind)
        return self._backgrounds.get(key, lambda: self._make_background(scene)).image

    def _make_background(self, scene: Scene) -> Plate:
        number = mix("view", scene.region, scene.node_seed)
        plate = self._plate(scene.region, number % PLATES_PER_REGION)
        left = (number >> 8) % (PLATE_WIDTH - WIDTH)
        top = (number >> 24) % (PLATE_HEIGHT - HEIGHT)
        view = plate.crop((left, top, left + WIDTH, top + HEIGHT))
        if number >> 40 & 1:
            view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        place = self._place(scene, (number >> 41) % 6)
        place.draw(view, 450 + (number >> 44) % 60, 150 + (number >> 50) % 50)
        return Plate(view)

    def _plate(self, region: str, number: int) -> Image.Image:
        return self._parts.get(
            ("plate", region, number), lambda: paint_plate(region, palette_of(region), number)
        ).image

    def _place(self, scene: Scene, variant: int) -> Sprite:
        key = ("place", scene.region, scene.node_kind, variant)
        return self._parts.get(
            key, lambda: paint_place(scene.node_kind, palette_of(scene.region), generator(*key))
        )

    def _ship(self, scene: Scene) -> Sprite:
        kind = "pod" if scene.in_pod else scene.ship_type
        key = ("ship", scene.region, kind)
        return self._parts.get(key, lambda: self._make_ship(scene, kind))

    def _make_ship(self, scene: Scene, kind: str) -> Sprite:
        palette = palette_of(scene.region)
        light = Light(-1, palette.light, palette.cloud)
        return build(hull_of(kind), 84 if kind == "pod" else 190, light, generator("ship", kind))
