"""Animated GIF: one palette for the whole tape, and each frame only where it differs. Blocks.

FFmpeg's encoder writes the differences and does the LZW without the interpreter's lock.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from sessions.tapes.models import Size

_TICK = Fraction(1, 100)  # GIF's unit of time
_COLOURS = 255  # one is left for "as before"


class Palette:
    """The colours of one GIF."""

    def __init__(self, samples: Sequence[VideoFrame]) -> None:
        rows = [_rgb(frame)[::2, ::2] for frame in samples]
        self._sheet = Image.fromarray(np.concatenate(rows)).quantize(_COLOURS, Image.Quantize.MEDIANCUT)
        colours = np.array(self._sheet.getpalette(), np.uint8).reshape(-1, 3)
        self.table = np.zeros((256, 4), np.uint8)
        self.table[:, 0] = 255  # alpha
        self.table[: len(colours), 1:] = colours

    def indexes(self, frame: VideoFrame) -> np.ndarray:
        """Give each pixel's colour number."""
        image = Image.fromarray(_rgb(frame))
        return np.asarray(image.quantize(palette=self._sheet, dither=Image.Dither.NONE))


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
