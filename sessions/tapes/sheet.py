"""A picture drawn straight on its planes: text through masks and bars, in colours given as RGB.

A third of the work of drawing in RGB and converting, and nothing here holds the interpreter's lock for long.
"""

import numpy as np
from av.video.frame import VideoFrame

from sessions.tapes.pixels import plane

Colour = tuple[int, int, int]

# Rows: luma, blue and red difference of ITU-R BT.601 in limited range, from RGB of 0 to 255.
_MATRIX = np.array([[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]]) / 255
_ZERO = (16, 128, 128)


class Sheet:
    """A frame under the pen."""

    def __init__(self, ground: VideoFrame) -> None:
        """Take a frame, which is drawn on in place."""
        self.frame = ground
        self._planes = tuple(plane(ground, index) for index in range(3))

    def bar(self, x: int, y: int, width: int, height: int, ink: Colour) -> None:
        """Fill a rectangle; the chroma of its edges falls on even pixels."""
        for rows, value, part in zip(self._planes, in_planes(ink), (1, 2, 2), strict=True):
            rows[y // part : -(-(y + height) // part), x // part : -(-(x + width) // part)] = value

    def stamp(self, x: int, y: int, mask: np.ndarray, ink: Colour) -> None:
        """Blend a colour through a mask (rows of 0 to 255); what lies outside the frame is cut off."""
        cover = _even(mask, x % 2, y % 2)
        quarter = _halved(cover)
        luma, *differences = in_planes(ink)
        _blend(self._planes[0][y - y % 2 :, x - x % 2 :], cover, luma)
        for rows, value in zip(self._planes[1:], differences, strict=True):
            _blend(rows[y // 2 :, x // 2 :], quarter, value)


def in_planes(ink: Colour) -> tuple[int, int, int]:
    """Give a colour's luma, blue and red difference."""
    luma, blue, red = (_MATRIX @ np.array(ink) + _ZERO).round().astype(int).tolist()
    return luma, blue, red


def _even(mask: np.ndarray, left: int, top: int) -> np.ndarray:
    """Put a mask on a sheet of even sides, so that every chroma pixel has its four."""
    height, width = mask.shape
    sheet = np.zeros(((top + height + 1) // 2 * 2, (left + width + 1) // 2 * 2), np.uint16)
    sheet[top : top + height, left : left + width] = mask
    return sheet


def _halved(cover: np.ndarray) -> np.ndarray:
    return (cover[::2, ::2] + cover[::2, 1::2] + cover[1::2, ::2] + cover[1::2, 1::2]) >> 2


def _blend(rows: np.ndarray, cover: np.ndarray, value: int) -> None:
    """Mix in 16 bits: 255 times 255 is the most that comes."""
    beneath = rows[: cover.shape[0], : cover.shape[1]]
    share = cover[: beneath.shape[0], : beneath.shape[1]]
    mixed = beneath * (255 - share)
    mixed += share * np.uint16(value)
    mixed += 127
    beneath[:] = mixed // 255
