"""The painter: scenes and charts in, finished pictures of 640 × 360 out, from a small thread pool.

Keeps everything that is drawn more than once in two bounded caches: finished backgrounds, and the parts that
pictures are put together from. Knows no rules and does no I/O.
"""

import dataclasses
import io

import numpy as np
from PIL import Image

from engine.pictures.backdrop import Backdrops
from engine.pictures.cache import ByteCache
from engine.pictures.chart import ChartTable
from engine.pictures.enemies import enemy_of
from engine.pictures.hud import Hud
from engine.pictures.hulls import hull_of
from engine.pictures.lettering import Lettering
from engine.pictures.motifs import VARIANTS, paint_effect
from engine.pictures.motifs.stage import ENEMY, NOSE, SHIP, Brief, Effect
from engine.pictures.motifs.wound import paint_wound
from engine.pictures.palettes import Palette, palette_of
from engine.pictures.raster import Pixels, Sprite, Stamp
from engine.pictures.seeds import generator, mix
from engine.pictures.shipyard import Light, build
from engine.rules.scene import Chart, Motif, NodeKind, Scene

MEDIA_TYPE = "image/jpeg"
QUALITY = (
    88  # JPEG: 0.9 ms and 45 kB, where WebP 80 takes 5 ms and 4:4:4 half as much again with no crisper text
)
DEFAULT_CACHE = 64 * 2**20


class Painter:
    """Draws scenes and charts. Thread safe; the same scene gives the same pixels."""

    def __init__(self, cache_bytes: int = DEFAULT_CACHE) -> None:
        self._finished = ByteCache(cache_bytes // 4)
        self._parts = ByteCache(cache_bytes - cache_bytes // 4)
        self._backdrops = Backdrops(self._finished, self._parts)
        lettering = Lettering(self._parts)
        self._hud = Hud(self._parts, lettering)
        self._charts = ChartTable(self._parts, lettering)

    @property
    def cache_nbytes(self) -> int:
        """Say the bytes that the caches hold now; never more than the constructor's bound."""
        return self._finished.nbytes + self._parts.nbytes

    def draw(self, scene: Scene) -> Image.Image:
        """Draw one turn, 640 × 360 RGB."""
        return self.finish(self.draw_view(scene), scene)

    def finish(self, view: Pixels, scene: Scene) -> Image.Image:
        """Draw a scene's HUD over a view and give the picture. The view is drawn on."""
        self._hud.draw(view, scene)
        return Image.fromarray(view)

    def background(self, scene: Scene) -> Pixels:
        """Draw only the place, as new pixels of 360 × 640 × 3."""
        return self._backdrops.get(scene).copy()

    def draw_effect(self, canvas: Pixels, scene: Scene, strength: float) -> Pixels:
        """Give a canvas with a part 0..1 of the light of a scene's effect, without the ships."""
        lit = canvas.copy()
        effect = self._effect(scene)
        effect.behind.draw(lit)
        effect.front.draw(lit)
        return (canvas + (lit.astype(np.float32) - canvas) * np.float32(strength)).astype(np.uint8)

    def draw_ship(self, canvas: Pixels, scene: Scene, x: int, y: int) -> None:
        """Draw a scene's ship with its middle at x, y."""
        self._ship(scene).draw(canvas, x, y)

    def draw_view(self, scene: Scene) -> Pixels:
        """Draw one turn without its HUD, as new pixels of 360 × 640 × 3."""
        canvas = self.background(scene)
        effect = self._effect(scene)
        effect.behind.draw(canvas)
        if scene.enemy or scene.motif is Motif.ALIEN:
            self._enemy(scene).draw(canvas, *ENEMY)
        if not _wrecked(scene):
            self.draw_ship(canvas, scene, *SHIP)
        effect.front.draw(canvas)
        if scene.damage > 0:
            self._wound(scene).draw(canvas)
        return canvas

    def draw_chart(self, chart: Chart) -> Image.Image:
        """Draw the star map, 640 × 360 RGB."""
        return Image.fromarray(self._charts.draw(chart))

    def encode(self, image: Image.Image) -> tuple[bytes, str]:
        """Encode a picture for Discord and give its media type."""
        data = io.BytesIO()
        image.save(data, "JPEG", quality=QUALITY, subsampling="4:2:0")
        return data.getvalue(), MEDIA_TYPE

    def _effect(self, scene: Scene) -> Effect:
        variant = mix(scene.seed, scene.turn) % VARIANTS
        fight = scene.motif is Motif.BATTLE
        brief = Brief(fight and scene.damage > 0, _wrecked(scene), not fight or bool(scene.enemy))
        key = ("effect", scene.motif, variant, brief)
        return self._parts.get(key, lambda: paint_effect(scene.motif, brief, generator(*key)))

    def _wound(self, scene: Scene) -> Sprite:
        heavy = scene.damage * 5 >= scene.gauges.ship_condition_max
        burning = scene.motif not in (Motif.BATTLE, Motif.LOST)
        key = ("wound", heavy, burning, mix(scene.seed, scene.turn) % VARIANTS)
        return self._parts.get(key, lambda: paint_wound(generator(*key), heavy=heavy, burning=burning))

    def _ship(self, scene: Scene) -> Sprite:
        kind = "pod" if scene.in_pod else scene.ship_type
        side = 1 if scene.node_kind is NodeKind.STAR else -1
        cold = scene.motif is Motif.LOST
        key = ("ship", scene.region, scene.look, kind, side, cold)
        return self._parts.get(key, lambda: _build_ship(_palette(scene), kind, side, cold))

    def _enemy(self, scene: Scene) -> Sprite:
        identity = scene.enemy or "alien"
        key = ("enemy", scene.region, scene.look, identity)
        return self._parts.get(key, lambda: _build_enemy(_palette(scene), identity))


def _wrecked(scene: Scene) -> bool:
    return scene.motif is Motif.LOST and scene.gauges.ship_condition <= 0 and not scene.in_pod


def _palette(scene: Scene) -> Palette:
    return palette_of(scene.region, scene.look)


def _build_ship(palette: Palette, kind: str, side: int, cold: bool) -> Sprite:
    hull = hull_of(kind)
    if cold:
        hull = dataclasses.replace(hull, lamps=(), engines=())
    light = Light(side, palette.light, palette.cloud)
    sprite = build(hull, hull.length, light, generator("ship", kind))
    # Bows stand at one place, where beams and clamps begin; the pod keeps the middle.
    ahead = 0 if kind == "pod" else NOSE[0] - SHIP[0] - hull.length / 2
    return Sprite(tuple(stamp.moved(ahead, 0) for stamp in sprite.stamps))


def _build_enemy(palette: Palette, identity: str) -> Sprite:
    foe = enemy_of(identity)
    light, rng = Light(-1, palette.light, palette.cloud), generator("enemy", identity)
    stamps: list[Stamp] = []
    for x, y, size in foe.places:
        sprite = build(foe.hull, round(foe.hull.length * size), light, rng, left=True)
        stamps += [stamp.moved(x, y) for stamp in sprite.stamps]
    return Sprite(tuple(stamps))
