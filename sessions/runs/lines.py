"""A log of one JSON document per line, in which every key stands once, whatever crashes between. Blocks.

A line is kept on disk before the caller notes that it was written. When the process dies between the two, the
caller writes it again; so the end of the file is read first, and what stands there is not written twice.
Several processes may share a folder: the end is read again where another one has written.
"""

import contextlib
import os
import sys
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
        self._known: dict[str, None] = {}
        self._end = -1  # of the file, as this process left it

    def append(self, documents: Iterable[dict[str, object]]) -> int:
        """Write the documents that are not there yet, durably; give how many. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            _wait_for_others(file)
            if file.seek(0, os.SEEK_END) != self._end:
                self._remember(_read_tail(file))
            fresh = {str(d[KEY]): d for d in documents if str(d[KEY]) not in self._known}
            file.write(b"".join(msgspec.json.encode(document) + b"\n" for document in fresh.values()))
            file.flush()
            os.fsync(file.fileno())
            self._end = file.seek(0, os.SEEK_END)
        self._remember(fresh)
        return len(fresh)

    def _remember(self, keys: Iterable[str]) -> None:
        self._known.update(dict.fromkeys(keys))
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]


if sys.platform == "win32":

    def _wait_for_others(_file: BinaryIO) -> None:
        """A folder belongs to one process here."""

else:
    import fcntl

    def _wait_for_others(file: BinaryIO) -> None:
        """Lock the file until it is closed: a line that another process is writing looks cut off."""
        with contextlib.suppress(OSError):  # a network folder may have no locks
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)


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
