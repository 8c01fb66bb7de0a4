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

_LETTERS = 15  # pixels high at 640 wide
_SMALLEST = 9
_BOTTOM = 0.8  # of the height: above the gauges that engines draw along the lower edge
_MARGIN = 14  # pixels at 640 wide
_PAD = 4
_SHADE = 0.5  # how much the text's ground is darkened


def draw_overlay(frame: VideoFrame, caption: Caption, lettering: Lettering) -> None:
    """Burn REC, the turn and the region into a picture's lower right, in place."""
    letters = max(_SMALLEST, round(_LETTERS * frame.width / 640))
    region, _ = lettering.fit(caption.region.upper(), letters, frame.width // 2, smallest=letters)
    words = ["REC", f"TURN {caption.n:03d}", region]
    text = np.asarray(lettering.mask(" · ".join(word for word in words if word), letters))
    dot = round(letters * 0.7)
    height, width = text.shape[0], text.shape[1] + dot + 6
    left = (frame.width - width - round(_MARGIN * frame.width / 640)) // 2 * 2
    top = (round(frame.height * _BOTTOM) - height) // 2 * 2
    ground = np.full(_even(height + 2 * _PAD, width + 2 * _PAD), int(255 * _SHADE), np.uint8)
    stamp(frame, max(0, left - _PAD), max(0, top - _PAD), ground, BLACK)
    stamp(frame, max(0, left), max(0, top + (height - dot) // 2 // 2 * 2), _disc(dot), RED)
    stamp(frame, max(0, left + (dot + 6) // 2 * 2), max(0, top), text, WHITE)


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


def _even(height: int, width: int) -> tuple[int, int]:
    return height // 2 * 2, width // 2 * 2


def _disc(side: int) -> np.ndarray:
    across, down = np.meshgrid(np.arange(side), np.arange(side))
    middle = (side - 1) / 2
    distance = np.hypot(across - middle, down - middle)
    return (np.clip(side / 2 - distance, 0, 1) * 255).astype(np.uint8)
