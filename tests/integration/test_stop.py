"""A stop as players see it: one sentence while the doors close, and words on boards whose countdown waits."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from discord import app_commands

from bot import discord_io, text
from engine_client.models import Abandon, SessionId
from tests.harness import Sea, ids_of, private_text, sea

Act = Callable[[Sea], Awaitable[Any]]


async def turn_of(world: Sea) -> tuple[int, int]:
    turn = await world.bot.services.play.current(SessionId(str(world.channel.id)))
    return turn.voyage, turn.n


async def choose_settings(world: Sea, **options: object) -> None:
    await world.officer.slash(world.channel, "settings", **options)


async def clock_field(world: Sea) -> str:
    embed = (await world.board()).embeds[0]
    return next((str(field.value) for field in embed.fields if field.name == "Clock"), "")


ACTS: dict[str, Act] = {
    "play": lambda world: world.play(),
    "click": lambda world: world.choose(),
    "custom": lambda world: world.press("custom"),
    "restart button": lambda world: world.press("restart"),
    "restart command": lambda world: world.ada.slash(world.channel, "restart"),
}


@pytest.mark.parametrize("act", ACTS)
async def test_nothing_new_begins_while_the_doors_are_closed(tmp_path: Path, act: str) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        world.bot.services.play.close_doors()
        assert private_text(await ACTS[act](world)) == text.STOPPING
        assert await turn_of(world) == (1, 1)


async def test_what_was_asked_before_is_refused_too(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        typed = await world.press("custom")
        await world.press("restart")
        world.bot.services.play.close_doors()
        said = await world.ada.submit_modal(typed, {"words": "scan the derelict"})
        assert private_text(said) == text.STOPPING
        confirmed = await world.click_id(await world.board(), f"board:confirm:{world.channel.id}:1:1")
        assert private_text(confirmed) == text.STOPPING
        assert await turn_of(world) == (1, 1)


async def test_a_vote_is_refused_and_not_counted(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=60, mode="vote")
        await world.play()
        world.bot.services.play.close_doors()
        assert private_text(await world.choose()) == text.STOPPING
        turn = await world.bot.services.play.current(SessionId(str(world.channel.id)))
        assert (await world.bot.services.votes.tally(turn.session_id, turn.ref)).total == 0


async def test_a_countdown_that_ends_while_the_doors_are_closed_takes_no_turn(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=10, auto_advance="on")
        await world.play()
        world.bot.services.play.close_doors()
        await world.env.advance_time(30)
        assert await turn_of(world) == (1, 1)


async def test_a_board_that_counts_down_says_that_it_waits_and_the_next_start_takes_it_back(
    tmp_path: Path,
) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=600, auto_advance="on")
        await world.play()
        quiet = world.guild.create_text_channel("quiet")
        await world.play(quiet)
        before = await world.board()
        await world.stop_bot()
        assert world.bot.cut == []
        paused = await world.board()
        assert paused.id == before.id
        assert paused.content == text.PAUSED
        assert ids_of(paused) == ids_of(before), "its buttons stay"
        assert paused.attachments, "and its picture"
        assert (await world.board(quiet)).content == "", "where nothing counts down nothing is said"
        await world.restart_bot()
        await world.env.advance_time(12)
        after = await world.board()
        assert after.content == ""
        assert "<t:" in await clock_field(world)
        assert await turn_of(world) == (1, 1)


async def test_a_click_on_a_paused_board_takes_the_words_away(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=600, auto_advance="on")
        await world.play()
        await world.stop_bot()
        assert (await world.board()).content == text.PAUSED
        await world.restart_bot()
        await world.choose()
        board = await world.board()
        assert (board.content, await turn_of(world)) == ("", (1, 2))


async def test_what_counts_down_newest_is_told_first_and_a_cut_leaves_nothing_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.keeper.PAUSES_AT_ONCE", 1)
    async with sea(tmp_path) as world:
        channels = [world.channel, *(world.guild.create_text_channel(f"c{n}") for n in range(2))]
        for channel in channels:
            await world.officer.slash(channel, "settings", countdown=600, auto_advance="on")
            await world.play(channel)
        await world.choose(channel=channels[0])
        counting = world.bot.services.countdowns.counting()
        order = [channels[0].id, channels[2].id, channels[1].id]
        assert [int(deadline.session_id) for deadline in counting] == order
        before = len(world.env.http_requests)
        await world.stop_bot()
        calls = world.env.http_requests[before:]
        assert [int(call.path.split("/")[-3]) for call in calls if call.method == "PATCH"] == order


async def test_an_ended_voyage_and_a_resting_ship_are_not_told(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=60, auto_advance="on")
        await world.play()
        session_id = SessionId(str(world.channel.id))
        turn = await world.bot.services.play.current(session_id)
        await world.bot.services.engine.act(
            session_id, Abandon("idle"), turn_id="end", expected=turn.ref, actor=""
        )
        await world.bot.services.countdowns.watch(await world.bot.services.play.current(session_id))
        await world.stop_bot()
        assert (await world.board()).content == ""


async def test_a_command_after_its_cog_is_gone_is_refused_with_the_same_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def tell(_interaction: object, sentence: str) -> None:
        told.append(sentence)

    monkeypatch.setattr(discord_io, "tell", tell)
    async with sea(tmp_path) as world:
        await world.bot.close()
        gone = app_commands.CommandNotFound("flipbook", [])
        await world.bot._on_command_error(cast(Any, None), gone)
    assert told == [text.STOPPING]
