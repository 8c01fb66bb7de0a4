"""Segment files: ten turns of a voyage as a closed H.264 clip that a tape takes in as it is.

A segment says in its own comment what it shows, in which look, and its checksum, so a damaged or foreign one
is never used: its turns are encoded again. Blocks; run it in the workshop.
"""

import contextlib
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import uuid4

import msgspec
from av.error import FFmpegError
from av.video.frame import VideoFrame

from sessions.tapes.h264 import Recipe, encode, read_mp4, write_mp4
from sessions.tapes.models import Beat, Coded, Look

TURNS = 10  # of one segment
_NOMINAL = 500  # milliseconds per picture in the segment's own file; a tape has its own times


class SegmentNote(msgspec.Struct, frozen=True):
    """What a segment says about itself."""

    look: str
    grain: int
    codec: str
    beats: tuple[Beat, ...]
    checksum: int


class Segment(msgspec.Struct, frozen=True):
    """A segment that was read: its turns are `first` to `last` without a gap."""

    first: int
    last: int
    coded: tuple[Coded, ...]


def span_of(n: int) -> tuple[int, int]:
    """Give the first and last turn of the segment that a turn belongs to."""
    first = (n - 1) // TURNS * TURNS + 1
    return first, first + TURNS - 1


def segment_path(folder: Path, voyage: int, first: int) -> Path:
    """Name a segment's file."""
    return folder / f"{voyage:05d}-{first:05d}-{first + TURNS - 1:05d}.mp4"


def write_segment(
    path: Path, recipe: Recipe, look: Look, pictures: Iterable[tuple[Beat, VideoFrame]]
) -> None:
    """Encode pictures and put the segment in its place in one step. Raises OSError, av.FFmpegError."""
    coded = list(encode(recipe, pictures))
    note = SegmentNote(look.key, look.grain, recipe.key, tuple(part.beat for part in coded), _checksum(coded))
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        write_mp4(
            half,
            recipe,
            ((part, _NOMINAL) for part in coded),
            comment=msgspec.json.encode(note).decode(),
            faststart=False,
        )
        half.replace(path)
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def read_segment(path: Path, codec: str, look: Look) -> Segment | None:
    """Read a segment, or give None where it is missing, damaged, or of another look or encoder."""
    try:
        comment, packets = read_mp4(path)
        note = msgspec.json.decode(comment, type=SegmentNote)
    except (OSError, FFmpegError, msgspec.DecodeError, IndexError):
        return None
    if (note.look, note.grain, note.codec) != (look.key, look.grain, codec):
        return None
    if len(packets) != len(note.beats):
        return None
    coded = tuple(Coded(data, key, beat) for (data, key), beat in zip(packets, note.beats, strict=True))
    if _checksum(coded) != note.checksum:
        return None
    return Segment(note.beats[0].n, note.beats[-1].n, coded)


def _checksum(coded: Sequence[Coded]) -> int:
    total = 0
    for part in coded:
        total = zlib.crc32(part.data, total)
    return total
