"""The title card and the end card of a tape, drawn at 640 × 360. No rules, no files.

Most tapes are watched on telephones, 390 pixels wide: the smallest letters here are 12 pixels high there.
"""

from functools import cached_property, lru_cache

import numpy as np
from av.video.frame import VideoFrame

from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Size, Story
from sessions.tapes.pixels import plane, to_planes
from sessions.tapes.sheet import Colour, Sheet

CARD = Size(640, 360)

_EDGE = 40
_INNER = CARD.width - 2 * _EDGE
_STARS = 90
_COLUMN = _INNER // 2
_FIGURES = 8
_FORMS = 4  # kept
_SMALLEST = 20  # pixels

_TOP = (6, 9, 20)
_BOTTOM = (24, 14, 34)
_INK = (236, 240, 248)
_DIM = (150, 160, 186)
_LOST = (255, 92, 72)
_WON = (118, 226, 160)


class Cards:
    """Draws cards with one typeface."""

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self._form = lru_cache(_FORMS)(self._make_form)

    def title(self, story: Story) -> VideoFrame:
        """Draw ship, captain, where and what ended it."""
        sheet = Sheet(_copy(self._dawn))
        accent = _accent(story)
        self._line(sheet, 38, f"FLIGHT RECORDER · VOYAGE {story.voyage}", 20, _DIM)
        y = self._line(sheet, 64, story.ship or "Unnamed ship", 54, _INK)
        y = self._line(sheet, y, f"Captain {story.captain}" if story.captain else "", 26, _DIM)
        sheet.bar(_EDGE, y + 10, 64, 4, accent)
        y = self._line(sheet, y + 20, story.title, 34, accent)
        y = self._line(sheet, y, story.where, 25, _INK)
        for line in self._lettering.wrap(story.sentence, 22, _INNER, 3):
            y = self._line(sheet, y + 1, line, 22, _DIM)
        return sheet.frame

    def end(self, story: Story) -> VideoFrame:
        """Draw the voyage's figures."""
        figures = story.figures[:_FIGURES]
        sheet = Sheet(_copy(self._form(tuple(name for name, _ in figures), _accent(story))))
        self._line(sheet, 52, f"{story.ship} · {story.title}", 21, _DIM)
        for index, (_, value) in enumerate(figures):
            x, y = _place(index)
            self._cell(sheet, x + 14, y + 21, value, 30, _INK)
        return sheet.frame

    def _make_form(self, names: tuple[str, ...], accent: Colour) -> VideoFrame:
        """Draw the end card without its figures, the same for every voyage of an engine."""
        sheet = Sheet(_copy(self._dusk))
        self._line(sheet, 16, "END OF RECORDING", 28, accent)
        for index, name in enumerate(names):
            x, y = _place(index)
            sheet.bar(x, y + 4, 4, 48, accent)
            self._cell(sheet, x + 14, y, name, 20, _DIM)
        return sheet.frame

    @cached_property
    def _dawn(self) -> VideoFrame:
        return to_planes(VideoFrame.from_ndarray(_sky(), "rgb24"), CARD)

    @cached_property
    def _dusk(self) -> VideoFrame:
        return to_planes(VideoFrame.from_ndarray(np.ascontiguousarray(_sky()[::-1]), "rgb24"), CARD)

    def _line(self, sheet: Sheet, y: int, text: str, pixels: int, ink: Colour) -> int:
        """Write one line at the left edge and give the y below it."""
        if not text:
            return y
        fitted, size = self._lettering.fit(text, pixels, _INNER, smallest=_SMALLEST)
        sheet.stamp(_EDGE, y, self._lettering.mask(fitted, size), ink)
        return y + self._lettering.height(size)

    def _cell(self, sheet: Sheet, x: int, y: int, text: str, pixels: int, ink: Colour) -> None:
        """Write what fits into one cell of the end card."""
        fitted, size = self._lettering.fit(text, pixels, _COLUMN - 30, smallest=_SMALLEST)
        sheet.stamp(x, y, self._lettering.mask(fitted, size), ink)


def _accent(story: Story) -> Colour:
    return _WON if story.victory else _LOST


def _place(index: int) -> tuple[int, int]:
    """Give the upper left corner of a figure's cell."""
    return _EDGE + index % 2 * _COLUMN, 90 + index // 2 * 64


def _sky() -> np.ndarray:
    """Make a night sky from dark blue to dark violet with a few stars."""
    down = np.linspace(0, 1, CARD.height)[:, None, None]
    sky = (np.array(_TOP) * (1 - down) + np.array(_BOTTOM) * down).astype(np.uint8)
    rows = np.repeat(sky, CARD.width, axis=1)
    random = np.random.default_rng(1)
    across, up = random.integers(0, CARD.width, _STARS), random.integers(0, CARD.height, _STARS)
    rows[up, across] = random.integers(60, 170, (_STARS, 1))
    return rows


def _copy(ground: VideoFrame) -> VideoFrame:
    """Give a frame of its own with the same planes and tags."""
    made = VideoFrame(ground.width, ground.height, "yuv420p")
    for index in range(3):
        plane(made, index)[:] = plane(ground, index)
    made.colorspace, made.color_range = ground.colorspace, ground.color_range
    made.color_primaries, made.color_trc = ground.color_primaries, ground.color_trc
    return made
