"""A painter that stamps every picture with its voyage's seed and turn, and the reader of such stamps.

So a test can tell from a tape's pixels whose frames it holds, and in which order.
"""

import io
from collections.abc import Iterator

import av
import numpy as np
from PIL import Image

from engine.pictures import Painter
from engine.rules.scene import Scene

CELL = 20
TOP, LEFT = 150, 40
SYNC = (1, 0, 1, 1, 0, 0, 1, 0)
SEED_BITS, TURN_BITS = 12, 8
LIGHT, DARK = 235, 20


class MarkingPainter(Painter):
    """Draws as ever, then stamps."""

    def draw(self, scene: Scene) -> Image.Image:
        """Draw a scene with its stamp: three rows of light and dark cells."""
        image = super().draw(scene)
        rows = (SYNC, bits(scene.seed, SEED_BITS), bits(scene.turn, TURN_BITS))
        for y, row in enumerate(rows):
            for x, bit in enumerate(row):
                level = LIGHT if bit else DARK
                box = (LEFT + x * CELL, TOP + y * CELL, LEFT + (x + 1) * CELL, TOP + (y + 1) * CELL)
                image.paste((level, level, level), box)
        return image


def bits(value: int, width: int) -> tuple[int, ...]:
    """Write a number as bits, highest first."""
    return tuple(value >> shift & 1 for shift in reversed(range(width)))


def stamp_of(picture: np.ndarray) -> tuple[int, int] | None:
    """Read (seed, turn) from an RGB picture of 360 × 640; None where there is no stamp."""
    rows = [read_row(picture, y, width) for y, width in enumerate((len(SYNC), SEED_BITS, TURN_BITS))]
    if any(row is None for row in rows) or tuple(rows[0] or ()) != SYNC:
        return None
    return number(rows[1] or []), number(rows[2] or [])


def read_row(picture: np.ndarray, y: int, width: int) -> list[int] | None:
    """Read one row of cells; None where a cell is neither light nor dark."""
    found = []
    for x in range(width):
        cell = picture[
            TOP + y * CELL + 5 : TOP + (y + 1) * CELL - 5, LEFT + x * CELL + 5 : LEFT + (x + 1) * CELL - 5
        ]
        level = float(cell.mean())
        if 90 < level < 165 or float(cell.std()) > 40:
            return None
        found.append(int(level >= 165))
    return found


def number(row: list[int]) -> int:
    """Read bits as a number."""
    return int("".join(map(str, row)), 2)


def stamps_in(video: bytes) -> Iterator[tuple[int, int]]:
    """Yield the stamps of a video's pictures in order, each run of equal ones once."""
    last = None
    with av.open(io.BytesIO(video)) as container:
        for frame in container.decode(video=0):
            stamp = stamp_of(frame.to_ndarray(format="rgb24"))
            if stamp is not None and stamp != last:
                yield stamp
            last = stamp or last
