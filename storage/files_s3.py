"""Files in an S3 bucket, with copies of some in a folder of this machine that can be lost at any time.

Credentials, region and endpoint come from the usual AWS_* variables; an endpoint of one's own is addressed
path-style. What an earlier local data folder still holds is found and taken along.
"""

import asyncio
import os
import stat
import time
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from storage.errors import FileMissing, FilesAway, StorageError
from storage.files import Files, StoredFile, check_key, chosen, clear_folder, discard, move, write_atomically

if TYPE_CHECKING:
    from obstore.store import S3Config  # only there for type checkers

COPIES = "copies"  # the folder of copies, below the data folder

# obstore reads these and more from the process's own environment; a `.env` file is not in that.
_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
)
_CONNECT_SECONDS, _REQUEST_SECONDS = 3, 60
_RETRIES, _RETRY_SECONDS = 4, 15
_YOUNG_SECONDS = 600.0  # a copy or scratch file so young may be in use
_OLD_SECONDS = 86_400.0
_TOUCH_SECONDS = 60.0  # a copy's last use is noted no more often


class S3Files(Files):
    """A bucket, or what lies below a prefix of it. `most` bounds the copies here, in bytes."""

    remote = True

    def __init__(self, url: str, data_folder: Path, most: int, environment: Mapping[str, str | None]) -> None:
        """Take the bucket of `s3://bucket/prefix`. Nothing is asked yet. Raises StorageError."""
        super().__init__(data_folder.absolute() / COPIES)
        self._before = data_folder.absolute()
        self._most = most
        bucket, self._prefix = _place(url)
        self._bucket = _open_bucket(bucket, environment)

    async def put(self, key: str, data: bytes, *, keep: bool = False) -> None:
        """Upload bytes."""
        with _told(key, found=True):
            await obstore.put_async(self._bucket, self._name(key), data)
        if keep:
            await asyncio.to_thread(write_atomically, self.path(key), data)
        else:
            await asyncio.to_thread(discard, self.path(key))  # a copy would be of what was there before

    async def put_file(self, key: str, path: Path) -> None:
        """Upload a file, and keep it as a copy."""
        with _told(key, found=True):
            await obstore.put_async(self._bucket, self._name(key), path)
        await asyncio.to_thread(move, path, self.path(key))

    async def get(self, key: str) -> bytes:
        """Give a copy's bytes, or download them."""
        return await asyncio.to_thread(self.read, key)

    def read(self, key: str) -> bytes:
        """Give a copy's bytes, or download them. Blocks."""
        copy = self.path(key)
        try:
            data = copy.read_bytes()
        except FileNotFoundError:
            return self._download(key)
        _note_use(copy)
        return data

    async def fetch(self, key: str, size: int | None = None) -> Path:
        """Download a file, unless a copy is here."""
        return await asyncio.to_thread(self._fetch, key, size)

    async def size(self, key: str) -> int | None:
        """Ask for a file's size."""
        try:
            with _told(key):
                return (await obstore.head_async(self._bucket, self._name(key)))["size"]
        except FileMissing:
            old = await asyncio.to_thread(_size_of, self._before / check_key(key))
        return old

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove files, their copies, and what the local folder had."""
        names = {key: self._name(key) for key in keys}
        if not names:
            return
        await asyncio.to_thread(self._drop, list(names))
        with _told(next(iter(names))):
            await _gone(obstore.delete_async(self._bucket, list(names.values())))

    async def clear(self, folder: str, start: str) -> None:
        """Remove files of the bucket, their copies, and what the local folder had."""
        await self.delete([file.key for file in await self.list(folder, start)])
        for root in (self.folder, self._before):
            await asyncio.to_thread(clear_folder, root / folder, start)

    async def list(self, folder: str, start: str = "") -> list[StoredFile]:
        """List a folder of the bucket."""
        with _told(folder, found=True):
            found = await obstore.list_with_delimiter_async(self._bucket, self._name(folder))
        return chosen(found["objects"], self._prefix, start)

    async def tidy(self, now: float) -> int:
        """Let copies go that were not used for a day, and the oldest beyond the bound."""
        return await asyncio.to_thread(self._tidy, now)

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _download(self, key: str) -> bytes:
        try:
            with _told(key):
                return bytes(obstore.get(self._bucket, self._name(key)).bytes())
        except FileMissing:
            return self._take_along(key)

    def _take_along(self, key: str) -> bytes:
        """Move a file that an earlier local data folder has into the bucket. Raises FileMissing."""
        old = self._before / key
        try:
            data = old.read_bytes()
        except OSError as error:
            raise FileMissing(key) from error
        with _told(key, found=True):
            obstore.put(self._bucket, self._name(key), data)
        discard(old)
        return data

    def _fetch(self, key: str, size: int | None) -> Path:
        copy = self.path(key)
        have = _size_of(copy)
        if have is not None and size in (None, have):
            _note_use(copy)
        else:
            write_atomically(copy, self._download(key))
        return copy

    def _drop(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.path(key).unlink(missing_ok=True)
            (self._before / key).unlink(missing_ok=True)

    def _tidy(self, now: float) -> int:
        copies: list[tuple[float, int, Path]] = []
        for path in self.folder.rglob("*"):
            with suppress(FileNotFoundError):  # another thread or process has removed it meanwhile
                seen = path.stat()
                if stat.S_ISREG(seen.st_mode):
                    copies.append((seen.st_mtime, seen.st_size, path))
        held, gone = sum(size for _, size, _ in copies), 0
        for used, size, path in sorted(copies, key=lambda copy: copy[0]):
            if now - used < _YOUNG_SECONDS or (now - used < _OLD_SECONDS and held <= self._most):
                break
            discard(path)
            held, gone = held - size, gone + 1
        return gone


def _place(url: str) -> tuple[str, str]:
    """Give bucket and prefix of a URL. Raises StorageError."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or parts.netloc != parts.hostname or parts.query:
        raise StorageError(
            "FILES_URL is s3://bucket or s3://bucket/prefix; credentials are in AWS_* variables"
        )
    prefix = parts.path.strip("/")
    return parts.netloc, f"{prefix}/" if prefix else ""


def _open_bucket(bucket: str, environment: Mapping[str, str | None]) -> S3Store:
    given = {name.lower(): value for name in _VARIABLES if (value := environment.get(name))}
    endpoint = given.get("aws_endpoint_url_s3") or given.get("aws_endpoint_url") or ""
    try:
        return S3Store(
            bucket,
            config=cast("S3Config", given),
            client_options={
                "connect_timeout": timedelta(seconds=_CONNECT_SECONDS),
                "timeout": timedelta(seconds=_REQUEST_SECONDS),
                "allow_http": endpoint.startswith("http://"),
            },
            retry_config={
                "max_retries": _RETRIES,
                "retry_timeout": timedelta(seconds=_RETRY_SECONDS),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=200),
                    "max_backoff": timedelta(seconds=4),
                    "base": 2,
                },
            },
        )
    except BaseError as error:
        raise StorageError(f"FILES_URL cannot be used: {_short(error)}") from error


@contextmanager
def _told(key: str, *, found: bool = False) -> Iterator[None]:
    """Turn obstore's errors into ours; with `found` it can only be the bucket that is missing."""
    try:
        yield
    except FileNotFoundError as error:
        raise (FilesAway("FILES_URL names no bucket that exists") if found else FileMissing(key)) from error
    except BaseError as error:
        raise FilesAway(f"the S3 store does not serve {key}: {_short(error)}") from error


async def _gone(deletion: Awaitable[None]) -> None:
    try:
        await deletion
    except FileNotFoundError:
        return


def _short(error: BaseError) -> str:
    """Give an error's first line: what follows it is for those who debug obstore."""
    return str(error).partition("\n")[0][:500]


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _note_use(copy: Path) -> None:
    """Note that a copy is in use, so that `tidy` leaves it."""
    try:
        if time.time() - copy.stat().st_mtime > _TOUCH_SECONDS:
            os.utime(copy)
    except OSError:
        return  # another process has removed it meanwhile
