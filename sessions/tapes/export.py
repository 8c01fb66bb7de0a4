"""A voyage's frames as a zip file with their story, small enough to be sent. Blocks."""

import contextlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import imageio.v3 as imageio
import numpy as np
from PIL import Image

from engine_client.models import Turn
from sessions.tapes.errors import NothingToExport
from sessions.tapes.h264 import read_times
from sessions.tapes.models import SAFE_SHARE, Tape
from sessions.tapes.timing import BETWEEN

_CARDS_BEFORE, _CARDS_AFTER = 2, 1  # pictures of a tape that are no turn's
# Quality and scale, tried in turn when the pictures as they are would be too many bytes.
_SMALLER = ((80, 1.0), (60, 1.0), (50, 0.5), (40, 0.25))

Read = Callable[[Turn], bytes | None]
_SUFFIXES = {b"\x89PNG": "png", b"RIFF": "webp", b"\xff\xd8": "jpg"}


def write_zip(path: Path, turns: Sequence[Turn], read: Read, limit: int) -> int:
    """Write the zip in one step and give its number of frames.

    Raises NothingToExport, OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        for quality, scale in ((0, 1.0), *_SMALLER):
            frames = _write(half, turns, read, quality, scale)
            if frames == 0:
                raise NothingToExport("No frame of that voyage is left to export.")
            if half.stat().st_size <= limit * SAFE_SHARE:
                half.replace(path)
                return frames
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
    raise NothingToExport("The frames of that voyage are too many for one upload here.")


def export_frames(path: Path, turns: Sequence[Turn], read: Read, tape: Tape | None, limit: int) -> int:
    """Write the zip from the voyage's pictures; where they are lost, from its tape.

    Raises NothingToExport, OSError.
    """
    from_tape: dict[int, bytes] | None = None

    def read_or_rewind(turn: Turn) -> bytes | None:
        nonlocal from_tape
        data = read(turn)
        if data is None and tape is not None:
            if from_tape is None:
                from_tape = frames_of_tape(tape.path, turns)
            data = from_tape.get(turn.n)
        return data

    return write_zip(path, turns, read_or_rewind, limit)


def remove_others(folder: Path, pattern: str, keep: Path) -> None:
    """Remove what an earlier call left for somebody to send."""
    for path in folder.glob(pattern):
        if path != keep:
            path.unlink(missing_ok=True)


def frames_of_tape(path: Path, turns: Sequence[Turn]) -> dict[int, bytes]:
    """Read a tape's pictures back as PNG, by turn; nothing when it does not hold every turn."""
    if path.suffix != ".mp4":
        return {}
    times = read_times(path)
    shown = [
        number
        for number, milliseconds in enumerate(times)
        if _CARDS_BEFORE <= number < len(times) - _CARDS_AFTER and milliseconds != BETWEEN
    ]
    if len(shown) != len(turns):
        return {}
    wanted = {number: turn.n for number, turn in zip(shown, turns, strict=True)}
    pictures = imageio.imiter(path, plugin="pyav")
    return {wanted[number]: _png(rows) for number, rows in enumerate(pictures) if number in wanted}


def _write(path: Path, turns: Sequence[Turn], read: Read, quality: int, scale: float) -> int:
    frames = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        for turn in turns:
            data = read(turn)
            if data is None:
                continue
            if quality:
                data = _smaller(data, quality, scale)
            bundle.writestr(_entry(f"turn-{turn.n:04d}.{_suffix(data)}", turn.at), data)
            frames += 1
        bundle.writestr(_entry("story.txt", turns[-1].at), "\n".join(_story(turns)))
    return frames


def _story(turns: Sequence[Turn]) -> Iterator[str]:
    first = turns[0]
    yield f"{first.ship}, Captain {first.captain}, voyage {first.voyage}"
    for turn in turns:
        yield f"\nTurn {turn.n}: {turn.title} ({turn.place.node}, {turn.place.region})"
        if turn.action:
            yield f"> {turn.action}"
        yield turn.story
        yield from turn.messages
        if turn.end is not None:
            yield f"\n{turn.end.title}\n{turn.end.sentence}"


def _entry(name: str, at: float) -> zipfile.ZipInfo:
    """Name a file in the zip; the same voyage gives the same bytes."""
    moment = datetime.fromtimestamp(max(at, 315_619_200.0), UTC)  # zip begins in 1980
    return zipfile.ZipInfo(name, moment.timetuple()[:6])


def _suffix(data: bytes) -> str:
    return next((suffix for start, suffix in _SUFFIXES.items() if data.startswith(start)), "bin")


def _smaller(data: bytes, quality: int, scale: float) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
        out = io.BytesIO()
        image.convert("RGB").resize(size).save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()


def _png(rows: np.ndarray) -> bytes:
    return imageio.imwrite("<bytes>", rows, extension=".png", plugin="pillow")
