"""A log of one JSON document per line, in which every key stands once, whatever crashes between. Blocks.

A line is kept on disk before the caller notes that it was written. When the process dies between the two, the
caller writes it again; so the end of the file is read first, and what stands there is not written twice.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

KEY = "key"
_TAIL_BYTES = 512 * 1024
_REMEMBERED = 10_000


class LineLog:
    """Appends to one file. Every document has its own `key`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, None] | None = None

    def append(self, documents: Iterable[dict[str, object]]) -> int:
        """Write the documents that are not there yet, durably; give how many. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            if self._known is None:
                self._known = _read_tail(file)
            fresh = {str(d[KEY]): d for d in documents if str(d[KEY]) not in self._known}
            file.write(b"".join(msgspec.json.encode(document) + b"\n" for document in fresh.values()))
            file.flush()
            os.fsync(file.fileno())
        self._remember(fresh)
        return len(fresh)

    def _remember(self, keys: Iterable[str]) -> None:
        assert self._known is not None
        self._known.update(dict.fromkeys(keys))
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]


def _read_tail(file: BinaryIO) -> dict[str, None]:
    """Give the keys at the end of the file; a last line that was cut off is taken away."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _TAIL_BYTES)
    file.seek(start)
    tail = file.read()
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn:
        file.truncate(size - torn)
    lines = tail[: len(tail) - torn].split(b"\n")[1 if start else 0 :]
    return dict.fromkeys(key for line in lines if (key := _key_of(line)))


class _Keyed(msgspec.Struct):
    key: str


def _key_of(line: bytes) -> str:
    try:
        return msgspec.json.decode(line, type=_Keyed).key if line else ""
    except msgspec.MsgspecError:
        return ""  # somebody else's line: it stays, and is none of ours
