"""A real S3 server for these tests: OpenStack Swift, from packages, in a process that a test may end."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.files import Files, open_files

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".venv/s3-server/bin/python"
BUCKET, ACCESS, SECRET = "tapes", "test:tester", "not-a-secret"


class S3Server:
    """Swift with one bucket. Its port stays the same when it is started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def environment(self) -> dict[str, str]:
        """Give the variables that lead a process to this server."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
        }

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(
            [str(PYTHON), str(HERE / "swift_program.py"), str(self._folder), str(self.port), BUCKET],
            env={**os.environ, "S3_ACCESS_KEY": ACCESS, "S3_SECRET_KEY": SECRET},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline().startswith("ready"):
            self._process.kill()
            raise RuntimeError(f"Swift does not start: {self._process.communicate()[1][-2000:]}")

    def stop(self) -> None:
        """End it at once, as a lost machine ends."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate()
            self._process = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here; without the server's packages it is skipped, except where CI forbids that."""
    missing = not PYTHON.exists() and not os.environ.get("REQUIRE_S3")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.s3)
            if missing:
                item.add_marker(pytest.mark.skip(reason="make test-s3 installs the S3 server"))


@pytest.fixture(scope="session")
def s3_process() -> Iterator[S3Server]:
    """One server for all tests; what they store lies under different prefixes."""
    folder = Path(tempfile.mkdtemp(prefix="dead-reckoning-s3-"))
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def s3(s3_process: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The server, running, and this process's environment leading to it."""
    for name, value in s3_process.environment.items():
        monkeypatch.setenv(name, value)
    yield s3_process
    if s3_process._process is None:
        s3_process.start()


@pytest.fixture
def s3_url(s3: S3Server, tmp_path: Path) -> str:
    """A place of this test's own in the bucket."""
    return f"s3://{BUCKET}/{tmp_path.name}"


@pytest.fixture
def machine(s3_url: str, tmp_path: Path) -> Callable[[str], Files]:
    """Give the files as another machine sees them, with an empty data folder of its own."""

    def make(name: str) -> Files:
        return open_files(s3_url, tmp_path / name)

    return make
