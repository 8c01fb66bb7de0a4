"""H.264 in MP4: encoding pictures, one packet each, and putting packets into a file. Blocks.

Every encoder of one size and budget writes the same parameter sets, so packets of several encoders can stand
in one file. One encoder serves one run of pictures, never two sessions.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sessions.tapes.models import Beat, BeatKind, Coded, Size
from sessions.tapes.pixels import LIMITED, MATRIX, PRIMARIES, TRANSFER

RATE = Fraction(40)  # pictures per second as rate control sees them: 0.97 SSIM is kept with room to spare
MILLISECOND = Fraction(1, 1000)
GROUP = 30  # pictures from one key frame to the next

_GLOBAL_HEADER = 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER
_NO_SEARCH = ":subme=0:me=dia:partitions=none"
_FULL = 0.9  # of the buffer, where x264 starts
_BUFFERED = 6  # pictures that the rate buffer holds


class Recipe:
    """How a run is encoded: size, threads, and the bytes that it may take at most (None: as it comes).

    `stills` are pictures with nothing in common, which need no search for motion, nor the memory for it.
    """

    def __init__(
        self,
        size: Size,
        *,
        threads: int = 1,
        budget: int | None = None,
        pictures: int = 0,
        stills: bool = False,
    ) -> None:
        self.size = size
        self.threads = threads
        self._fit = _buffer_options(budget, pictures) if budget is not None else ""
        self._search = _NO_SEARCH if stills else ""

    @property
    def options(self) -> dict[str, str]:
        """Give x264's options."""
        parameters = f"keyint={GROUP}:min-keyint={GROUP}" + self._search + self._fit
        return {
            "preset": "veryfast",
            "crf": "23",
            "tune": "animation",
            "bf": "0",
            "x264-params": parameters,
        }

    def prepare(self, context: VideoCodecContext) -> None:
        """Set an encoder up."""
        context.width, context.height = self.size.width, self.size.height
        context.pix_fmt = "yuv420p"
        context.framerate = RATE
        context.time_base = 1 / RATE
        context.options = self.options
        context.thread_count = self.threads
        context.colorspace, context.color_range = MATRIX, LIMITED
        context.color_primaries, context.color_trc = PRIMARIES, TRANSFER

    @cached_property
    def parameter_sets(self) -> bytes:
        """Give the sets that every file and segment of this recipe begins with."""
        return self.encoder().extradata or b""

    @cached_property
    def hold(self) -> bytes:
        """Give a packet that shows a run's first picture again, whatever it is: every block is skipped."""
        black = VideoFrame(self.size.width, self.size.height, "yuv420p")
        for part in black.planes:
            part.update(bytes([128 if part.width < self.size.width else 16]) * part.buffer_size)
        title = Beat(BeatKind.TITLE)
        return list(encode(self.encoder(), [(title, black), (title, black)]))[1].data

    def encoder(self) -> VideoCodecContext:
        """Open an encoder for one run of pictures."""
        context = cast(VideoCodecContext, av.CodecContext.create("libx264", "w"))
        self.prepare(context)
        context.flags |= _GLOBAL_HEADER
        context.open()
        return context


def encode(encoder: VideoCodecContext, pictures: Iterable[tuple[Beat, VideoFrame]]) -> Iterator[Coded]:
    """Encode a run of pictures with its own encoder to one packet each, in order."""
    waiting: list[Beat] = []

    def coded(packets: list[av.Packet]) -> Iterator[Coded]:
        for packet in packets:
            yield Coded(bytes(packet), bool(packet.is_keyframe), waiting.pop(0))

    for number, (beat, frame) in enumerate(pictures):
        frame.pts, frame.time_base = number, 1 / RATE
        waiting.append(beat)
        yield from coded(encoder.encode(frame))
    yield from coded(encoder.encode(None))


Timed = Iterator[tuple[Coded, int]]


def write_mp4(
    path: Path, recipe: Recipe, packets: Callable[[VideoCodecContext], Timed], *, comment: str
) -> None:
    """Write packets, each with its milliseconds on screen, to a new file.

    `packets` is given the file's own encoder for one run of its pictures. Raises OSError, av.FFmpegError.
    """
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        out.metadata["comment"] = comment
        stream = cast(VideoStream, out.add_stream("libx264", rate=RATE))
        recipe.prepare(stream.codec_context)
        stream.time_base = MILLISECOND
        out.start_encoding()
        moment = 0
        for coded, milliseconds in packets(stream.codec_context):
            packet = av.Packet(coded.data)
            packet.stream = stream
            packet.time_base = MILLISECOND
            packet.pts = packet.dts = moment
            packet.duration = milliseconds  # without it the last picture has no length
            packet.is_keyframe = coded.key
            out.mux(packet)
            moment += milliseconds


def read_times(path: Path) -> list[int]:
    """Read how many milliseconds each picture of a file is shown. Raises OSError, av.FFmpegError."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        scale = (stream.time_base or MILLISECOND) / MILLISECOND
        return [round((packet.duration or 0) * scale) for packet in file.demux(stream) if packet.size]


def _buffer_options(budget: int, pictures: int) -> str:
    """Bound the size in one pass by a rate buffer; trying other quality factors does not converge.

    At most the buffer's first filling plus the rate over all pictures is written.
    """
    bits = 8 * budget / (pictures + _FULL * _BUFFERED)
    rate = max(1, int(bits * RATE / 1000))
    buffer = max(1, int(bits * _BUFFERED / 1000))
    return f":vbv-maxrate={rate}:vbv-bufsize={buffer}:vbv-init={_FULL}"
