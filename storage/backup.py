"""A consistent copy of a SQLite file, also while the bot writes to it. It never changes the file.

SQLite's backup reads one snapshot; with the write-ahead log it holds up no writer.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.errors import StorageError

BUSY_SECONDS = 30.0


class BackupFailed(StorageError):
    """There is no backup; what was begun is removed."""


def back_up(source: Path, target: Path) -> int:
    """Copy the file, check the copy and make it durable; give its size in bytes. Blocks.

    The copy is one file, without a log beside it. Raises BackupFailed, also where the target exists already.
    """
    if not source.is_file():
        raise BackupFailed(f"there is no database at {source}")
    if target.exists():
        raise BackupFailed(f"{target} is there already; a backup replaces nothing")
    unfinished = target.with_name(target.name + ".part")
    try:
        _copy(source, unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        os.link(unfinished, target)  # unlike a rename it never replaces a file that came meanwhile
        return target.stat().st_size
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"no backup was made: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    address = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
        said = [row[0] for row in writing.execute("PRAGMA integrity_check")]
    if said != ["ok"]:
        raise BackupFailed(f"the database is damaged: {'; '.join(map(str, said[:3]))}")
