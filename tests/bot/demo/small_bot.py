"""A small bot that uses what the demo must carry, so that each promise of the demo is tested alone."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any, Self

import av
import discord
import numpy as np
from discord.ext import commands, tasks
from PIL import Image


def picture(number: int, form: str = "WEBP") -> io.BytesIO:
    """A plain picture whose red tells the number."""
    stream = io.BytesIO()
    Image.new("RGB", (640, 360), (number * 10 % 256, 30, 60)).save(stream, form)
    stream.seek(0)
    return stream


def film(frames: int = 24) -> io.BytesIO:
    """A two-second H.264 film."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as container:
        video: Any = container.add_stream("libx264", rate=12)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        for number in range(frames):
            pixels = np.full((180, 320, 3), number * 10, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(video.encode())
    stream.seek(0)
    return stream


class Words(discord.ui.Modal, title="Custom action"):
    """Asks for a text."""

    what: discord.ui.TextInput[Self] = discord.ui.TextInput(label="What do you do?")

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Say the text on the board."""
        bot: Any = interaction.client
        await interaction.response.defer()
        await interaction.edit_original_response(**bot.board(str(self.what)))


class SmallBot(commands.Bot):
    """A board with buttons, a countdown, a film and a few misdeeds."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents(guilds=True), help_command=None)
        self.turn = 1
        self.beats = 0
        self.beat_seen = asyncio.Event()
        self.clicks: list[tuple[str, str]] = []
        self.gate = asyncio.Event()
        self.said_to_log: list[str] = []
        self.was_closed = False
        self.heart = tasks.loop(seconds=0.2)(self._beat)

    async def setup_hook(self) -> None:
        """Add the commands and start the timer."""
        answers: dict[str, Callable[[discord.Interaction], Awaitable[None]]] = {
            "play": self._play,
            "slow": self._slow,
            "tape": self._tape,
            "break": self._break,
            "count": self._count,
        }
        for name, answer in answers.items():
            self.tree.add_command(
                discord.app_commands.Command(name=name, description=f"Try {name}", callback=_command(answer))
            )
        await self.tree.sync()
        self.heart.start()

    def board(self, story: str) -> dict[str, Any]:
        """The message of the newest turn."""
        view = discord.ui.View(timeout=None)
        for choice in ("left", "right"):
            view.add_item(discord.ui.Button(label=f"Go {choice}", custom_id=f"{self.turn}:{choice}"))
        view.add_item(discord.ui.Button(label="Custom action", custom_id="custom"))
        embed = discord.Embed(title=f"Turn {self.turn}", description=story)
        embed.set_image(url="attachment://frame.webp")
        return {
            "embed": embed,
            "view": view,
            "attachments": [discord.File(picture(self.turn), "frame.webp", description="The ship.")],
        }

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take a click."""
        custom_id = str((interaction.data or {}).get("custom_id", ""))
        if interaction.type is not discord.InteractionType.component:
            return
        self.clicks.append((interaction.user.name, custom_id))
        if custom_id == "custom":
            await interaction.response.send_modal(Words())
        elif custom_id.startswith(f"{self.turn}:"):
            self.turn += 1
            await interaction.response.edit_message(**self.board(f"{interaction.user.name} went {custom_id}"))
        else:
            await interaction.response.send_message("That board is old.", ephemeral=True)

    async def _beat(self) -> None:
        self.beats += 1
        self.beat_seen.set()

    async def _play(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(**self.board("Launched."))

    async def _slow(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await self.gate.wait()
        await interaction.edit_original_response(content="At last.")

    async def _tape(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        files = [discord.File(film(), "tape.mp4"), discord.File(picture(3, "GIF"), "tape.gif")]
        await interaction.edit_original_response(content="The ship is lost.", attachments=files)

    async def _break(self, interaction: discord.Interaction) -> None:
        self.loop.create_task(_fail())
        await interaction.response.send_message("Broken.", ephemeral=True)

    async def _count(self, interaction: discord.Interaction) -> None:
        due = int(discord.utils.utcnow().timestamp()) + 300
        await interaction.response.send_message(f"The ship acts alone <t:{due - 270}:R>")

    async def close(self) -> None:
        """Remember that the bot was closed in order."""
        await super().close()
        self.was_closed = True


async def _fail() -> None:
    raise RuntimeError("a task of the bot broke")


def _command(answer: Callable[[discord.Interaction], Awaitable[None]]) -> Any:
    async def callback(interaction: discord.Interaction) -> None:
        await answer(interaction)

    return callback
