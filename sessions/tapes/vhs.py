"""The VHS look on planes: chroma shift, scan lines, a torn band and grain.

Everything is the same in every frame of a tape: fresh noise per frame would multiply the file's size.
"""

import numpy as np
from av.video.frame import VideoFrame

from sessions.tapes.models import Size
from sessions.tapes.pixels import plane

_GRAIN = 5  # luma steps at most
_SCAN_LINE = 0.86
_BLEED = 1  # chroma pixels that colours lag behind
_BAND = 14  # lines of the torn band at the bottom
_FADED = 7  # eighths of the colour that are left


class VhsLook:
    """One tape's wear, made once and put on each of its frames."""

    def __init__(self, size: Size, grain: int) -> None:
        random = np.random.default_rng(grain)
        shape = (size.height, size.width)
        noise = random.integers(-_GRAIN, _GRAIN + 1, shape, np.int8).astype(np.int16)
        noise[-_BAND:] *= 4
        lines = np.where(np.arange(size.height) % 3 == 2, _SCAN_LINE, 1.0)
        across, down = (np.linspace(-1, 1, side, dtype=np.float32) ** 4 for side in (size.width, size.height))
        corner = across[None, :] + down[:, None]
        # Luma becomes (luma * gain >> 8) + lift; 16 is black.
        gain = lines[:, None].astype(np.float32) * (1 - 0.18 * np.minimum(corner, 1))
        self._gain = (gain * 256).astype(np.uint16)
        self._lift = noise + (16 * (1 - gain)).astype(np.int16)
        self._tear = [int(step) for step in np.cumsum(random.integers(-3, 6, _BAND)) * 2]

    def wear(self, frame: VideoFrame) -> None:
        """Put the look on a frame, in place."""
        luma = plane(frame, 0)
        worn = (luma * self._gain >> 8).astype(np.int16)
        worn += self._lift
        np.clip(worn, 16, 235, out=worn)
        luma[:] = worn
        for line, step in enumerate(self._tear, start=frame.height - len(self._tear)):
            luma[line] = np.roll(luma[line], step)
        for index, bleed in ((1, _BLEED), (2, _BLEED + 1)):
            self._fade(plane(frame, index), bleed)

    def _fade(self, chroma: np.ndarray, bleed: int) -> None:
        shifted = chroma[:, :-bleed].astype(np.int16)
        shifted -= 128
        shifted *= _FADED
        shifted >>= 3
        shifted += 128
        chroma[:, bleed:] = shifted
