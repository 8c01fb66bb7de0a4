"""From numbers to pixels: float fields to 8-bit images, and the stamps that a picture is put together from.

Fields are float32 arrays of height × width (× 3 for colour), 0..1. Rounding to 8 bits is dithered with
triangular noise, because a dark gradient shows bands otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

from engine.pictures.palettes import Colour

WIDTH = 640
HEIGHT = 360

Field = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Stamp:
    """A piece of picture at an offset. Without a mask its light is added, with one it covers."""

    image: Image.Image
    mask: Image.Image | None
    x: int
    y: int

    @property
    def nbytes(self) -> int:
        """Say the bytes held. Pillow keeps four bytes for a pixel of RGB."""
        pixels = self.image.width * self.image.height
        return pixels * (4 if self.mask is None else 5) + 256


@dataclass(frozen=True)
class Sprite:
    """Stamps that are drawn together, back to front, around one origin."""

    stamps: tuple[Stamp, ...]

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        return 256 + sum(stamp.nbytes for stamp in self.stamps)

    def draw(self, canvas: Image.Image, x: int = 0, y: int = 0) -> None:
        """Draw onto an RGB canvas with the origin at x, y; what lies outside is cut off."""
        for stamp in self.stamps:
            place(canvas, stamp, x, y)


@dataclass(frozen=True)
class Plate:
    """A whole picture that is kept, such as a background."""

    image: Image.Image

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        return self.image.width * self.image.height * 4 + 256


def place(canvas: Image.Image, stamp: Stamp, x: int, y: int) -> None:
    """Draw one stamp onto an RGB canvas."""
    left, top = x + stamp.x, y + stamp.y
    if stamp.mask is not None:
        canvas.paste(stamp.image, (left, top), stamp.mask)
        return
    right, bottom = left + stamp.image.width, top + stamp.image.height
    under = canvas.crop((left, top, right, bottom))
    canvas.paste(ImageChops.add(under, stamp.image), (left, top))


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


def to_image(field: Field, rng: np.random.Generator | None = None) -> Image.Image:
    """Round a field 0..1 to an 8-bit image (L or RGB), dithered when a generator is given."""
    scaled = field * np.float32(255) + np.float32(0.5)
    if rng is not None:
        grain = rng.random(field.shape[:2], dtype=np.float32) - rng.random(field.shape[:2], dtype=np.float32)
        scaled = scaled + (grain[..., None] if field.ndim == 3 else grain)
    return Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))


def cover(light: Field, alpha: Field, x: float, y: float, rng: np.random.Generator) -> Stamp:
    """Make a covering stamp from colour and alpha, its origin at x, y of the fields, cut to what shows."""
    mask = to_image(alpha)
    box = mask.getbbox() or (0, 0, 1, 1)
    image = to_image(light, rng)
    return Stamp(image.crop(box), mask.crop(box), box[0] - round(x), box[1] - round(y))


def glow(light: Field, x: float, y: float, rng: np.random.Generator | None = None) -> Stamp:
    """Make a stamp of added light with its origin at x, y of the field, cut to what shines."""
    image = to_image(light - np.float32(0.5 / 255), rng)
    box = image.getbbox() or (0, 0, 1, 1)
    return Stamp(image.crop(box), None, box[0] - round(x), box[1] - round(y))


def tiles(stamp: Stamp, size: int = 64) -> Iterable[Stamp]:
    """Cut a large stamp into tiles and keep those that show anything: sparse light costs little then."""
    shown = stamp.image if stamp.mask is None else stamp.mask
    for top in range(0, shown.height, size):
        for left in range(0, shown.width, size):
            cell = (left, top, min(left + size, shown.width), min(top + size, shown.height))
            box = shown.crop(cell).getbbox()
            if box is None:
                continue
            part = (left + box[0], top + box[1], left + box[2], top + box[3])
            mask = stamp.mask.crop(part) if stamp.mask is not None else None
            yield Stamp(stamp.image.crop(part), mask, stamp.x + part[0], stamp.y + part[1])
