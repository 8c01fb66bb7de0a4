"""A board that takes longer than an answer may wait is as public as a quick one."""

from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import discord
import pytest

from bot import discord_io
from tests.harness import ids_of, sea


async def announce_first(interaction: discord.Interaction, work: Awaitable[Any], *, thinking: bool) -> Any:
    """Do as `discord_io.soon` does when its patience has ended."""
    await discord_io.acknowledge(interaction, thinking=thinking)
    return await work


async def test_a_board_that_comes_late_is_public_and_has_its_buttons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord_io, "soon", announce_first)
    async with sea(tmp_path) as world:
        result = await world.play()
        board = await world.board()
        assert not board.flags.ephemeral
        assert any(custom_id.startswith("act:") for custom_id in ids_of(board))
        assert result.response is not None
        assert result.response.ephemeral
        assert str(board.id) in result.response.content
        await world.choose()
        assert "Turn 2" in (await world.board()).embeds[0].footer.text
