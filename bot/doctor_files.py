"""What the doctor says of the place of files, and of who builds tapes. It leaves nothing behind."""

import asyncio

from bot.findings import Finding
from bot.services import files_of
from bot.settings import Settings
from storage.errors import StorageError

_SECONDS = 30


async def look_into_files(settings: Settings) -> list[Finding]:
    """Store, read and remove a small file where files are kept."""
    place = settings.files_url or "DATA_DIR"
    try:
        files = await asyncio.to_thread(files_of, settings)
        async with asyncio.timeout(_SECONDS):
            await files.probe()
    except (StorageError, OSError) as error:  # a TimeoutError is an OSError
        return [Finding("files", f"{place} cannot be used: {error or 'no answer'}", bad=True)]
    found = Finding("files", f"{place} takes, gives and removes files.")
    return [found, *_builders(settings)]


def _builders(settings: Settings) -> list[Finding]:
    if settings.tape_threads:
        return []
    if settings.database_url.startswith(("postgresql://", "postgres://")):
        said = "TAPE_THREADS is 0: tapes wait for a `python -m bot worker` on the same database."
        return [Finding("tapes", said)]
    said = "TAPE_THREADS is 0 and the database is SQLite: no worker can help, so no tape is ever built."
    return [Finding("tapes", said, bad=True)]
