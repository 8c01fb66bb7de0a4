"""Text for the pictures: two fonts, cleaned strings, runs that are kept, and fitting into a width.

A run is a mask of the text and a soft mask of its shadow. What neither font can draw is left out, so that a
name of emoji or of a rare script never fails and never shows boxes.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from engine.pictures.cache import ByteCache
from engine.pictures.palettes import Colour

_ASSETS = Path(__file__).parent / "assets"
_FONTS = ("Play-Bold.ttf", "DejaVuSansCondensed-Bold.ttf")
_MAX_CHARACTERS = 80
_SHADOW = 4  # pixels around a run for its shadow
WHITE: Colour = (246, 249, 255)


@dataclass(frozen=True)
class Run:
    """A drawn text. `width` is its advance in pixels; the masks reach `_SHADOW` pixels over it all round."""

    text: str
    width: int
    mask: Image.Image
    shadow: Image.Image

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        return 2 * self.mask.width * self.mask.height + 512

    def draw(self, canvas: Image.Image, x: int, y: int, colour: Colour = WHITE) -> None:
        """Draw with the left end at x and the top of the line at y."""
        at = (x - _SHADOW, y - _SHADOW)
        canvas.paste((2, 4, 10), at, self.shadow)
        canvas.paste(colour, at, self.mask)


class Lettering:
    """Makes runs and keeps them in the given cache. Safe to share between threads."""

    def __init__(self, cache: ByteCache) -> None:
        self._cache = cache
        self._lock = Lock()
        self._fonts: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}
        self._known: dict[tuple[str, str], bool] = {}

    def run(self, text: str, size: int) -> Run:
        """Draw one line of text at a size in pixels."""
        return self._cache.get(("run", text, size), lambda: self._make(text, size))

    def fit(self, text: str, size: int, width: int) -> Run:
        """Draw one line within a width: a little smaller if that is enough, else cut with an ellipsis."""
        return self._cache.get(("fit", text, size, width), lambda: self._make_fitting(text, size, width))

    def _make_fitting(self, text: str, size: int, width: int) -> Run:
        for smaller in (size, round(size * 0.88), round(size * 0.78)):
            run = self._make(text, smaller)
            if run.width <= width:
                return run
        cleaned = self._clean(text)
        low, high = 0, len(cleaned)
        while low < high:
            middle = (low + high + 1) // 2
            if self._make(cleaned[:middle].rstrip() + "…", size).width <= width:
                low = middle
            else:
                high = middle - 1
        return self._make(cleaned[:low].rstrip() + "…", size)

    def _make(self, text: str, size: int) -> Run:
        shown = self._clean(text)
        with self._lock:
            font = self._font(self._family(shown), size)
            width = max(1, min(4096, round(font.getlength(shown))))
            mask = Image.new("L", (width + 2 * _SHADOW, round(size * 1.3) + 2 * _SHADOW))
            ImageDraw.Draw(mask).text((_SHADOW, _SHADOW + size), shown, fill=255, font=font, anchor="ls")
        shadow = mask.filter(ImageFilter.GaussianBlur(1.6)).point(_SHADOW_CURVE)
        return Run(shown, width, mask, shadow)

    def _font(self, family: str, size: int) -> ImageFont.FreeTypeFont:
        key = (family, size)
        if key not in self._fonts:
            self._fonts[key] = ImageFont.truetype(str(_ASSETS / family), size)
        return self._fonts[key]

    def _family(self, text: str) -> str:
        return _FONTS[0] if all(self._draws(_FONTS[0], letter) for letter in text) else _FONTS[1]

    def _clean(self, text: str) -> str:
        plain = " ".join(unicodedata.normalize("NFC", text[: 4 * _MAX_CHARACTERS]).split())
        kept = [letter for letter in plain if unicodedata.category(letter)[0] not in "C"]
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


_SHADOW_CURVE = [min(255, value * 2) for value in range(256)]
