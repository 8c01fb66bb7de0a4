"""A disk that forgets: a SQLite VFS, in ctypes, that knows which writes an fsync has made safe.

It stands before the system's own VFS as the default of this process and passes everything on. `image` gives
what a power failure at this moment may leave: all that was synced, and of the rest any part, torn at sector
borders. A deleted file counts as safely gone at once: SQLite syncs the folder where that matters. It needs a
Python whose sqlite3 module uses the shared library.
"""

import ctypes
import random
import sqlite3
import threading
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path

SECTOR = 512

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_Close = CFUNCTYPE(c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)

Op = tuple[int, bytes | None]  # offset and data; without data: truncate to offset


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, version 3."""

    _fields_ = (
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        ("xOpen", _Open),
        ("xDelete", _Delete),
        ("others", c_void_p * 14),
    )


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, version 3."""

    _fields_ = (
        ("iVersion", c_int),
        ("xClose", _Close),
        ("xRead", c_void_p),
        ("xWrite", _Write),
        ("xTruncate", _Truncate),
        ("xSync", _Sync),
        ("others", c_void_p * 13),
    )


def library() -> ctypes.CDLL | None:
    """Give the SQLite library that the sqlite3 module uses, or None when it cannot be reached."""
    try:
        found = ctypes.CDLL("libsqlite3.so.0")
        found.sqlite3_libversion.restype = c_char_p
        version: bytes = found.sqlite3_libversion()
    except (OSError, AttributeError):
        return None
    return found if version.decode() == sqlite3.sqlite_version else None


class ForgetfulDisk:
    """Watches the writes of every database that this process opens after it was made."""

    def __init__(self) -> None:
        """Become the process's default VFS. Raises RuntimeError when SQLite cannot be reached."""
        sqlite = library()
        if sqlite is None:
            raise RuntimeError("this Python's sqlite3 module does not use the shared library")
        sqlite.sqlite3_vfs_find.restype = POINTER(_Vfs)
        sqlite.sqlite3_vfs_find.argtypes = (c_char_p,)
        self._system = sqlite.sqlite3_vfs_find(None)
        self._lock = threading.Lock()
        self._safe: dict[str, bytearray] = {}
        self._unsafe: dict[str, list[Op]] = {}
        self._names: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, _Methods]] = {}
        self._vfs = _Vfs.from_buffer_copy(self._system.contents)
        self._vfs.zName = b"forgetful"
        self._vfs.xOpen = _Open(self._open)
        self._vfs.xDelete = _Delete(self._delete)
        if sqlite.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) != 0:
            raise RuntimeError("SQLite does not take another VFS")

    def image(self, folder: Path, dice: random.Random) -> None:
        """Write what a power failure now may leave into a folder."""
        with self._lock:
            files = {name: (bytes(data), list(self._unsafe[name])) for name, data in self._safe.items()}
        folder.mkdir(parents=True)
        for name, (safe, unsafe) in files.items():
            data = bytearray(safe)
            for op in unsafe:
                _apply_some(data, op, dice)
            (folder / Path(name).name).write_bytes(data)

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        # The name is passed on as the pointer that it is: SQLite keeps it, and more lies behind its end.
        result = self._system.contents.xOpen(ctypes.cast(self._system, c_void_p), name, file, flags, out)
        if result == 0 and name:
            path = ctypes.string_at(name).decode()
            with self._lock:
                self._names[file] = path
                self._safe.setdefault(path, bytearray())
                self._unsafe.setdefault(path, [])
            pointer = ctypes.cast(file, POINTER(c_void_p))
            pointer[0] = ctypes.addressof(self._watched(pointer[0]))
        return result

    def _delete(self, _vfs: int, name: int, sync_folder: int) -> int:
        result = self._system.contents.xDelete(ctypes.cast(self._system, c_void_p), name, sync_folder)
        if result == 0:
            with self._lock:
                path = ctypes.string_at(name).decode()
                self._safe.pop(path, None)
                self._unsafe.pop(path, None)
        return result

    def _watched(self, original: int) -> _Methods:
        """Give the methods at an address with ours in the place of four of them."""
        if original not in self._methods:
            theirs = _Methods.from_address(original)
            ours = _Methods.from_buffer_copy(theirs)
            ours.xClose = _Close(lambda file: self._close(theirs, file))
            ours.xWrite = _Write(lambda file, data, size, at: self._write(theirs, file, data, size, at))
            ours.xTruncate = _Truncate(lambda file, size: self._truncate(theirs, file, size))
            ours.xSync = _Sync(lambda file, flags: self._sync(theirs, file, flags))
            self._methods[original] = (theirs, ours)
        return self._methods[original][1]

    def _write(self, theirs: _Methods, file: int, data: int, size: int, at: int) -> int:
        with self._lock:
            self._unsafe[self._names[file]].append((at, ctypes.string_at(data, size)))
        return theirs.xWrite(file, data, size, at)

    def _truncate(self, theirs: _Methods, file: int, size: int) -> int:
        with self._lock:
            self._unsafe[self._names[file]].append((size, None))
        return theirs.xTruncate(file, size)

    def _sync(self, theirs: _Methods, file: int, flags: int) -> int:
        result = theirs.xSync(file, flags)
        if result == 0:
            with self._lock:
                name = self._names[file]
                for op in self._unsafe[name]:
                    _apply(self._safe[name], op)
                self._unsafe[name].clear()
        return result

    def _close(self, theirs: _Methods, file: int) -> int:
        with self._lock:
            self._names.pop(file, None)
        return theirs.xClose(file)


def _apply(data: bytearray, op: Op) -> None:
    at, written = op
    if written is None:
        del data[at:]
        return
    if len(data) < at:
        data.extend(bytes(at - len(data)))
    data[at : at + len(written)] = written


def _apply_some(data: bytearray, op: Op, dice: random.Random) -> None:
    """Apply an operation whole, not at all, or some sectors of it."""
    at, written = op
    luck = dice.random()
    if luck < 0.4 or written is None:
        if luck < 0.4:
            _apply(data, op)
        return
    if luck < 0.6:
        for start in range(0, len(written), SECTOR):
            if dice.random() < 0.5:
                _apply(data, (at + start, written[start : start + SECTOR]))
