"""From numbers to pixels: float fields to 8-bit images, and the stamps that a picture is put together from.

Fields are float32 arrays of height × width (× 3 for colour), 0..1. Rounding to 8 bits is dithered with
triangular noise, because a dark gradient shows bands otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.pictures.palettes import Colour

WIDTH = 640
HEIGHT = 360

_SMALL = (
    3 * 20_000
)  # values; a covering stamp up to this keeps its sums ready: three times the memory, twice as fast

Field = npt.NDArray[np.floating[Any]]
Pixels = npt.NDArray[np.uint8]
_Wide = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Stamp:
    """A piece of picture at an offset. `light` is added to what `keep` leaves of the canvas (255: all of it).

    Both are height × width × 3; without `keep` the light is only added.
    """

    light: Pixels
    keep: Pixels | None
    x: int
    y: int
    _ready: tuple[_Wide, _Wide] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.keep is not None and self.light.size <= _SMALL:
            # view * keep + 255 + 256 * light stays within 16 bits, because light is at most 255 - keep.
            sums = np.multiply(self.light, 256, dtype=np.uint16)
            sums += 255
            object.__setattr__(self, "_ready", (self.keep.astype(np.uint16), sums))

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        ready = sum(part.nbytes for part in self._ready or ())
        return 256 + self.light.nbytes + (0 if self.keep is None else self.keep.nbytes) + ready

    def draw(self, canvas: Pixels, x: int = 0, y: int = 0) -> None:
        """Draw onto a canvas with the origin at x, y; what lies outside is cut off."""
        left, top = x + self.x, y + self.y
        tall, wide = self.light.shape[:2]
        high, broad = canvas.shape[:2]
        if 0 <= left <= broad - wide and 0 <= top <= high - tall:
            view = canvas[top : top + tall, left : left + wide]
            if self._ready is not None:
                _cover_ready(view, *self._ready)
            else:
                _lay(view, self.light, self.keep)
            return
        first, upper = max(0, -left), max(0, -top)
        last, lower = min(wide, broad - left), min(tall, high - top)
        if first < last and upper < lower:
            part = slice(upper, lower), slice(first, last)
            view = canvas[top + upper : top + lower, left + first : left + last]
            _lay(view, self.light[part], None if self.keep is None else self.keep[part])

    def moved(self, x: float, y: float) -> "Stamp":
        """Give the same stamp at another offset."""
        return Stamp(self.light, self.keep, self.x + round(x), self.y + round(y))

    def turned(self) -> "Stamp":
        """Give the stamp mirrored left to right about its origin."""
        keep = None if self.keep is None else turned(self.keep)
        return Stamp(turned(self.light), keep, -self.x - self.light.shape[1], self.y)


def _lay(view: Pixels, light: Pixels, keep: Pixels | None) -> None:
    if keep is None:
        _add(view, light)
    else:
        _cover(view, light, keep)


def _cover_ready(view: Pixels, keep: _Wide, sums: _Wide) -> None:
    """Do as `_cover`, with the sums of both made before."""
    left = np.multiply(view, keep)
    left += sums
    np.right_shift(left, 8, out=view, casting="unsafe")


def _add(view: Pixels, light: Pixels) -> None:
    room = np.bitwise_not(view)
    np.minimum(room, light, out=room)
    np.add(view, room, out=view)


def _cover(view: Pixels, light: Pixels, keep: Pixels) -> None:
    left = np.multiply(view, keep, dtype=np.uint16)
    left += 255  # so that 255 keeps every value exactly
    left >>= 8
    np.add(left, light, out=view, casting="unsafe")


def turned(pixels: Pixels) -> Pixels:
    """Give pixels mirrored left to right, as new ones. By band: seven times as fast as all three at once."""
    mirrored = np.empty(pixels.shape, dtype=np.uint8)
    for band in range(3):
        mirrored[..., band] = pixels[:, ::-1, band]
    return mirrored


@dataclass(frozen=True)
class Sprite:
    """Stamps that are drawn together, back to front, around one origin."""

    stamps: tuple[Stamp, ...]

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        return 256 + sum(stamp.nbytes for stamp in self.stamps)

    def draw(self, canvas: Pixels, x: int = 0, y: int = 0) -> None:
        """Draw onto a canvas with the origin at x, y."""
        for stamp in self.stamps:
            stamp.draw(canvas, x, y)


@dataclass(frozen=True)
class Plate:
    """Pixels that are kept, such as a background. They are shared: copy them before drawing."""

    pixels: Pixels

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        return self.pixels.nbytes + 256


def axes(width: int, height: int, x: float = 0.0, y: float = 0.0) -> tuple[Field, Field]:
    """Give the pixel coordinates, as a row and a column, of a field whose origin lies at x, y."""
    across = np.arange(width, dtype=np.float32)[None, :] - np.float32(x)
    down = np.arange(height, dtype=np.float32)[:, None] - np.float32(y)
    return across, down


def smooth(low: float, high: float, value: Field) -> Field:
    """Rise softly from 0 at `low` to 1 at `high`; `high` may be the smaller one."""
    part = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return part * part * (3 - 2 * part)


def colour(value: Colour) -> Field:
    """Give a colour as three floats 0..1."""
    return np.asarray(value, dtype=np.float32) / np.float32(255)


def tint(field: Field, value: Colour, strength: float = 1.0) -> Field:
    """Give a field of one colour whose strength is the given field."""
    return field[..., None] * (colour(value) * np.float32(strength))


def film(light: Field, exposure: float = 1.0) -> Field:
    """Map open-ended light to 0..1 with a soft shoulder, as film does."""
    return 1 - np.exp(-np.maximum(light, 0) * np.float32(exposure))


def to_pixels(field: Field, rng: np.random.Generator | None = None) -> Pixels:
    """Round a field 0..1 to 8 bits, dithered when a generator is given."""
    scaled = field * np.float32(255) + np.float32(0.5)
    if rng is not None:
        size = field.shape[:2]
        grain = rng.random(size, dtype=np.float32) - rng.random(size, dtype=np.float32)
        scaled += grain[..., None] if field.ndim == 3 else grain
    return np.clip(scaled, 0, 255).astype(np.uint8)


def cover(light: Field, alpha: Field, x: float, y: float, rng: np.random.Generator) -> Stamp:
    """Make a covering stamp from colour and alpha, its origin at x, y of the fields, cut to what shows."""
    rows, columns = _extent(alpha > 1 / 512)
    shown = np.clip(alpha[rows, columns, None], 0, 1)
    keep = np.repeat(255 - to_pixels(shown), 3, axis=2)
    wanted = to_pixels(light[rows, columns] * shown, rng)
    return Stamp(np.minimum(wanted, 255 - keep), keep, columns.start - round(x), rows.start - round(y))


def glow(light: Field, x: float, y: float, rng: np.random.Generator | None = None) -> Stamp:
    """Make a stamp of added light with its origin at x, y of the field, cut to what shines."""
    pixels = to_pixels(light - np.float32(0.5 / 255), rng)
    rows, columns = _extent(_shines(pixels))
    part = np.ascontiguousarray(pixels[rows, columns])
    return Stamp(part, None, columns.start - round(x), rows.start - round(y))


def _shines(pixels: Pixels) -> npt.NDArray[np.bool_]:
    return (pixels[..., 0] | pixels[..., 1] | pixels[..., 2]) > 0


def _extent(shows: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(shows.any(axis=1)), np.flatnonzero(shows.any(axis=0))
    if len(rows) == 0:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def merged(*stamps: Stamp) -> Stamp:
    """Make one covering stamp of several that lie around the same origin, back to front."""
    left, top = min(stamp.x for stamp in stamps), min(stamp.y for stamp in stamps)
    right = max(stamp.x + stamp.light.shape[1] for stamp in stamps)
    bottom = max(stamp.y + stamp.light.shape[0] for stamp in stamps)
    light = np.zeros((bottom - top, right - left, 3), dtype=np.uint8)
    keep = np.full_like(light, 255)
    for stamp in stamps:
        stamp.draw(light, -left, -top)
        if stamp.keep is not None:
            Stamp(np.zeros_like(stamp.keep), stamp.keep, stamp.x, stamp.y).draw(keep, -left, -top)
    return Stamp(np.minimum(light, 255 - keep), keep, left, top)


def tiles(stamp: Stamp, wide: int = 160, tall: int = 90) -> Iterable[Stamp]:
    """Cut a large stamp into tiles and keep what shows in each: sparse light costs little then."""
    shows = _shines(stamp.light)
    if stamp.keep is not None:
        shows |= stamp.keep[..., 0] < 255
    for top in range(0, shows.shape[0], tall):
        for left in range(0, shows.shape[1], wide):
            cell = shows[top : top + tall, left : left + wide]
            if not cell.any():
                continue
            rows, columns = _extent(cell)
            part = (
                slice(rows.start + top, rows.stop + top),
                slice(columns.start + left, columns.stop + left),
            )
            keep = np.ascontiguousarray(stamp.keep[part]) if stamp.keep is not None else None
            light = np.ascontiguousarray(stamp.light[part])
            yield Stamp(light, keep, stamp.x + part[1].start, stamp.y + part[0].start)
