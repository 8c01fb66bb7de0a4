"""Files by key, on this machine's disk or in an S3 bucket. It knows keys and bytes, not what is in them.

A key is the place below the data folder: `sessions/<id>/images/…`. Whoever works on files in threads gets
paths: `path` says where a file is, or would be, on this machine, and `fetch` brings it there.
"""

import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

if TYPE_CHECKING:
    from obstore import ObjectMeta  # only there for type checkers

from storage.errors import FileMissing, FilesAway, StorageError

PROBE = "probe"
MOST_COPIES = 512 * 1024 * 1024

_KEY = re.compile(r"sessions/[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}){1,4}")
_PROBE_KEY = re.compile(PROBE + r"/[0-9a-f]{32}")


class BadKey(StorageError, ValueError):
    """The key names no place below a session's folder."""


class StoredFile(msgspec.Struct, frozen=True):
    """A file as it is stored. `modified` is UTC seconds since 1970."""

    key: str
    size: int
    modified: float

    @property
    def name(self) -> str:
        """Give the last part of the key."""
        return self.key.rpartition("/")[2]


class Files(ABC):
    """Where the pictures, segments, tapes and readable saves of every session are.

    `remote` says whether what is stored lies elsewhere, so that files here are only scratch and copies.
    Every call may raise BadKey; FilesAway where the place cannot be reached or refuses, which is an OSError.
    """

    remote: bool = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Say where a file is on this machine, or would be after `fetch`."""
        return self.folder / check_key(key)

    @abstractmethod
    async def put(self, key: str, data: bytes, *, keep: bool = False) -> None:
        """Store bytes, whole or not at all; with `keep` a copy stays here, for it is wanted again soon."""

    @abstractmethod
    async def put_file(self, key: str, path: Path) -> None:
        """Store a finished file of this machine, which then belongs to us and is at `path(key)`."""

    @abstractmethod
    async def get(self, key: str) -> bytes:
        """Give a file's bytes. Raises FileMissing."""

    @abstractmethod
    def read(self, key: str) -> bytes:
        """Do the same in a thread that may block."""

    @abstractmethod
    async def fetch(self, key: str, size: int | None = None) -> Path:
        """Bring a file to `path(key)`; one of another size that is there is replaced. Raises FileMissing."""

    @abstractmethod
    async def size(self, key: str) -> int | None:
        """Give a file's size in bytes, or None where there is none."""

    @abstractmethod
    async def delete(self, keys: Iterable[str]) -> None:
        """Remove files; those that are not there are no error."""

    @abstractmethod
    async def clear(self, folder: str, start: str) -> None:
        """Remove a folder's files whose names begin with `start`, and halves of them."""

    @abstractmethod
    async def list(self, folder: str, start: str = "") -> list[StoredFile]:
        """List the files in a folder whose names begin with `start`, by name."""

    @abstractmethod
    async def tidy(self, now: float) -> int:
        """Let copies go that nobody has wanted for long, or that are too many; give how many went.

        `now` is by the clock of the file system, in UTC seconds.
        """

    async def probe(self) -> None:
        """Store, read and remove a small file, for `doctor`. Raises FilesAway, OSError."""
        key, data = f"{PROBE}/{uuid4().hex}", uuid4().bytes
        await self.put(key, data)
        try:
            if await self.get(key) != data:
                raise FilesAway("what was written is not what is read")
        except FileMissing as error:
            raise FilesAway("what was written cannot be found again") from error
        finally:
            await self.delete([key])


def open_files(
    url: str,
    data_folder: Path,
    most_copies: int = MOST_COPIES,
    environment: Mapping[str, str | None] = os.environ,
) -> Files:
    """Give the files of FILES_URL: "" for the data folder, `s3://bucket/prefix` for a bucket.

    `most_copies` bounds what is copied to this machine, in bytes; `environment` has the AWS_* variables.
    Nothing is asked yet. Raises StorageError.
    """
    if url:
        from storage.files_s3 import S3Files

        return S3Files(url, data_folder, most_copies, environment)
    from storage.files_local import LocalFiles

    return LocalFiles(data_folder)


def check_key(key: str) -> str:
    """Give a key back that is one. Raises BadKey."""
    if _KEY.fullmatch(key) is None and _PROBE_KEY.fullmatch(key) is None:
        raise BadKey(f"no place of a session: {key[:200]!r}")
    return key


def chosen(listed: "Iterable[ObjectMeta]", prefix: str, start: str) -> list[StoredFile]:
    """Turn a listing below `prefix` into files whose names begin with `start`; halves of files are none."""
    files = [
        StoredFile(one["path"].removeprefix(prefix), one["size"], one["last_modified"].timestamp())
        for one in listed
    ]
    return sorted(
        (file for file in files if file.name.startswith(start) and not file.name.startswith(".")),
        key=lambda file: file.key,
    )


def clear_folder(folder: Path, start: str) -> None:
    """Remove files whose names begin with `start`, and halves of them. Blocks. Raises OSError."""
    for pattern in (f"{start}*", f".{start}*.part"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def write_atomically(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a whole file or nothing; `durable` also survives a power loss. Blocks. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with half.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        half.replace(path)
    except BaseException:
        discard(half)
        raise


def move(source: Path, target: Path) -> None:
    """Put a file in its place in one step, also from another disk. Blocks. Raises OSError."""
    if source == target:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{uuid4().hex}.part")
    try:
        shutil.move(source, half)
        half.replace(target)
    except BaseException:
        discard(half)
        raise


def discard(path: Path) -> None:
    """Remove a file that may be gone; one that cannot be removed is left to `tidy`. Blocks."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
