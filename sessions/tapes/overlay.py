"""The recorder's overlay on a turn's picture: REC, the turn counter, the region. Drawn on the planes."""

import numpy as np
from av.video.frame import VideoFrame

from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Caption
from sessions.tapes.pixels import plane

# Luma, blue and red difference in limited range.
WHITE = (225, 128, 128)
RED = (82, 96, 236)
BLACK = (16, 128, 128)

_MARGIN = 10  # pixels at 640 wide, even
_LETTERS = 15  # pixels high at 640 wide
_SMALLEST = 9
_SHADE = 0.45  # how much the text's ground is darkened
_DOT = 10


def draw_overlay(frame: VideoFrame, caption: Caption, lettering: Lettering) -> None:
    """Burn REC, the turn and the region into a picture's top corners, in place."""
    letters = max(_SMALLEST, round(_LETTERS * frame.width / 640))
    left = _with_dot(np.asarray(lettering.mask("REC", letters)))
    region, _ = lettering.fit(caption.region.upper(), letters, frame.width // 2, smallest=letters)
    text = f"TURN {caption.n:03d}" + (f" · {region}" if region else "")
    right = np.asarray(lettering.mask(text, letters))
    _shade(frame, _MARGIN - 4, _MARGIN - 4, left.shape[1] + 8, left.shape[0] + 8)
    stamp(frame, _MARGIN, _MARGIN, left, WHITE)
    _stamp_dot(frame, left.shape[0])
    x = (frame.width - right.shape[1] - _MARGIN) // 2 * 2
    _shade(frame, x - 4, _MARGIN - 4, right.shape[1] + 8, right.shape[0] + 8)
    stamp(frame, x, _MARGIN, right, WHITE)


def stamp(frame: VideoFrame, x: int, y: int, mask: np.ndarray, colour: tuple[int, int, int]) -> None:
    """Blend a colour through a mask (0 to 255) at an even place; what lies outside is cut off."""
    height, width = min(mask.shape[0], frame.height - y), min(mask.shape[1], frame.width - x)
    if height < 2 or width < 2:
        return
    even = mask[: height // 2 * 2, : width // 2 * 2]
    _blend(plane(frame, 0)[y : y + even.shape[0], x : x + even.shape[1]], even, colour[0])
    quarters = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2).mean(axis=(1, 3)).astype(np.uint8)
    for index in (1, 2):
        rows = plane(frame, index)[y // 2 : y // 2 + quarters.shape[0], x // 2 : x // 2 + quarters.shape[1]]
        _blend(rows, quarters, colour[index])


def _blend(rows: np.ndarray, mask: np.ndarray, value: int) -> None:
    share = mask.astype(np.int32)
    ground = rows.astype(np.int32)
    rows[:] = ground + ((value - ground) * share + 127) // 255


def _shade(frame: VideoFrame, x: int, y: int, width: int, height: int) -> None:
    """Darken the ground of a text so that it can be read on any picture."""
    mask = np.full((height // 2 * 2, width // 2 * 2), int(255 * _SHADE), np.uint8)
    stamp(frame, max(0, x // 2 * 2), max(0, y // 2 * 2), mask, BLACK)


def _with_dot(mask: np.ndarray) -> np.ndarray:
    """Leave room for the recording dot before the text."""
    return np.pad(mask, ((0, 0), (_DOT + 6, 0)))


def _stamp_dot(frame: VideoFrame, line: int) -> None:
    across, down = np.meshgrid(np.arange(_DOT), np.arange(_DOT))
    middle = (_DOT - 1) / 2
    distance = np.hypot(across - middle, down - middle)
    disc = (np.clip(_DOT / 2 - distance, 0, 1) * 255).astype(np.uint8)
    stamp(frame, _MARGIN, (_MARGIN + (line - _DOT) // 2) // 2 * 2, disc, RED)
