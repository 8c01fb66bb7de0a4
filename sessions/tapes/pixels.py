"""Encoded pictures to pictures that an encoder takes: yuv420p, BT.601's matrix, limited range, one size.

JPEG and WebP have this matrix too, so only their range changes, and players that ignore the tags of so small
a picture take it for granted.

A decoder is made for each picture: a reused PNG decoder adds pictures up, and contexts are no thread's
property. No files.
"""

from io import BytesIO
from typing import cast

import av
import numpy as np
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from PIL import Image

from sessions.tapes.models import Size

# Code points of ITU-T H.273. Players show right colours only when all four are named.
MATRIX = 6  # BT.601
PRIMARIES = TRANSFER = 1  # BT.709, which sRGB shares
LIMITED = 1
MAX_PIXELS = 4096 * 4096  # an engine elsewhere may send anything

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_OPAQUE = ("rgb24", "gray", "yuv420p", "yuvj420p", "yuvj422p", "yuvj444p")


class BadPicture(Exception):
    """The bytes are no picture that can be shown."""


def decode(data: bytes, size: Size) -> VideoFrame:
    """Decode a PNG, WebP or JPEG picture to planes. Blocks. Raises BadPicture."""
    name = _codec_of(data)
    if name:
        frame = _decode_quickly(name, data)
        if frame is not None and (frame.width, frame.height) == (size.width, size.height):
            return to_planes(frame, size)
    return from_image(_open(data), size)


def from_image(image: Image.Image, size: Size) -> VideoFrame:
    """Make planes of a Pillow image: alpha on black, another shape letterboxed."""
    if image.mode != "RGB":
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, (0, 0, 0, 255)), layer).convert("RGB")
    if image.size != (size.width, size.height):
        image = _letterbox(image, size)
    return to_planes(VideoFrame.from_ndarray(np.asarray(image), "rgb24"), size)


def to_planes(frame: VideoFrame, size: Size) -> VideoFrame:
    """Convert and scale to tagged yuv420p planes."""
    planes = VideoReformatter().reformat(
        frame,
        width=size.width,
        height=size.height,
        format="yuv420p",
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.MPEG,
        interpolation="AREA",
        threads=1,
    )
    planes.colorspace, planes.color_range = MATRIX, LIMITED
    planes.color_primaries, planes.color_trc = PRIMARIES, TRANSFER
    planes.pict_type = 0  # the decoder's key frame must not become an order to the encoder
    return planes


def plane(frame: VideoFrame, index: int) -> np.ndarray:
    """Give one plane as a writable array of rows and columns."""
    part = frame.planes[index]
    rows = np.frombuffer(memoryview(part), np.uint8).reshape(part.height, part.line_size)
    return rows[:, : part.width]


def _codec_of(data: bytes) -> str:
    if data.startswith(_PNG):
        return "png"
    if data.startswith(_JPEG):
        return "mjpeg"
    return "webp" if data[8:12] == b"WEBP" else ""


def _decode_quickly(name: str, data: bytes) -> VideoFrame | None:
    """Decode with FFmpeg, without the interpreter's lock; None for what Pillow must look at."""
    if name == "png" and _png_pixels(data) > MAX_PIXELS:
        raise BadPicture("the picture is too large")
    packet = av.Packet(data)
    packet.is_keyframe = True
    try:
        frames = cast(VideoCodecContext, av.CodecContext.create(name, "r")).decode(packet)
    except FFmpegError as error:
        raise BadPicture(str(error)) from error
    return frames[0] if frames and frames[0].format.name in _OPAQUE else None


def _png_pixels(data: bytes) -> int:
    return int.from_bytes(data[16:20], "big") * int.from_bytes(data[20:24], "big")


def _open(data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data))
        if image.width * image.height > MAX_PIXELS:
            raise BadPicture("the picture is too large")
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture(str(error)) from error
    return image


def _letterbox(image: Image.Image, size: Size) -> Image.Image:
    factor = min(size.width / image.width, size.height / image.height)
    inner = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    sheet = Image.new("RGB", (size.width, size.height))
    sheet.paste(
        image.resize(inner, Image.Resampling.LANCZOS),
        ((size.width - inner[0]) // 2, (size.height - inner[1]) // 2),
    )
    return sheet
