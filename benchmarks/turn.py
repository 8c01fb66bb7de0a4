"""A whole turn beside a bare handler, both under the same in-process Discord in the same run.

Ours: click → rules → durable commit → new picture → callback sent. The peer: a discord.py button that edits
an embed with a canned 40 kB picture and does nothing else. Clicks arrive at a steady rate, one channel after
another, without waiting for each other. CPU is the whole process's, threads and kernel included.

Both sides run with the bot's own switch interval and collector settings. A whole round is clicked before the
measured ones: what a process paints or loads once is its `first` figure, not part of the others.
"""

import asyncio
import io
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import discord
import simcord
from discord.ext import commands
from simcord._settlement import _active_callbacks
from simcord.backend import serializers
from simcord.enums import InteractionType
from simcord.env import Env
from simcord.interactions import base_payload

from bot import collector
from bot.app import build_bot
from bot.running import THREAD_TURN_SECONDS
from bot.settings import CommandSync, LogLevel, Settings, load_settings

RATE = 100.0  # clicks a second
FULL = (1000, 1000, 3)  # channels, clicks of a round, rounds
QUICK = (200, 300, 2)
CANNED_BYTES = 40_000
PATIENCE = 30.0
PRUNE_EVERY = 10


class BareButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"bare:(?P<n>\d+)"):
    """Edits an embed with a canned picture."""

    canned = bytes(CANNED_BYTES)

    def __init__(self, n: int) -> None:
        super().__init__(discord.ui.Button(label="Go", custom_id=f"bare:{n}"))
        self.n = n

    @classmethod
    async def from_custom_id(cls, _interaction: Any, _item: Any, match: Any, /) -> "BareButton":
        """Read the id."""
        return cls(int(match["n"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answer the click."""
        name = f"t{self.n}.jpg"
        embed = discord.Embed(title="Turn", description="Something happened. " * 10).set_image(
            url=f"attachment://{name}"
        )
        view = discord.ui.View(timeout=None).add_item(BareButton(self.n + 1))
        file = discord.File(io.BytesIO(self.canned), name)
        await interaction.response.edit_message(embed=embed, view=view, attachments=[file])


class BareBot(commands.Bot):
    """The peer."""

    def __init__(self) -> None:
        super().__init__(commands.when_mentioned, intents=discord.Intents(guilds=True), help_command=None)

    async def setup_hook(self) -> None:
        """Add the one button and the one command."""
        self.add_dynamic_items(BareButton)

        @self.tree.command(name="play", description="Start.")
        async def play(interaction: discord.Interaction) -> None:
            view = discord.ui.View(timeout=None).add_item(BareButton(1))
            await interaction.response.send_message("Ready", view=view)

        await self.tree.sync()


class Clicker:
    """Clicks buttons of many channels at a steady rate and notes when each board was edited."""

    def __init__(self, env: Env, channels: int) -> None:
        self.env = env
        guild = env.create_guild("Load")
        self.actor = guild.add_member(env.create_user("ada"))
        self.channels = [guild.create_text_channel(f"c{n}") for n in range(channels)]
        self._messages: dict[int, int] = {}
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._turn = 0

    async def launch(self) -> None:
        """Say /play in every channel."""
        for channel in self.channels:
            result = await self.actor.slash(channel, "play")
            assert result.response is not None
            self._messages[channel.id] = result.response.id
        self.env.backend.subscribers.append(self._on_event)

    async def round(self, clicks: int) -> tuple[list[float], float]:
        """Send clicks at RATE; give each one's seconds to its edit, and the CPU seconds of one click."""
        loop = asyncio.get_running_loop()
        started, cpu = loop.time(), time.process_time()
        answers = []
        for number in range(clicks):
            await asyncio.sleep(max(0.0, started + number / RATE - loop.time()))
            answers.append(self._click())
            if number % PRUNE_EVERY == 0:
                # simcord drops cancelled timers only when it settles, which would wait for every answer.
                _active_callbacks(self.env._settlement_state())
        seconds = await asyncio.wait_for(asyncio.gather(*answers), PATIENCE)
        used = (time.process_time() - cpu) / clicks
        self.env.backend.transcript.clear()
        self.env.backend.http_requests.clear()
        return list(seconds), used

    def _click(self) -> Awaitable[float]:
        channel = self.channels[self._turn % len(self.channels)]
        self._turn += 1
        backend = self.env.backend
        stored = backend.get_message(channel.id, self._messages[channel.id])
        button = stored.components[0]["components"][0]
        record, payload = base_payload(
            backend,
            type=InteractionType.MESSAGE_COMPONENT,
            channel_id=channel.id,
            guild_id=self.actor.guild.id,
            user_id=self.actor.id,
            data={"custom_id": button["custom_id"], "component_type": 2},
        )
        payload["message"] = dict(serializers.message_payload(backend, stored))
        record.source_message_id = stored.id
        answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[str(stored.id)] = answered
        sent = time.perf_counter()
        backend.emit("INTERACTION_CREATE", payload)
        return self._timed(answered, sent)

    async def _timed(self, answered: asyncio.Future[float], sent: float) -> float:
        return await answered - sent

    def _on_event(self, event: str, payload: Any) -> None:
        if event == "MESSAGE_UPDATE":
            answered = self._waiting.pop(str(payload["id"]), None)
            if answered is not None and not answered.done():
                answered.set_result(time.perf_counter())


class Load(NamedTuple):
    """What one bot took, in seconds: latencies, CPU of a click by round, that of the warm-up (`first`)."""

    latencies: list[float]
    cpu: list[float]
    first: float


async def measure(bot: discord.Client, size: tuple[int, int, int]) -> Load:
    """Run one bot under load."""
    channels, clicks, rounds = size
    latencies: list[float] = []
    cpu: list[float] = []
    async with simcord.run(bot, settle_timeout=60, check_errors=True) as env:
        clicker = Clicker(env, channels)
        await clicker.launch()
        collector.keep_what_stands()
        _, first = await clicker.round(clicks)
        for _ in range(rounds):
            seconds, used = await clicker.round(clicks)
            latencies += seconds
            cpu.append(used)
        await env.settle()
        await bot.close()
    return Load(latencies, cpu, first)


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which `share` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure both and compare."""
    logging.getLogger("discord").setLevel(logging.ERROR)
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    collector.collect_seldom()
    size = QUICK if quick else FULL
    peers = asyncio.run(measure(BareBot(), size))
    with tempfile.TemporaryDirectory() as folder:
        board = asyncio.run(measure(build_bot(_settings(Path(folder))), size))
    ours, bare = statistics.median(board.cpu), statistics.median(peers.cpu)
    peer = "bare handler with a canned 40 kB picture"
    rounds = size[2]

    def row(figure: str, value: float, unit: str) -> dict[str, Any]:
        return {"figure": f"turn.{figure}", "value": value, "unit": unit, "peer": peer, "runs": rounds}

    return [
        row("cpu_vs_bare", ours / bare, "ratio"),
        row("cpu_ms", ours * 1000, "ms"),
        row("bare_cpu_ms", bare * 1000, "ms"),
        row("first_cpu_ms", board.first * 1000, "ms"),
        row("p50_ms", percentile(board.latencies, 0.5) * 1000, "ms"),
        row("p99_ms", percentile(board.latencies, 0.99) * 1000, "ms"),
        row("bare_p99_ms", percentile(peers.latencies, 0.99) * 1000, "ms"),
    ]


def _settings(folder: Path) -> Settings:
    return load_settings(
        data_dir=folder, database_url="", command_sync=CommandSync.ALWAYS, log_level=LogLevel.ERROR
    )
