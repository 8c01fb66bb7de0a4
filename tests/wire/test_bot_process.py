"""The real process, `python -m bot run`, from its login to its end."""

import io
import signal

import pytest
from PIL import Image

from benchmarks.wire.process import BotProcess, running_bot


async def test_it_logs_in_plays_and_stops(discord, tmp_path):
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with running_bot(discord, tmp_path) as bot:
        board = await ada.play(channel)
        assert board.ref == (1, 1)
        assert Image.open(io.BytesIO(ada.picture(board))).size >= (640, 360)
        after = await ada.choose(channel)
        assert after.ref == (1, 2)
        assert after.message.id == board.message.id, "a turn edits the board"
        assert await bot.stop() == 0
    assert "Traceback" not in bot.log


async def test_a_game_goes_on_after_a_stop(discord, tmp_path):
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with running_bot(discord, tmp_path) as first:
        await ada.play(channel)
        await ada.choose(channel)
        assert await first.stop(signal.SIGINT) == 0
    async with running_bot(discord, tmp_path):
        assert (await ada.choose(channel)).ref == (1, 3)


async def test_a_lost_connection_is_resumed_at_the_address_that_was_set(discord, tmp_path):
    """READY names another address, which leads nowhere."""
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with running_bot(discord, tmp_path) as bot:
        await ada.play(channel)
        (session,) = discord.gateway.live(bot.token)
        discord.gateway.ask_to_reconnect(bot.token)
        await discord.until(lambda: session.resumed, "a resumption")
        assert (await ada.choose(channel)).ref == (1, 2)


async def test_what_a_lost_connection_missed_is_played_when_it_resumes(discord, tmp_path):
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with running_bot(discord, tmp_path) as bot:
        await ada.play(channel)
        (session,) = discord.gateway.live(bot.token)
        discord.gateway.ask_to_reconnect(bot.token)
        await discord.until(lambda: session.connection is None, "a lost connection")
        assert (await ada.choose(channel)).ref == (1, 2)
        assert session.resumed == 1


async def test_a_click_delivered_three_times_is_one_turn_and_no_error(discord, tmp_path):
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with running_bot(discord, tmp_path) as bot:
        board = await ada.play(channel)
        sent = ada.send_click(channel, board.choices[0])
        sent.again()
        sent.again()
        assert (await ada.board_when(channel, lambda now: now.ref > board.ref)).ref == (1, 2)
        assert (await ada.choose(channel)).ref == (1, 3)
        assert await bot.stop() == 0
    assert "unexpected error" not in bot.log


async def test_without_a_count_it_has_the_shards_that_discord_advises(discord, tmp_path):
    discord.rest.advised_shards = 2
    guild = discord.add_guild(shard=1, shards=2)
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with running_bot(discord, tmp_path) as bot:
        shards = {(session.shard, session.count) for session in discord.gateway.live(bot.token)}
        assert shards == {(0, 2), (1, 2)}
        assert (await ada.play(channel)).ref == (1, 1)


async def test_a_refused_token_is_a_sentence(discord, tmp_path):
    bot = await BotProcess.start(discord, tmp_path, DISCORD_TOKEN="somebody-elses")
    assert await bot.ended() == 1
    assert "Discord refuses DISCORD_TOKEN" in bot.log
    assert "Traceback" not in bot.log


async def test_a_shard_that_does_not_exist_is_a_sentence(discord, tmp_path):
    bot = await BotProcess.start(discord, tmp_path, SHARD_COUNT="2", SHARD_IDS="0,2")
    assert await bot.ended() == 2
    assert "SHARD_IDS: value error, with 2 shards, ids are 0 to 1" in bot.log


@pytest.mark.parametrize(
    ("code", "said"),
    [(4010, "Discord refuses this shard"), (4011, "more shards than SHARD_COUNT"), (4012, "for good (4012)")],
)
async def test_a_refused_connection_is_a_sentence(discord, tmp_path, code, said):
    discord.gateway.refusal = code
    bot = await BotProcess.start(discord, tmp_path)
    assert await bot.ended() == 1
    assert said in bot.log
    assert "Traceback" not in bot.log


async def test_doctor_asks_at_the_address_that_was_set(discord, tmp_path):
    discord.add_guild("Old Harbour")
    bot = await BotProcess.start(discord, tmp_path, "doctor", SHARD_COUNT="4", SHARD_IDS="0-1")
    await bot.ended()
    assert "this process has 2 of 4; Discord advises 1" in bot.log
    assert "Old Harbour: complete" in bot.log
