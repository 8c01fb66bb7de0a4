"""Animated WebP through libwebp's own animation encoder. Blocks."""

import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sessions.tapes.models import Size

_TICK = Fraction(1, 1000)


def write_webp(
    path: Path, size: Size, pictures: Iterable[tuple[VideoFrame, int]], *, quality: int, last: int
) -> None:
    """Write pictures, each with its milliseconds, to a new file that plays for ever; `last` ends it."""
    with av.open(str(path), "w", format="webp", options={"loop": "0"}) as out:
        options = {"quality": str(quality), "compression_level": "2"}
        stream = cast(VideoStream, out.add_stream("libwebp_anim", rate=1 / _TICK, options=options))
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        stream.codec_context.time_base = _TICK
        moment = 0
        for picture, milliseconds in pictures:
            picture.pts, picture.time_base = moment, _TICK
            moment += milliseconds
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    _hold_last(path, last)


def _hold_last(path: Path, milliseconds: int) -> None:
    """Set the last frame's duration, which the encoder can only guess: 24 bits in its ANMF chunk."""
    with path.open("r+b") as file:
        file.seek(12)  # behind RIFF, size and WEBP
        frame = 0
        while header := file.read(8):
            if header[:4] == b"ANMF":
                frame = file.tell()
            size = int.from_bytes(header[4:], "little")
            file.seek(size + size % 2, os.SEEK_CUR)
        if frame:
            file.seek(frame + 12)
            file.write(milliseconds.to_bytes(3, "little"))


def still_bytes(picture: VideoFrame, *, quality: int) -> int:
    """Measure a picture as one still WebP."""
    encoder = cast(VideoCodecContext, av.CodecContext.create("libwebp", "w"))
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuv420p"
    encoder.time_base = _TICK
    encoder.options = {"quality": str(quality), "compression_level": "0"}
    picture.pts, picture.time_base = 0, _TICK
    return sum(packet.size for packet in (*encoder.encode(picture), *encoder.encode(None)))
