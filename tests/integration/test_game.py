"""The game end to end: the real bot, the real engine and store, simcord's Discord."""

import io
import random
from pathlib import Path

import av
import discord
import pytest

from tests.harness import Sea, ids_of, private_text, sea

MAX_TURNS = 400


def frames_in(video: bytes) -> int:
    with av.open(io.BytesIO(video)) as container:
        return sum(1 for _frame in container.decode(video=0))


async def play_until_the_end(world: Sea) -> discord.Message:
    dice = random.Random(4)
    for _turn in range(MAX_TURNS):
        board = await world.board()
        if any(custom_id.startswith("board:new:") for custom_id in ids_of(board)):
            return board
        offered = sum(custom_id.startswith("act:") for custom_id in ids_of(board))
        await world.choose(dice.randrange(offered))
    raise AssertionError("the voyage did not end")


async def test_a_voyage_from_launch_to_tape(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        result = await world.play()
        assert result.response is not None
        assert [a.filename for a in result.response.attachments] == ["v1-t1.jpg"]
        board = await world.board()
        assert board.embeds[0].image.url

        await world.choose()
        assert "Turn 2" in (await world.board()).embeds[0].footer.text

        shown = await world.press("custom")
        assert shown.modal is not None
        confused = await world.ada.submit_modal(shown, {"words": "dance with the **moon** @everyone"})
        assert "@everyone" not in private_text(confused)
        assert "Turn 2" in (await world.board()).embeds[0].footer.text, "what is not understood costs nothing"
        shown = await world.press("custom")
        await world.ada.submit_modal(shown, {"words": "wait"})
        assert "Turn 3" in (await world.board()).embeds[0].footer.text

        ended = await play_until_the_end(world)
        turns = (await world.bot.services.play.current(str(world.channel.id))).n
        tapes = world.tapes()
        assert len(tapes) == 1
        assert f"{turns} frames" in tapes[0].embeds[0].footer.text
        assert any(custom_id.startswith("board:new:") for custom_id in ids_of(tapes[0]))
        assert len(await world.bot.services.tapes.list(str(world.channel.id))) == 1
        assert f"Turn {turns}" in ended.embeds[0].footer.text
        assert "recovered" in ended.embeds[0].description
        await world.env.advance_time(6)
        assert str(tapes[0].id) in (await world.board()).embeds[0].description, "the board points to its tape"

        await world.press("new")
        assert "Voyage 2 · Turn 1" in (await world.board()).embeds[0].footer.text


async def test_an_old_button_works_after_a_restart_of_the_bot(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await world.choose()
        shown = await world.press("custom")
        await world.restart_bot()
        await world.choose()
        assert "Turn 3" in (await world.board()).embeds[0].footer.text
        result = await world.ada.submit_modal(shown, {"words": "scan"})
        assert "already at turn 3" in private_text(result)


async def test_without_resume_mode_a_voyage_ends_at_its_next_touch(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await world.choose()
        await world.env.advance_time(5)
        await world.restart_bot(resume_mode=False)
        await world.env.advance_time(30)
        assert "Turn 2" in (await world.board()).embeds[0].footer.text, "no start touches a game"
        result = await world.choose()
        assert "does not resume" in private_text(result)
        tapes = world.tapes()
        assert len(tapes) == 1
        await world.play()
        assert "Voyage 2 · Turn 1" in (await world.board()).embeds[0].footer.text


@pytest.mark.parametrize("answer", ["confirm", "keep"])
async def test_restart_asks_first(tmp_path: Path, answer: str) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await world.choose()
        asked = await world.ada.slash(world.channel, "restart")
        assert "Give up this voyage?" in private_text(asked)
        button = next(i for i in ids_of(asked.response.message) if i.startswith(f"board:{answer}:"))
        await world.ada.click(asked.response, custom_id=button)
        wanted = "Voyage 2 · Turn 1" if answer == "confirm" else "Voyage 1 · Turn 2"
        assert wanted in (await world.board()).embeds[0].footer.text
