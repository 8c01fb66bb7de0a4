"""What goes wrong in Discord: each trouble is one clear private sentence, and nothing is lost."""

from pathlib import Path

import discord
import pytest

from bot import text
from engine_client.models import Choose
from tests.harness import Sea, ids_of, private_text, sea


def footer(message: discord.Message) -> str:
    return message.embeds[0].footer.text or ""


async def act_id(world: Sea, index: int = 0) -> str:
    return [i for i in ids_of(await world.board()) if i.startswith("act:")][index]


async def test_a_second_click_changes_nothing(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        board, clicked = await world.board(), await act_id(world)
        await world.click_id(board, clicked)
        late = await world.click_id(board, clicked, world.grace)
        assert "already at turn 2" in private_text(late)
        assert "Turn 2" in footer(await world.board())


async def test_a_redelivered_click_is_one_turn(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        session_id = str(world.channel.id)
        turn = await world.bot.services.play.current(session_id)
        for _delivery in range(2):
            await world.bot.services.play.take_turn(
                session_id,
                Choose(turn.choices[0].id),
                turn_id="the same interaction",
                expected=turn.ref,
                actor="Ada",
            )
        assert (await world.bot.services.play.current(session_id)).n == 2


@pytest.mark.parametrize(
    "forged", ["act:{other}:1:1:go", "board:restart:{other}:1:1", "board:confirm:{other}:1:1"]
)
async def test_a_forged_button_of_another_channel_does_nothing(tmp_path: Path, forged: str) -> None:
    async with sea(tmp_path) as world:
        other = world.guild.create_text_channel("lounge")
        await world.play()
        await world.play(other)
        before = await world.bot.services.engine.state(str(other.id))
        result = await world.click_id(await world.board(), forged.format(other=other.id))
        assert private_text(result) == text.FOREIGN_BUTTON
        assert await world.bot.services.engine.state(str(other.id)) == before


async def test_an_unknown_choice_is_refused(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        result = await world.click_id(await world.board(), f"act:{world.channel.id}:1:1:no_such_choice")
        assert private_text(result) == text.UNKNOWN_CHOICE
        assert "Turn 1" in footer(await world.board())


async def test_a_deleted_board_comes_back_with_play(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.ada.slash(world.channel, "play")
        await world.choose()
        await world.officer.delete(await world.board())
        await world.bot.services.boards.behind(str(world.channel.id))
        await world.env.advance_time(10)
        row = await world.bot.services.boards.of(str(world.channel.id))
        assert row is not None
        assert row.message_id == 0, "the loss was noticed and is not tried again"
        await world.play()
        assert "Voyage 1 · Turn 2" in footer(await world.board())


async def test_play_again_moves_the_board_and_leaves_only_one(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await world.choose()
        await world.play(actor=world.grace)
        boards = [m for m in world.channel.history() if any(i.startswith("act:") for i in ids_of(m))]
        assert len(boards) == 1
        assert "Turn 2" in footer(boards[0])


async def test_missing_permissions_are_named_and_the_next_play_recovers(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        closed = world.guild.create_text_channel(
            "quiet",
            overwrites={world.guild.default_role: discord.PermissionOverwrite(attach_files=False)},
        )
        result = await world.ada.slash(closed, "play")
        assert "Attach Files" in private_text(result)
        assert await world.bot.services.engine.state(str(closed.id)) is None


async def test_a_cut_callback_loses_no_turn_and_the_board_follows(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        world.env.inject_error("POST", "/interactions/*", status=503, times=1)
        await world.choose()
        assert "Turn 1" in footer(await world.board())
        assert (await world.bot.services.play.current(str(world.channel.id))).n == 2
        await world.env.advance_time(10)
        assert "Turn 2" in footer(await world.board())


async def test_an_expired_interaction_loses_no_turn(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        world.env.inject_error("POST", "/interactions/*", status=404, code=10062, times=1)
        await world.choose()
        await world.env.advance_time(10)
        assert "Turn 2" in footer(await world.board())


async def test_a_channel_that_closes_is_left_alone_until_play(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.officer.slash(world.channel, "settings", countdown=60, auto_advance="on")
        await world.play()
        world.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001, times=None)
        await world.env.advance_time(61)
        assert (await world.bot.services.play.current(str(world.channel.id))).n == 2
        edits = sum(request.method == "PATCH" for request in world.env.http_requests)
        await world.env.advance_time(30)
        again = sum(request.method == "PATCH" for request in world.env.http_requests)
        assert again == edits, "no hammering of a closed channel"
        world.env.backend.faults.clear()
        await world.play()
        assert "Turn 2" in footer(await world.board())


async def test_an_unexpected_error_gives_a_reference_not_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with sea(tmp_path) as world:
        await world.play()

        async def broken(*_args: object, **_named: object) -> None:
            raise RuntimeError("secret detail")

        monkeypatch.setattr(world.bot.services.engine, "chart", broken)
        said = private_text(await world.press("map"))
        assert "secret detail" not in said
        assert "Your game is safe" in said
        reference = said.split("`")[1]
        assert any(reference in record.getMessage() for record in caplog.records)
