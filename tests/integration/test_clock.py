"""Countdowns and votes in Discord: at zero the ship acts once, also after a restart of the bot."""

from pathlib import Path

import pytest

from bot import text
from engine_client.models import TurnRef
from sessions.countdown import UNATTENDED_TURNS
from tests.harness import Sea, ids_of, private_text, sea


async def turn_of(world: Sea) -> int:
    return (await world.bot.services.play.current(str(world.channel.id))).n


async def choose_settings(world: Sea, **options: object) -> None:
    await world.officer.slash(world.channel, "settings", **options)


async def field(world: Sea, name: str) -> str:
    embed = (await world.board()).embeds[0]
    return next((str(f.value) for f in embed.fields if f.name == name), "")


async def test_a_countdown_expires_exactly_once(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=60, auto_advance="on")
        await world.play()
        assert "<t:" in await field(world, "Clock")
        await world.env.advance_time(50)  # on a slow machine simcord's time runs a few seconds ahead
        assert await turn_of(world) == 1
        await world.env.advance_time(11)
        assert await turn_of(world) == 2
        assert "Turn 2" in (await world.board()).embeds[0].footer.text
        await world.env.advance_time(40)
        assert await turn_of(world) == 2


async def test_a_countdown_survives_a_restart_of_the_bot(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=60, auto_advance="on")
        await world.play()
        await world.env.advance_time(30)
        await world.restart_bot()
        await world.env.advance_time(20)
        assert await turn_of(world) == 1
        await world.env.advance_time(12)
        assert await turn_of(world) == 2
        journal = await world.bot.services.engine.turns(str(world.channel.id), after=TurnRef(0, 0))
        assert [turn.turn_id for turn in journal][1:] == [f"auto-{world.channel.id}-1-1"]


async def test_a_click_before_zero_starts_the_clock_anew(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=60, auto_advance="on")
        await world.play()
        await world.env.advance_time(40)
        await world.choose()
        await world.env.advance_time(40)
        assert await turn_of(world) == 2


async def test_a_ship_that_nobody_answers_for_rests(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=10, auto_advance="on")
        await world.play()
        for _turn in range(UNATTENDED_TURNS + 3):
            await world.env.advance_time(12)
        current = await world.bot.services.play.current(str(world.channel.id))
        if current.end is None:
            assert current.n == 1 + UNATTENDED_TURNS
            assert await field(world, "Clock") == text.RESTING


async def test_votes_are_counted_and_the_most_voted_choice_is_taken(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=30, mode="vote")
        await world.play()
        first = await world.bot.services.play.current(str(world.channel.id))
        assert await field(world, "Clock") == text.VOTE_OPEN
        last = len(first.choices) - 1
        said = private_text(await world.choose(0, actor=world.ada))
        assert first.choices[0].label in said
        await world.choose(last, actor=world.grace)
        assert "3 votes" in private_text(await world.choose(last, actor=world.officer))
        assert await turn_of(world) == 1
        await world.env.advance_time(6)
        assert "🗳️ 2" in await field(world, "What now?")
        await world.env.advance_time(30)
        second = await world.bot.services.play.current(str(world.channel.id))
        assert second.n == 2
        assert "The crew (2 of 3 votes)" in second.actor


async def test_custom_actions_are_off_where_a_channel_votes(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await choose_settings(world, countdown=30, mode="vote")
        await world.play()
        shown = await world.press("custom")
        assert shown.modal is None, "nobody types what would then be refused"
        assert private_text(shown) == text.VOTING_ONLY


@pytest.mark.parametrize("options", [{"countdown": 5}, {"auto_advance": "on"}, {"mode": "vote"}])
async def test_settings_that_make_no_sense_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    async with sea(tmp_path) as world:
        result = await world.officer.slash(world.channel, "settings", **options)
        assert private_text(result)
        assert (await world.bot.services.channels.of(str(world.channel.id))).countdown == 0


async def test_threads_and_direct_messages_are_sessions_of_their_own(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        direct = world.env.create_user("dora", global_name="Dora")
        await direct.slash("play")
        (board,) = direct.dm_channel.history()
        assert any(custom_id.startswith(f"act:{direct.dm_channel.id}:1:1:") for custom_id in ids_of(board))
        assert await turn_of(world) == 1
