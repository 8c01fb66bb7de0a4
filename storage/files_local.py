"""Files in the data folder of this machine, or of several that mount the same one.

Reading, listing and sizes go through obstore; writing is our own, whose halves of files are hidden, swept and
never listed.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from storage.errors import FileMissing, FilesAway
from storage.files import Files, StoredFile, check_key, chosen, clear_folder, move, write_atomically


class LocalFiles(Files):
    """The data folder itself: `path(key)` is the file, there are no copies."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder.absolute())
        self._disk: LocalStore | None = None

    async def put(self, key: str, data: bytes, *, keep: bool = False) -> None:
        """Write a file. Raises OSError."""
        await asyncio.to_thread(write_atomically, self.path(key), data)

    async def put_file(self, key: str, path: Path) -> None:
        """Take a file over by renaming it; nothing is done where it is in its place. Raises OSError."""
        target = self.path(key)
        if path != target:
            await asyncio.to_thread(move, path, target)

    async def get(self, key: str) -> bytes:
        """Read a file."""
        return await asyncio.to_thread(self.read, key)

    def read(self, key: str) -> bytes:
        """Read a file. Blocks."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(key) from error

    async def fetch(self, key: str, size: int | None = None) -> Path:
        """Say where the file is."""
        if await self.size(key) is None:
            raise FileMissing(key)
        return self.path(key)

    async def size(self, key: str) -> int | None:
        """Look at the file."""
        try:
            return (await obstore.head_async(self._open(), check_key(key)))["size"]
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise FilesAway(f"{key} cannot be looked at") from error

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove files. Raises OSError."""
        paths = [self.path(key) for key in keys]

        def unlink() -> None:
            for path in paths:
                path.unlink(missing_ok=True)

        await asyncio.to_thread(unlink)

    async def clear(self, folder: str, start: str) -> None:
        """Remove files. Raises OSError."""
        await asyncio.to_thread(clear_folder, self.path(folder), start)

    async def list(self, folder: str, start: str = "") -> list[StoredFile]:
        """List a folder's files, without the halves of some."""
        try:
            found = await obstore.list_with_delimiter_async(self._open(), check_key(folder))
        except BaseError as error:
            raise FilesAway(f"{folder} cannot be listed") from error
        return chosen(found["objects"], "", start)

    async def tidy(self, now: float) -> int:
        """Do nothing: these are the files themselves."""
        return 0

    def _open(self) -> LocalStore:
        """Open the folder, which must exist then."""
        if self._disk is None:
            self._disk = LocalStore(self.folder, mkdir=True)
        return self._disk
