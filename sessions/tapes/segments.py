"""Segment files: ten turns of a voyage as a closed H.264 clip that a tape takes in as it is.

A segment is a plain H.264 stream that any player shows. Its last unit, of a type that players skip, is a note
of what it holds, in which look, and a checksum, so a damaged or foreign segment is never used: its turns are
encoded again. Blocks; run it in the workshop.
"""

import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec
from av.video.frame import VideoFrame

from sessions.files import write_atomically
from sessions.tapes.h264 import Recipe, encode
from sessions.tapes.models import Beat, Coded, Look

TURNS = 10  # of one segment

_NOTE = b"\0\0\0\1\x1e"  # start of a unit of type 30, which H.264 leaves to applications


class SegmentNote(msgspec.Struct, frozen=True):
    """What a segment says about itself.

    `sizes` are bytes: the parameter sets', then each packet's. `keys` are the numbers of the key packets.
    """

    look: str
    grain: int
    checksum: int
    sizes: tuple[int, ...]
    keys: tuple[int, ...]
    beats: tuple[Beat, ...]


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
    return folder / f"{voyage:05d}-{first:05d}-{first + TURNS - 1:05d}.h264"


def write_segment(
    path: Path, recipe: Recipe, look: Look, pictures: Iterable[tuple[Beat, VideoFrame]]
) -> None:
    """Encode pictures and put the segment in its place in one step. Raises OSError, av.FFmpegError."""
    encoder = recipe.encoder()
    coded = list(encode(encoder, pictures))
    parts = [encoder.extradata or b"", *(part.data for part in coded)]
    stream = b"".join(parts)
    note = SegmentNote(
        look.key,
        look.grain,
        zlib.crc32(stream),
        tuple(len(part) for part in parts),
        tuple(number for number, part in enumerate(coded) if part.key),
        tuple(part.beat for part in coded),
    )
    write_atomically(path, stream + _NOTE + msgspec.json.encode(note))


def read_segment(path: Path, parameter_sets: bytes, look: Look) -> Segment | None:
    """Read a segment, or give None where it is missing, damaged, or of another look or encoder."""
    try:
        data = path.read_bytes()
        end = data.rindex(_NOTE)
        note = msgspec.json.decode(data[end + len(_NOTE) :], type=SegmentNote)
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    stream = data[:end]
    if (note.look, note.grain) != (look.key, look.grain) or not stream.startswith(parameter_sets):
        return None
    if zlib.crc32(stream) != note.checksum or note.sizes[0] != len(parameter_sets):
        return None
    return Segment(note.beats[0].n, note.beats[-1].n, _packets(stream, note))


def _packets(stream: bytes, note: SegmentNote) -> tuple[Coded, ...]:
    coded: list[Coded] = []
    at = note.sizes[0]
    for number, (size, beat) in enumerate(zip(note.sizes[1:], note.beats, strict=True)):
        coded.append(Coded(stream[at : at + size], number in note.keys, beat))
        at += size
    return tuple(coded)
