"""The recorder's overlay on a turn's picture: REC, the turn counter, the region. Drawn on the planes.

A piece of text is kept as what it does to the planes beneath, a gain and a lift for each pixel; a turn's line
is put together from kept pieces, because most of it is the same in every turn.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from av.video.frame import VideoFrame

from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Caption
from sessions.tapes.pixels import plane

# Luma, blue and red difference in limited range.
_WHITE = (225, 128, 128)
_RED = (105, 96, 222)
_BLACK = (16, 128, 128)

_LETTERS = 20  # pixels high at 640 wide: 12 on a telephone
_SMALLEST = 9
_BOTTOM = 0.8  # of the height: above the gauges that engines draw along the lower edge
_MARGIN = 14  # pixels at 640 wide
_PAD = 4
_SHADE = 0.5  # how much the text's ground is darkened
_KEPT = 64  # pieces of text
_ONE = 256  # a gain of one


class _Piece(NamedTuple):
    """For luma, blue and red difference: gain (of 256) and lift. Sizes are even."""

    gains: tuple[np.ndarray, np.ndarray, np.ndarray]
    lifts: tuple[np.ndarray, np.ndarray, np.ndarray]


class Overlay:
    """Draws overlays with one typeface."""

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self._text = lru_cache(_KEPT)(self._make_text)
        self._dot = lru_cache(_KEPT)(_make_dot)

    def draw(self, frame: VideoFrame, caption: Caption) -> None:
        """Burn REC, the turn and the region into a picture's lower right, in place."""
        letters = max(_SMALLEST, round(_LETTERS * frame.width / 640))
        region, _ = self._lettering.fit(caption.region.upper(), letters, frame.width // 2, smallest=letters)
        digits = [self._text(digit, letters) for digit in f"{caption.n:03d}"]
        pieces = [self._text("REC · TURN ", letters), *digits]
        pieces.append(self._text(f" · {region} " if region else " ", letters))
        height = pieces[0].gains[0].shape[0]
        pieces.insert(0, self._dot(height, letters))
        width = sum(piece.gains[0].shape[1] for piece in pieces)
        left = max(0, (frame.width - width - round(_MARGIN * frame.width / 640)) // 2 * 2)
        top = max(0, (round(frame.height * _BOTTOM) - height) // 2 * 2)
        for index in range(3):
            gain = np.concatenate([piece.gains[index] for piece in pieces], axis=1)
            lift = np.concatenate([piece.lifts[index] for piece in pieces], axis=1)
            part = 1 if index == 0 else 2
            _apply(plane(frame, index)[top // part :, left // part :], gain, lift)

    def _make_text(self, text: str, letters: int) -> _Piece:
        mask = self._lettering.mask(text, letters) / 255
        height, width = mask.shape
        ground = np.zeros(((height + 2 * _PAD + 1) // 2 * 2, (width + 1) // 2 * 2))
        ground[_PAD : _PAD + height, :width] = mask
        return _layered(ground, _WHITE)


def _make_dot(height: int, letters: int) -> _Piece:
    """Make the recording dot with room around it."""
    side = letters * 0.7
    across, down = np.meshgrid(np.arange((letters + 2 * _PAD) // 2 * 2), np.arange(height))
    distance = np.hypot(across - (across.shape[1] - 1) / 2, down - (height - 1) / 2)
    return _layered(np.clip(side / 2 - distance + 0.5, 0, 1), _RED)


def _layered(mask: np.ndarray, colour: tuple[int, int, int]) -> _Piece:
    """Put a colour through a mask (0 to 1) on darkened ground."""
    quarter = mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2).mean(axis=(1, 3))
    gains, lifts = [], []
    for share, black, ink in zip((mask, quarter, quarter), _BLACK, colour, strict=True):
        gains.append(((1 - share) * (1 - _SHADE) * _ONE).astype(np.uint16))
        lifts.append(((1 - share) * _SHADE * black + share * ink).astype(np.uint16))
    return _Piece((gains[0], gains[1], gains[2]), (lifts[0], lifts[1], lifts[2]))


def _apply(rows: np.ndarray, gain: np.ndarray, lift: np.ndarray) -> None:
    """Change the planes beneath; what lies outside is cut off."""
    beneath = rows[: gain.shape[0], : gain.shape[1]]
    height, width = beneath.shape
    changed = beneath * gain[:height, :width]
    changed >>= 8
    changed += lift[:height, :width]
    beneath[:] = changed
