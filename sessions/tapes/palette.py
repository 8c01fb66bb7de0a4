"""The colours of a GIF: chosen once for the whole tape, and a table from any colour to the nearest of them.

Written in numpy, which lets the event loop run meanwhile; Pillow's quantizers hold the interpreter's lock for
half a second. No files.
"""

import colorsys
import heapq
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_BITS = 5  # of each channel that count
_BINS = 1 << 3 * _BITS
_DROP = 8 - _BITS
_CHUNK = 4096  # colours compared at once: four megabytes

# Hues every 30 degrees, bright, dark and pale: a lamp that no sample shows must not come out grey.
_HUES = 12
_TONES = ((1.0, 1.0), (1.0, 0.6), (0.5, 1.0))  # saturation and value
_FAR = 48.0  # from every chosen colour: then the lamp's own is added


class _Box(NamedTuple):
    """Colours that share one place in the palette; those that fit together worst come first."""

    badness: float
    number: int
    colours: np.ndarray
    weights: np.ndarray


def choose_colours(pictures: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Choose at most so many colours (rows of RGB) for pictures (height × width × 3, 8 bits).

    Weighted median cut (Heckbert 1982) over a coarse histogram. A colour's weight is the root of its area, so
    that a small bright gauge keeps its colour beside a large dark sky.
    """
    pixels = np.concatenate([picture.reshape(-1, 3) for picture in pictures])
    keys = coarse(pixels)
    areas = np.bincount(keys, minlength=_BINS)
    used = np.flatnonzero(areas)
    sums = [np.bincount(keys, pixels[:, channel], _BINS)[used] for channel in range(3)]
    colours = np.stack(sums, axis=1) / areas[used, None]
    numbers = itertools.count()
    boxes = [_box(next(numbers), colours, np.sqrt(areas[used]))]
    while len(boxes) < count and len(boxes[0].colours) > 1:
        worst = heapq.heappop(boxes)
        for part in _halves(worst):
            heapq.heappush(boxes, _box(next(numbers), worst.colours[part], worst.weights[part]))
    means = [np.average(box.colours, axis=0, weights=box.weights) for box in boxes]
    return np.round(means).astype(np.uint8)


def palette_of(pictures: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Choose at most so many colours for pictures, with every hue among them, wherever it may turn up."""
    lamps = _lamps()
    colours = choose_colours(pictures, count - len(lamps))
    distances = np.linalg.norm(lamps[:, None].astype(float) - colours[None].astype(float), axis=2)
    return np.concatenate([colours, lamps[distances.min(axis=1) > _FAR]])


def _lamps() -> np.ndarray:
    """Give pure colours around the circle as rows of RGB."""
    tones = [colorsys.hsv_to_rgb(hue / _HUES, *tone) for tone in _TONES for hue in range(_HUES)]
    return np.round(np.array(tones) * 255).astype(np.uint8)


def nearest_table(colours: np.ndarray) -> np.ndarray:
    """Give for every coarse colour the number of the nearest chosen one."""
    steps = np.arange(_BINS, dtype=np.int32)
    mask = (1 << _BITS) - 1
    channels = [(steps >> shift & mask) * (1 << _DROP) + (1 << _DROP >> 1) for shift in (2 * _BITS, _BITS, 0)]
    coarse_colours = np.stack(channels, axis=1).astype(np.float32)
    chosen = colours.astype(np.float32)
    lengths = (chosen**2).sum(axis=1)
    table = np.empty(_BINS, np.uint8)
    for start in range(0, _BINS, _CHUNK):
        part = coarse_colours[start : start + _CHUNK]
        table[start : start + _CHUNK] = (lengths - 2 * (part @ chosen.T)).argmin(axis=1)
    return table


def coarse(pixels: np.ndarray) -> np.ndarray:
    """Give the number of each pixel's coarse colour."""
    short = pixels.astype(np.uint16) >> _DROP
    return short[..., 0] << 2 * _BITS | short[..., 1] << _BITS | short[..., 2]


def _box(number: int, colours: np.ndarray, weights: np.ndarray) -> _Box:
    centre = np.average(colours, axis=0, weights=weights)
    return _Box(-float(((colours - centre) ** 2 * weights[:, None]).sum()), number, colours, weights)


def _halves(box: _Box) -> tuple[np.ndarray, np.ndarray]:
    """Cut a box at the mean of its widest channel."""
    centre = np.average(box.colours, axis=0, weights=box.weights)
    spread = ((box.colours - centre) ** 2 * box.weights[:, None]).sum(axis=0)
    channel = int(spread.argmax())
    low = box.colours[:, channel] <= centre[channel]
    return low, ~low
