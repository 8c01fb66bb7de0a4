"""`python -m bot move` and `backup`: what an operator does with the database, said in sentences.

Part of the composition root: it opens stores by the settings. It never touches a game.
"""

import asyncio
import sys
import time
from pathlib import Path

from bot.settings import Settings
from engine_client.telemetry.logs import Redactor, password_in
from storage.backup import back_up
from storage.errors import StorageError, StoreLocked
from storage.move import Copied, move
from storage.store import store_location

_MIB = 1024 * 1024
_POSTGRES = ("postgresql://", "postgres://")


def run_move(settings: Settings, target: str) -> int:
    """Move the SQLite file into an empty PostgreSQL database; give the exit code."""
    source = _sqlite_file(settings)
    if source is None:
        return _refuse(
            "DATABASE_URL is PostgreSQL already. Between two of those, pg_dump and pg_restore move it."
        )
    if not target.startswith(_POSTGRES):
        return _refuse("--to takes the address of an empty database: postgresql://user@host/name")
    began = time.monotonic()
    try:
        copied = asyncio.run(move(source, target, _tell))
    except StoreLocked as error:
        return _refuse(
            f"Nothing was moved: {error}. Stop the bot first: a turn taken meanwhile would be lost."
        )
    except StorageError as error:
        return _refuse("Nothing was moved: " + Redactor([password_in(target)]).clean(str(error)))
    _say_moved(copied, time.monotonic() - began, source)
    return 0


def run_backup(settings: Settings, file: Path) -> int:
    """Copy the SQLite file, also while the bot runs; give the exit code."""
    source = _sqlite_file(settings)
    if source is None:
        return _refuse("DATABASE_URL is PostgreSQL: pg_dump makes its backup (docs/operations.md).")
    try:
        size = back_up(source, file)
    except StorageError as error:
        return _refuse(str(error))
    sys.stdout.write(f"{file} holds every turn accepted until now: {size / _MIB:.1f} MiB, checked.\n")
    sys.stdout.write(f"Pictures and tapes lie beside the database, in {settings.data_dir}/sessions.\n")
    return 0


def _sqlite_file(settings: Settings) -> Path | None:
    location = store_location(settings.database_url, settings.data_dir)
    if isinstance(location, Path):
        return location
    scheme, _, rest = location.partition("://")
    return Path(rest.removeprefix("/")) if scheme == "sqlite" else None


def _tell(table: str, done: int, total: int) -> None:
    end = "\n" if done == total else ""
    sys.stdout.write(f"\r{table}: {done} of {total} rows{end}")
    sys.stdout.flush()


def _say_moved(copied: list[Copied], seconds: float, source: Path) -> None:
    rows = sum(table.rows for table in copied)
    sys.stdout.write(
        f"{rows} rows in {len(copied)} tables moved in {seconds:.1f} s; counts and checksums are the same.\n"
        "Now set DATABASE_URL to that address and start. Pictures and tapes stay where they are.\n"
        f"{source} was not changed: it is your way back until the first turn is taken on the new database.\n"
    )


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1
