"""Animated GIF: one palette for the whole tape, and each frame only where it differs. Blocks.

FFmpeg's encoder writes the differences and does the LZW without the interpreter's lock.
"""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sessions.tapes.models import Size
from sessions.tapes.palette import coarse, nearest_table, palette_of

_TICK = Fraction(1, 100)  # GIF's unit of time
_COLOURS = 255  # one is left for "as before"
_DITHER = 10  # steps between the lowest and the highest threshold
_THRESHOLDS = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])  # Bayer's 4 × 4
_SPARSE = 3  # every third row and column chooses the colours


class Palette:
    """The colours of one GIF, and its dither, which stands still so that only what moves is stored."""

    def __init__(self, samples: Iterable[VideoFrame], size: Size) -> None:
        colours = palette_of([_rgb(frame)[::_SPARSE, ::_SPARSE] for frame in samples], _COLOURS)
        self._nearest = nearest_table(colours)
        self.table = np.zeros((256, 4), np.uint8)
        self.table[:, 0] = 255  # alpha
        self.table[: len(colours), 1:] = colours
        steps = ((_THRESHOLDS - 7.5) * _DITHER / 16).round().astype(np.int16)
        sheet = np.tile(steps, (size.height // 4 + 1, size.width // 4 + 1))
        self._dither = sheet[: size.height, : size.width, None]

    def indexes(self, frame: VideoFrame) -> np.ndarray:
        """Give each pixel's colour number."""
        rows = _rgb(frame) + self._dither
        return self._nearest.take(coarse(np.clip(rows, 0, 255, out=rows)))


def write_gif(
    path: Path, size: Size, palette: Palette, pictures: Iterable[tuple[VideoFrame, int]], last: int
) -> None:
    """Write pictures, each with its milliseconds, to a new file that plays for ever; `last` ends it."""
    options = {"loop": "0", "final_delay": str(last // 10)}
    with av.open(str(path), "w", format="gif", options=options) as out:
        stream = cast(VideoStream, out.add_stream("gif", rate=1 / _TICK))
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "pal8"
        stream.codec_context.time_base = _TICK
        moment = 0
        for picture, milliseconds in pictures:
            pair = cast(np.ndarray, (palette.indexes(picture), palette.table))  # what pal8 needs
            frame = VideoFrame.from_ndarray(pair, "pal8")
            frame.pts, frame.time_base = moment, _TICK
            moment += max(2, milliseconds // 10)  # players slow anything quicker down
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _rgb(frame: VideoFrame) -> np.ndarray:
    return frame.to_ndarray(format="rgb24")
