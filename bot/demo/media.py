"""What an upload is, from its first bytes: content type, kind and size in pixels.

It never changes a byte of an upload, and decodes no more of a film than its first frame.
"""

import io
from dataclasses import dataclass

import av
import av.error
from PIL import Image, UnidentifiedImageError

_PICTURE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_WEBM = b"\x1aE\xdf\xa3"


@dataclass(frozen=True)
class MediaFacts:
    """Content type, kind (image, video, audio or file), width and height in pixels (0 where unknown)."""

    content_type: str
    kind: str
    width: int = 0
    height: int = 0


def media_facts(blob: bytes) -> MediaFacts:
    """Tell what an upload is; unknown bytes are a plain file."""
    if blob[4:8] == b"ftyp":
        return MediaFacts("video/mp4", "video")
    if blob.startswith(_WEBM):
        return MediaFacts("video/webm", "video")
    if blob.startswith(b"OggS"):
        return MediaFacts("audio/ogg", "audio")
    try:
        with Image.open(io.BytesIO(blob)) as picture:
            content_type = _PICTURE_TYPES.get(picture.format or "")
            if content_type is not None:
                return MediaFacts(content_type, "image", *picture.size)
    except (UnidentifiedImageError, OSError):
        # Not a picture: the page offers it as a download.
        return MediaFacts("application/octet-stream", "file")
    return MediaFacts("application/octet-stream", "file")


def first_frame(film: bytes) -> bytes | None:
    """Give a film's first frame as PNG, or None where there is none to be had. Takes tens of milliseconds."""
    try:
        with av.open(io.BytesIO(film), "r") as container:
            for frame in container.decode(video=0):
                stream = io.BytesIO()
                frame.to_image().save(stream, "PNG")
                return stream.getvalue()
    except (av.error.FFmpegError, IndexError):
        # Broken or without a picture: the page shows the player without a poster.
        return None
    return None
