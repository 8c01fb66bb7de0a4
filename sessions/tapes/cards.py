"""The title card and the end card of a tape, as rows of RGB at 640 × 360. No rules, no files."""

from functools import cached_property

import numpy as np

from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Size, Story

CARD = Size(640, 360)

_EDGE = 40
_INNER = CARD.width - 2 * _EDGE
_STARS = 90
_FIGURES = 8

_TOP = (6, 9, 20)
_BOTTOM = (24, 14, 34)
_INK = (236, 240, 248)
_DIM = (150, 160, 186)
_LOST = (255, 92, 72)
_WON = (118, 226, 160)

Colour = tuple[int, int, int]


class Cards:
    """Draws cards with one typeface."""

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering

    def title(self, story: Story) -> np.ndarray:
        """Draw ship, captain, where and what ended it."""
        rows = self._ground.copy()
        accent = _WON if story.victory else _LOST
        self._line(rows, 44, f"FLIGHT RECORDER · VOYAGE {story.voyage}", 16, _DIM)
        y = self._line(rows, 74, story.ship or "Unnamed ship", 50, _INK)
        y = self._line(rows, y + 4, f"Captain {story.captain}" if story.captain else "", 22, _DIM)
        rows[y + 14 : y + 18, _EDGE : _EDGE + 64] = accent
        y = self._line(rows, y + 30, story.title, 30, accent)
        y = self._line(rows, y + 2, story.where, 20, _INK)
        for line in self._lettering.wrap(story.sentence, 18, _INNER, 2):
            y = self._line(rows, y + 2, line, 18, _DIM)
        return rows

    def end(self, story: Story) -> np.ndarray:
        """Draw the voyage's figures."""
        rows = self._ground[::-1].copy()
        accent = _WON if story.victory else _LOST
        self._line(rows, 34, "END OF RECORDING", 26, accent)
        self._line(rows, 68, f"{story.ship} · {story.title}", 17, _DIM)
        column = _INNER // 2
        for index, (name, value) in enumerate(story.figures[:_FIGURES]):
            x, y = _EDGE + index % 2 * column, 106 + index // 2 * 58
            rows[y + 4 : y + 45, x : x + 4] = accent
            self._write(rows, x + 14, y, *self._lettering.fit(name, 16, column - 30), _DIM)
            self._write(rows, x + 14, y + 18, *self._lettering.fit(value, 26, column - 30), _INK)
        return rows

    @cached_property
    def _ground(self) -> np.ndarray:
        """Make a night sky from dark blue to dark violet with a few stars."""
        down = np.linspace(0, 1, CARD.height)[:, None, None]
        sky = (np.array(_TOP) * (1 - down) + np.array(_BOTTOM) * down).astype(np.uint8)
        rows = np.repeat(sky, CARD.width, axis=1)
        random = np.random.default_rng(1)
        across, up = random.integers(0, CARD.width, _STARS), random.integers(0, CARD.height, _STARS)
        rows[up, across] = random.integers(60, 170, (_STARS, 1))
        return rows

    def _line(self, rows: np.ndarray, y: int, text: str, pixels: int, ink: Colour) -> int:
        """Write one line at the left edge and give the y below it."""
        if not text:
            return y
        fitted, size = self._lettering.fit(text, pixels, _INNER)
        self._write(rows, _EDGE, y, fitted, size, ink)
        return y + self._lettering.height(size)

    def _write(self, rows: np.ndarray, x: int, y: int, text: str, pixels: int, ink: Colour) -> None:
        """Blend text into the rows."""
        mask = self._lettering.mask(text, pixels)
        ground = rows[y : y + mask.shape[0], x : x + mask.shape[1]]
        inked = mask[: ground.shape[0], : ground.shape[1]].nonzero()
        cover, beneath = mask[inked].astype(np.int32)[:, None], ground[inked].astype(np.int32)
        ground[inked] = beneath + (np.array(ink) - beneath) * cover // 255
