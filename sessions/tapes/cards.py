"""The title card and the end card of a tape, drawn with Pillow at 640 × 360. No rules, no files."""

import time

import numpy as np
from PIL import Image, ImageDraw

from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Size, Story

CARD = Size(640, 360)
_EDGE = 40
_INNER = CARD.width - 2 * _EDGE

_TOP = (6, 9, 20)
_BOTTOM = (24, 14, 34)
_INK = (236, 240, 248)
_DIM = (150, 160, 186)
_LOST = (255, 92, 72)
_WON = (118, 226, 160)


def title_card(story: Story, lettering: Lettering, grain: int) -> Image.Image:
    """Draw ship, captain, where and what ended it."""
    card, pen = _ground(grain)
    accent = _WON if story.victory else _LOST
    _line(pen, lettering, 44, f"FLIGHT RECORDER · VOYAGE {story.voyage}", 16, _DIM)
    y = _line(pen, lettering, 74, story.ship or "Unnamed ship", 50, _INK)
    y = _line(pen, lettering, y + 4, f"Captain {story.captain}" if story.captain else "", 22, _DIM)
    pen.rectangle((_EDGE, y + 14, _EDGE + 64, y + 17), fill=accent)
    y = _line(pen, lettering, y + 30, story.title, 30, accent)
    y = _line(pen, lettering, y + 2, story.where, 20, _INK)
    for line in lettering.wrap(story.sentence, lettering.font(18), _INNER, 2):
        y = _line(pen, lettering, y + 2, line, 18, _DIM)
    return card


def end_card(story: Story, lettering: Lettering, grain: int) -> Image.Image:
    """Draw the voyage's figures."""
    card, pen = _ground(grain + 1)
    accent = _WON if story.victory else _LOST
    _line(pen, lettering, 34, "END OF RECORDING", 26, accent)
    _line(pen, lettering, 68, f"{story.ship} · {story.title}", 17, _DIM)
    column = _INNER // 2
    for index, (name, value) in enumerate(story.figures[:8]):
        x, y = _EDGE + index % 2 * column, 106 + index // 2 * 58
        pen.rectangle((x, y + 4, x + 3, y + 44), fill=accent)
        label, small = lettering.fit(name, 16, column - 30)
        figure, large = lettering.fit(value, 26, column - 30)
        pen.text((x + 14, y), label, font=small, fill=_DIM)
        pen.text((x + 14, y + 18), figure, font=large, fill=_INK)
        time.sleep(0)
    return card


def _ground(grain: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Make a night sky from dark blue to dark violet with a few stars."""
    down = np.linspace(0, 1, CARD.height)[:, None, None]
    sky = (np.array(_TOP) * (1 - down) + np.array(_BOTTOM) * down).astype(np.uint8)
    card = Image.fromarray(sky).resize((CARD.width, CARD.height), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(card)
    stars = np.random.default_rng(grain).integers((0, 0, 60), (CARD.width, CARD.height, 170), (90, 3))
    for x, y, light in stars.tolist():
        pen.point((x, y), fill=(light, light, light))
    return card, pen


def _line(
    pen: ImageDraw.ImageDraw, lettering: Lettering, y: int, text: str, pixels: int, ink: tuple[int, int, int]
) -> int:
    """Write one line at the left edge and give the y below it."""
    if not text:
        return y
    fitted, font = lettering.fit(text, pixels, _INNER)
    pen.text((_EDGE, y), fitted, font=font, fill=ink)
    time.sleep(0)  # drawing text holds the interpreter's lock; the event loop may want it
    return y + sum(font.getmetrics())
