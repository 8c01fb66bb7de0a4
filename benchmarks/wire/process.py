"""The real bot, `python -m bot run`, in a process of its own, logged in to a loopback Discord."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from benchmarks.wire.world import PATIENCE, TOKEN, LoopbackDiscord
from bot.settings import Settings
from bot.shards import Shards

ROOT = Path(__file__).parents[2]
LOG_TAIL = 4_000


class BotProcess:
    """A bot's process. Use `running_bot`, or `BotProcess.start` and `stop` where it dies in between."""

    def __init__(
        self,
        discord: LoopbackDiscord,
        process: asyncio.subprocess.Process,
        settings: Mapping[str, str],
        log: Path,
    ) -> None:
        self._discord = discord
        self._settings = settings
        self.process = process
        self.token = settings["DISCORD_TOKEN"]
        self.log_file = log
        self._ending = False
        discord.tails.append(self.tail)
        self._watch = asyncio.create_task(self._wait())

    @classmethod
    async def start(
        cls, discord: LoopbackDiscord, folder: Path, *arguments: str, **environment: str
    ) -> BotProcess:
        """Start a bot whose data lies in a folder, with no setting of this machine but `environment`.

        `arguments` replace `run`. Processes on one folder have logs of their own: bot-0.log, bot-1.log, …
        """
        log = next(log for n in itertools.count() if not (log := folder / f"bot-{n}.log").exists())
        token = f"{TOKEN}.{folder.name}.{log.stem}"
        clean = {
            name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields
        }
        own = {"DISCORD_TOKEN": token, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
        own |= discord.environment() | environment
        with log.open("wb") as stream:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", *(arguments or ("run",))),
                cwd=folder,
                env=clean | own,
                stdout=stream,
                stderr=stream,
            )
        return cls(discord, process, own, log)

    @property
    def log(self) -> str:
        """Give what it has written so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def tail(self) -> str:
        """Give the end of its log under its name."""
        return f"--- {self.token}\n{self.log[-LOG_TAIL:]}"

    async def ready(self, seconds: float = PATIENCE) -> None:
        """Wait until all its shards have their connection. Raises TimeoutError."""
        count = int(self._settings.get("SHARD_COUNT", self._discord.rest.advised_shards))
        held = Shards.parse(count, self._settings.get("SHARD_IDS", ""))

        def look() -> bool:
            return len(self._discord.gateway.live(self.token)) >= len(held.ids)

        await self._discord.until(look, "a login", seconds)

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Wait until it ends, which is expected from now on; give its exit code."""
        self._ending = True
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._watch)

    async def kill(self) -> int:
        """End it with SIGKILL."""
        return await self.stop(signal.SIGKILL)

    async def stop(self, name: int = signal.SIGTERM, seconds: float = PATIENCE) -> int:
        """Send a signal and wait; give the exit code. Nothing happens to one that has ended."""
        self.signal(name)
        return await self.ended(seconds)

    def signal(self, name: int) -> None:
        """Send a signal that is meant to end it, and do not wait."""
        self._ending = True
        with suppress(ProcessLookupError):
            self.process.send_signal(name)

    async def _wait(self) -> int:
        code = await self.process.wait()
        if not self._ending:
            self._discord.process_ended(f"a bot ended by itself ({code}): {self.tail()}")
        self._discord.changed()
        return code


@asynccontextmanager
async def running_bot(
    discord: LoopbackDiscord, folder: Path, *arguments: str, **environment: str
) -> AsyncIterator[BotProcess]:
    """Run a bot that is logged in; it is killed at the end if it still runs."""
    bot = await BotProcess.start(discord, folder, *arguments, **environment)
    try:
        await bot.ready()
        yield bot
    finally:
        await bot.kill()
