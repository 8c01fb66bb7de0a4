"""A bot that builds no tape, and a worker that does: the bot posts it, and says how far it is."""

from benchmarks.wire.player import ids_of
from benchmarks.wire.process import running_bot
from tests.tape_yard import worker

MIB = 1024 * 1024


def tapes_in(discord, channel):
    """Give the messages with a tape."""
    return [
        message
        for message in discord.backend.messages[channel].values()
        if any(attachment["filename"].startswith("voyage-") for attachment in message.attachments)
    ]


async def give_up(discord, ada, channel):
    """Give the voyage up and begin another, as a player does."""
    board = ada.board(channel)
    await ada.click(channel, next(i for i in ids_of(board.message) if i.startswith("board:restart:")))

    def question() -> str | None:
        for message in discord.backend.messages[channel].values():
            for custom_id in ids_of(message):
                if custom_id.startswith("board:confirm:"):
                    return custom_id
        return None

    await ada.click(channel, await discord.until(question, "the question"))


async def test_what_a_worker_builds_a_bot_posts_once(discord, postgres, tmp_path):
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    url = await postgres.create()
    data = tmp_path / "data"
    data.mkdir()
    async with running_bot(discord, data, DATABASE_URL=url, TAPE_THREADS="0") as bot:
        await ada.play(channel)
        for _ in range(3):
            await ada.choose(channel)
        await give_up(discord, ada, channel)
        assert (await ada.board_when(channel, lambda board: board.ref == (2, 1))).ref == (2, 1)
        assert tapes_in(discord, channel) == []
        async with worker(url, data) as building:
            (message,) = await discord.until(lambda: tapes_in(discord, channel), "the tape")
            assert message.attachments[0]["size"] < 10 * MIB
            assert await building.stop() == 0
        assert building.log.count("tape built session=") == 1
        assert await bot.stop() == 0
        assert len(tapes_in(discord, channel)) == 1
    assert "tape built" not in bot.log
    assert "Traceback" not in bot.log
