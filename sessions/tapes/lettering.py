"""Letters on tapes: fonts by size, and only characters that the font can draw. No layout, no colours."""

import unicodedata
from bisect import bisect_right
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont

_NO_CHARACTER = "\U0010fffd"
_CACHED_CHARACTERS = 4096
_LONGEST = 400  # characters of one text that are looked at


class Lettering:
    """Draws text with one typeface: a TTF file, or Pillow's own when none is given."""

    def __init__(self, font_path: Path | None = None) -> None:
        self._path = font_path
        self._fonts: dict[int, Font] = {}
        self._drawable: dict[str, bool] = {}

    def font(self, pixels: int) -> Font:
        """Give the typeface at a height in pixels."""
        if pixels not in self._fonts:
            self._fonts[pixels] = self._load(pixels)
        return self._fonts[pixels]

    def clean(self, text: str) -> str:
        """Drop what the typeface cannot draw, and line and direction marks; keep single spaces."""
        plain = unicodedata.normalize("NFC", text[:_LONGEST])
        kept = "".join(mark if self._can_draw(mark) else " " for mark in plain)
        return " ".join(kept.split())

    def fit(self, text: str, pixels: int, width: int, *, smallest: int = 11) -> tuple[str, Font]:
        """Make text fit a width: smaller letters first, then an ellipsis."""
        text = self.clean(text)
        needed = self.font(pixels).getlength(text)
        while needed > width and pixels > smallest:
            pixels = max(smallest, min(pixels - 1, int(pixels * width / needed)))
            needed = self.font(pixels).getlength(text)
        font = self.font(pixels)
        if needed <= width:
            return text, font
        length = bisect_right(range(len(text)), width, key=lambda end: font.getlength(text[:end] + "…")) - 1
        return text[: max(0, length)].rstrip() + "…", font

    def wrap(self, text: str, font: Font, width: int, lines: int) -> list[str]:
        """Break text into at most so many lines; the last one ends in an ellipsis when text is left."""
        size = round(font.size)
        broken: list[str] = []
        room = 0.0
        for word in self.clean(text).split():
            needed = font.getlength(word + " ")
            if needed <= room and broken:
                broken[-1] += " " + word
            elif len(broken) == lines:
                broken[-1] += " …"
                break
            else:
                broken.append(word)
                room = float(width)
            room -= needed
        return [self.fit(line, size, width, smallest=size)[0] for line in broken]

    def mask(self, text: str, pixels: int) -> Image.Image:
        """Draw text white on black, as tall as the typeface's line."""
        font = self.font(pixels)
        ascent, descent = font.getmetrics()
        sheet = Image.new("L", (int(font.getlength(text)) + 2, ascent + descent))
        ImageDraw.Draw(sheet).text((1, 0), text, font=font, fill=255)
        return sheet

    def _can_draw(self, mark: str) -> bool:
        if mark not in self._drawable:
            if len(self._drawable) >= _CACHED_CHARACTERS:
                self._drawable.clear()
            self._drawable[mark] = self._looks_drawable(mark)
        return self._drawable[mark]

    def _looks_drawable(self, mark: str) -> bool:
        if mark.isspace() or unicodedata.category(mark)[0] == "C":
            return False
        drawn, missing = self.mask(mark, 16), self.mask(_NO_CHARACTER, 16)
        return (drawn.size, drawn.tobytes()) != (missing.size, missing.tobytes())

    def _load(self, pixels: int) -> Font:
        if self._path is not None:
            return ImageFont.truetype(str(self._path), pixels, layout_engine=ImageFont.Layout.BASIC)
        font = ImageFont.load_default(pixels)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("Pillow was built without FreeType, so no text can be drawn on tapes.")
        return font.font_variant(layout_engine=ImageFont.Layout.BASIC)  # shaping costs five times as much
