"""A GIF or animated WebP tape within the limit. Blocks."""

import os
from collections.abc import Iterator
from pathlib import Path

from av.video.frame import VideoFrame

from sessions.channel_settings import TapeFormat
from sessions.tapes.develop import Developer
from sessions.tapes.footage import Footage, Shot
from sessions.tapes.gif import Palette, write_gif
from sessions.tapes.models import BeatKind, Product
from sessions.tapes.order import Order, TooFewFrames, TooLarge
from sessions.tapes.timing import Timing
from sessions.tapes.webp import still_bytes, write_webp
from sessions.tapes.workshop import Workshop

_COLOUR_SAMPLES = 40  # frames that choose a GIF's colours
_SIZE_SAMPLES = 8  # frames that tell a WebP's size
_SCALES = (1.0, 0.75, 0.5, 0.35)  # tried in turn; smaller than that, an MP4 looks better
_QUALITY = 75
_HOPELESS = 3  # times the limit, if every frame were stored whole


class Animation:
    """The work on one GIF or WebP."""

    def __init__(self, order: Order, workshop: Workshop, developer: Developer, cap: int) -> None:
        self._order = order
        self._workshop = workshop
        self._developer = developer
        self._cap = cap
        self._timing = Timing(len(order.turns), order.turns[-1].n)

    def make(self, path: Path) -> Product:
        """Write the tape, smaller until it fits. Raises TooFewFrames, TooLarge, OSError, av.FFmpegError."""
        for scale in _SCALES:
            try:
                return self._write(path, scale)
            except TooLarge:
                continue
        raise TooLarge

    def _write(self, path: Path, scale: float) -> Product:
        path.unlink(missing_ok=True)  # an attempt that grew too large
        size = self._developer.size.scaled(scale)
        developer = self._developer if scale == 1.0 else self._developer.resized(size)
        footage = Footage(self._order, self._workshop, developer, flipbook=scale == 1.0)
        watch = _Watch(path, self._timing, self._cap)
        pictures = watch.count(footage.everything(self._order.turns))
        last = self._timing.final(cards=self._order.cards)
        if self._order.options.format is TapeFormat.GIF:
            palette = Palette(footage.sample(_COLOUR_SAMPLES), size)
            write_gif(path, size, palette, pictures, last)
        elif self._hopeless(list(footage.sample(_SIZE_SAMPLES))):
            raise TooLarge
        else:
            write_webp(path, size, pictures, quality=_QUALITY, last=last)
        if watch.frames < 2:
            raise TooFewFrames
        bytes_written = path.stat().st_size
        if bytes_written > self._cap:
            raise TooLarge
        return Product(
            path,
            self._order.options.format,
            watch.frames,
            len(self._order.turns) - watch.frames,
            watch.milliseconds / 1000,
            bytes_written,
            "scratch" if scale == 1.0 else "fitted",
        )

    def _hopeless(self, samples: list[VideoFrame]) -> bool:
        """Say whether a WebP, which comes out of its encoder only whole, would be far too large."""
        each = sum(still_bytes(frame, quality=_QUALITY) for frame in samples) / len(samples)
        return each * len(self._order.turns) > _HOPELESS * self._cap


class _Watch:
    """Gives each picture its time, keeps count, and stops when the file has grown too large."""

    def __init__(self, path: Path, timing: Timing, cap: int) -> None:
        self._path = path
        self._timing = timing
        self._cap = cap
        self.frames = 0
        self.milliseconds = 0

    def count(self, shots: Iterator[Shot]) -> Iterator[tuple[VideoFrame, int]]:
        for beat, frame in shots:
            self.frames += beat.kind is BeatKind.TURN
            if os.path.exists(self._path) and os.path.getsize(self._path) > self._cap:
                raise TooLarge
            milliseconds = self._timing.of(beat)
            self.milliseconds += milliseconds
            yield frame, milliseconds
