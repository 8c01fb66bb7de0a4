"""Text for the pictures: two fonts, cleaned strings, runs that are kept, and fitting into a width.

A run is a stamp of the text with its soft shadow. What neither font can draw is left out, so that a
name of emoji or of a rare script never fails and never shows boxes.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from engine.pictures.cache import ByteCache
from engine.pictures.palettes import Colour
from engine.pictures.raster import Pixels, Stamp, colour, to_pixels

_ASSETS = Path(__file__).parent / "assets"
_FONTS = ("Play-Bold.ttf", "DejaVuSansCondensed-Bold.ttf")
_MAX_CHARACTERS = 80
_SHADOW = 2  # pixels around a run for its shadow
WHITE: Colour = (246, 249, 255)


@dataclass(frozen=True)
class Run:
    """A drawn text. `width` is its advance in pixels; its stamp is a little larger, for the shadow."""

    text: str
    width: int
    stamp: Stamp

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        return self.stamp.nbytes + 256

    def draw(self, canvas: Pixels, x: int, y: int) -> None:
        """Draw with the left end at x and the top of the line at y."""
        self.stamp.draw(canvas, x, y)


class Lettering:
    """Makes runs and keeps them in the given cache. Safe to share between threads."""

    def __init__(self, cache: ByteCache) -> None:
        self._cache = cache
        self._lock = Lock()
        self._fonts: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}
        self._known: dict[tuple[str, str], bool] = {}

    def run(self, text: str, size: int, shade: Colour = WHITE) -> Run:
        """Draw one line of text at a size in pixels."""
        return self._cache.get(("run", text, size, shade), lambda: self._make(text, size, shade))

    def fit(self, text: str, size: int, width: int, shade: Colour = WHITE) -> Run:
        """Draw one line within a width: a little smaller if that is enough, else cut with an ellipsis."""
        key = ("fit", text, size, width, shade)
        return self._cache.get(key, lambda: self._make_fitting(text, size, width, shade))

    def _make_fitting(self, text: str, size: int, width: int, shade: Colour) -> Run:
        shown = self._clean(text)
        for smaller in (size, round(size * 0.88), round(size * 0.78)):
            if self._length(shown, smaller) <= width:
                return self._make(text, smaller, shade)
        size, low, high = round(size * 0.85), 0, len(shown)
        while low < high:
            middle = (low + high + 1) // 2
            if self._length(shown[:middle].rstrip() + "…", size) <= width:
                low = middle
            else:
                high = middle - 1
        return self._make(shown[:low].rstrip() + "…", size, shade)

    def _length(self, shown: str, size: int) -> float:
        with self._lock:
            return self._font(self._family(shown), size).getlength(shown)

    def _make(self, text: str, size: int, shade: Colour) -> Run:
        shown = self._clean(text)
        with self._lock:
            font = self._font(self._family(shown), size)
            width = max(1, min(2048, round(font.getlength(shown))))
            mask = Image.new("L", (width + 2 * _SHADOW, round(size * 1.24) + 2 * _SHADOW))
            at = (_SHADOW, _SHADOW + size)
            ImageDraw.Draw(mask).text(at, shown, fill=255, font=font, anchor="ls")
        return Run(shown, width, inked(mask, shade).moved(-_SHADOW, -_SHADOW))

    def _font(self, family: str, size: int) -> ImageFont.FreeTypeFont:
        key = (family, size)
        if key not in self._fonts:
            self._fonts[key] = ImageFont.truetype(str(_ASSETS / family), size)
        return self._fonts[key]

    def _family(self, text: str) -> str:
        return _FONTS[0] if all(self._draws(_FONTS[0], letter) for letter in text) else _FONTS[1]

    def _clean(self, text: str) -> str:
        plain = " ".join(unicodedata.normalize("NFC", text[: 4 * _MAX_CHARACTERS]).split())
        kept = [letter for letter in plain if unicodedata.category(letter)[0] != "C"]
        kept = [letter for letter in kept if not "\ufe00" <= letter <= "\ufe0f"]  # emoji or text: neither
        with self._lock:
            kept = [letter for letter in kept if any(self._draws(family, letter) for family in _FONTS)]
        shown = " ".join("".join(kept).split())
        return shown if len(shown) <= _MAX_CHARACTERS else shown[: _MAX_CHARACTERS - 1].rstrip() + "…"

    def _draws(self, family: str, letter: str) -> bool:
        if letter == " ":
            return True
        key = (family, letter)
        if key not in self._known:
            if len(self._known) > 4096:
                self._known.clear()
            font = self._font(family, 16)
            self._known[key] = _proof(font, letter) != _proof(font, "\U0010fffd")
        return self._known[key]


def _proof(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    image = Image.new("L", (32, 32))
    ImageDraw.Draw(image).text((8, 24), letter, fill=255, font=font, anchor="ls")
    return image.tobytes()


def inked(mask: Image.Image, shade: Colour) -> Stamp:
    """Fill a mask with a colour over a soft dark shadow. The stamp's origin is the mask's corner."""
    ink = np.asarray(mask, dtype=np.float32)[..., None] / 255
    blurred = np.asarray(mask.filter(ImageFilter.GaussianBlur(1.2)), dtype=np.float32)[..., None] / 255
    shadow = np.minimum(blurred * 2, 1)
    keep = np.repeat(255 - to_pixels(1 - (1 - ink) * (1 - shadow)), 3, axis=2)
    light = to_pixels(ink * colour(shade))
    return Stamp(np.minimum(light, 255 - keep), keep, 0, 0)
