"""The sheet that charts are drawn on: size, colours, letters. Imports matplotlib: the studio's thread only.

It is opaque and dark with light ink, so that it reads alike in Discord's dark and light themes; letters are
large, because a phone shows 800 pixels as 350.
"""

import io
from functools import lru_cache
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from PIL import Image

from bot import clean

WIDTH, HEIGHT, DPI = 800, 450, 100
SHEET, GRID, INK, SOFT = "#1b1e2b", "#3a4058", "#f2f4ff", "#b4bbd6"
GOOD, BAD, MARK = "#5fd0c5", "#ff9f5a", "#ffd866"
TITLE, LABEL, SMALL = 23, 18, 16  # points: 32, 25 and 22 pixels
_MISSING = "\u25a1"


class Sheet:
    """One empty chart with its title. `box` is where the axes are: left, bottom, width, height, 0 to 1."""

    def __init__(self, title: str, box: tuple[float, float, float, float]) -> None:
        self._figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=SHEET)
        self._canvas = FigureCanvasAgg(self._figure)
        self.axes: Axes = self._figure.add_axes(box)
        self.axes.tick_params(colors=SOFT, labelsize=SMALL, length=0, pad=6)
        self.axes.set_frame_on(False)
        self.write(0.03, 0.955, title, TITLE, INK, across=True, va="top", weight="bold")

    def write(
        self, x: float, y: float, text: str, size: float, colour: str, *, across: bool = False, **how: Any
    ) -> None:
        """Write a text: at a point of the axes' data, or of the whole sheet (`across`, 0 to 1)."""
        shown = letters(text, 60)
        if across:
            self._figure.text(x, y, shown, fontsize=size, color=colour, parse_math=False, **how)
        else:
            self.axes.text(x, y, shown, fontsize=size, color=colour, parse_math=False, **how)

    def png(self) -> bytes:
        """Draw everything and encode it."""
        self._canvas.draw()
        pixels = bytes(self._canvas.buffer_rgba())
        image = Image.frombuffer("RGBA", self._canvas.get_width_height(), pixels).convert("RGB")
        file = io.BytesIO()
        image.save(file, "PNG", compress_level=1)
        return file.getvalue()


def letters(text: str, limit: int) -> str:
    """Give a text as the chart's font can show it: what it lacks becomes a box."""
    font = _font()
    return "".join(c if font.get_char_index(ord(c)) else _MISSING for c in clean.plain(text, limit))


@lru_cache(maxsize=1)
def _font() -> FT2Font:
    # Letters this large need no hinting, and drawing them takes a third less without.
    matplotlib.rcParams.update({"font.family": "DejaVu Sans", "text.hinting": "none"})
    return font_manager.get_font(font_manager.findfont("DejaVu Sans"))
