"""`python -m engine_client.server` in a process of its own, for tests."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
LISTENS = re.compile(rb"the engine listens on 127\.0\.0\.1 port (\d+)")


class Process:
    """A running server, its log and its URL."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log = b""
        self.url = ""

    async def listens(self) -> None:
        """Read the log until it names the port."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log += line
            if found := LISTENS.search(line):
                self.url = f"http://127.0.0.1:{int(found[1])}"
                return
        raise AssertionError(self.log.decode())

    async def stop(self, name: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; give the exit code."""
        self.process.send_signal(name)
        _out, rest = await self.process.communicate()
        self.log += rest
        return await self.process.wait()


async def spawn(folder: Path, *arguments: str, **environment: str) -> Process:
    """Start a server whose data lies in a folder, with no setting of this machine."""
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine_client.server", *arguments),
        cwd=folder,
        env=clean | {"DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)} | environment,
        stderr=asyncio.subprocess.PIPE,
    )
    return Process(process)


@asynccontextmanager
async def running(folder: Path, *arguments: str, **environment: str) -> AsyncIterator[Process]:
    """Run a server until the block ends."""
    server = await spawn(folder, "--port", "0", *arguments, **environment)
    try:
        await server.listens()
        yield server
    finally:
        if server.process.returncode is None:
            await server.stop(signal.SIGKILL)
