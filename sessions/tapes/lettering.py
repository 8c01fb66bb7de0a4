"""Letters on tapes: text as masks, put together from letters that were drawn once. No layout, no colours.

FreeType draws a letter in ten microseconds and holds the interpreter's lock meanwhile, so letters, their
widths and the distances of pairs are kept; a card's text then costs a fifth.
"""

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont

_NO_CHARACTER = "\U0010fffd"
_KEPT = 4096  # letters, and pairs of them
_LONGEST = 400  # characters of one text that are looked at
_OVERHANG = 3  # pixels by which a letter may leave its place


class Lettering:
    """Draws text with one typeface: a TTF file, or Pillow's own when none is given."""

    def __init__(self, font_path: Path | None = None) -> None:
        self._path = font_path
        self._font = lru_cache(_KEPT)(self._load)
        self._letter = lru_cache(_KEPT)(self._draw_letter)
        self._length = lru_cache(_KEPT)(self._measure)
        self._drawable = lru_cache(_KEPT)(self._looks_drawable)

    def clean(self, text: str) -> str:
        """Drop what the typeface cannot draw, and line and direction marks; keep single spaces."""
        plain = unicodedata.normalize("NFC", text[:_LONGEST])
        return " ".join("".join(mark if self._drawable(mark) else " " for mark in plain).split())

    def height(self, pixels: int) -> int:
        """Give the height of a line of letters of so many pixels."""
        return sum(self._font(pixels).getmetrics())

    def width(self, text: str, pixels: int) -> float:
        """Measure text in pixels."""
        return self._places(text, pixels)[-1]

    def fit(self, text: str, pixels: int, width: float, *, smallest: int = 11) -> tuple[str, int]:
        """Make text fit a width: smaller letters first, then an ellipsis. Give both."""
        text = self.clean(text)
        needed = self.width(text, pixels)
        while needed > width and pixels > smallest:
            pixels = max(smallest, min(pixels - 1, int(pixels * width / needed)))
            needed = self.width(text, pixels)
        if needed <= width:
            return text, pixels
        room = width - self.width("…", pixels)
        length = bisect_right(self._places(text, pixels)[1:], room)
        return text[:length].rstrip() + "…", pixels

    def wrap(self, text: str, pixels: int, width: float, lines: int) -> list[str]:
        """Break text into at most so many lines; the last one ends in an ellipsis when text is left."""
        broken: list[str] = []
        for word in self.clean(text).split():
            if broken and self.width(f"{broken[-1]} {word}", pixels) <= width:
                broken[-1] += f" {word}"
            elif len(broken) == lines:
                broken[-1] += " …"
                break
            else:
                broken.append(word)
        return [self.fit(line, pixels, width, smallest=pixels)[0] for line in broken]

    def mask(self, text: str, pixels: int) -> np.ndarray:
        """Draw text as rows of cover, 0 to 255, as high as a line and as wide as the text."""
        places = self._places(text, pixels)
        width = round(places[-1]) + 1
        sheet = np.zeros((self.height(pixels), width + 2 * _OVERHANG + pixels * 2), np.uint8)
        for mark, place in zip(text, places, strict=False):
            letter = self._letter(mark, pixels)
            at = sheet[:, round(place) : round(place) + letter.shape[1]]
            np.maximum(at, letter[:, : at.shape[1]], out=at)
        return sheet[:, _OVERHANG : _OVERHANG + width]

    def _places(self, text: str, pixels: int) -> list[float]:
        """Give where each letter begins, and where the text ends."""
        places, x, before = [], 0.0, ""
        for mark in text:
            if before and not (before.isspace() or mark.isspace()):
                pair = self._length(before + mark, pixels)
                x += pair - self._length(before, pixels) - self._length(mark, pixels)
            places.append(x)
            x += self._length(mark, pixels)
            before = mark
        return [*places, x]

    def _measure(self, text: str, pixels: int) -> float:
        return self._font(pixels).getlength(text)

    def _draw_letter(self, mark: str, pixels: int) -> np.ndarray:
        font = self._font(pixels)
        width = int(font.getlength(mark)) + 1 + 2 * _OVERHANG
        sheet = Image.new("L", (width, self.height(pixels)))
        ImageDraw.Draw(sheet).text((_OVERHANG, 0), mark, font=font, fill=255)
        return np.asarray(sheet)

    def _looks_drawable(self, mark: str) -> bool:
        if mark.isspace() or unicodedata.category(mark)[0] == "C":
            return False
        drawn, missing = self._letter(mark, 16), self._letter(_NO_CHARACTER, 16)
        return not np.array_equal(drawn, missing)

    def _load(self, pixels: int) -> Font:
        if self._path is not None:
            return ImageFont.truetype(str(self._path), pixels, layout_engine=ImageFont.Layout.BASIC)
        font = ImageFont.load_default(pixels)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("Pillow was built without FreeType, so no text can be drawn on tapes.")
        return font.font_variant(layout_engine=ImageFont.Layout.BASIC)  # shaping costs five times as much
