"""The bot's process is killed in the midst of a turn, and a new one started: the turn counts once."""

import sqlite3
from collections import Counter

import pytest

from benchmarks.wire.process import BotProcess, running_bot


def turns_in(folder) -> Counter[str]:
    """Count the stored turns by id; no process may have the store open."""
    with sqlite3.connect(folder / "dead_reckoning.sqlite3") as store:
        return Counter(row[0] for row in store.execute("SELECT turn_id FROM turn"))


@pytest.fixture
async def game(discord):
    guild = discord.add_guild()
    return discord.add_channel(guild), discord.add_player(guild)


async def test_killed_between_the_turn_and_its_answer(discord, game, tmp_path):
    """The turn is stored, nobody was told: the new process shows it; a second delivery changes nothing."""
    channel, ada = game
    async with running_bot(discord, tmp_path) as first:
        board = await ada.play(channel)

        async def lose_the_answer(_method: str, path: str) -> bool:
            if path.endswith("/callback"):
                await first.kill()
            return not path.endswith("/callback")

        discord.rest.gate = lose_the_answer
        sent = ada.send_click(channel, board.choices[0])
        await first.ended()
    discord.rest.gate = None
    assert turns_in(tmp_path)[str(sent.record.id)] == 1
    async with running_bot(discord, tmp_path) as second:
        # The board is behind the journal: it is brought up to date unasked.
        shown = await ada.board_when(channel, lambda now: now.ref == (1, 2))
        sent.again()
        sent.again()
        await ada.answered(sent)
        assert (await ada.choose(channel)).ref == (1, 3)
        assert shown.message.id == board.message.id
        await second.kill()
    turns = turns_in(tmp_path)
    assert turns.total() == 3
    assert turns[str(sent.record.id)] == 1


async def test_killed_while_it_may_be_anywhere_in_the_turn(discord, game, tmp_path):
    """Killed once the click is on the wire: whether or not it was taken, delivering it again is one turn."""
    channel, ada = game
    async with running_bot(discord, tmp_path) as first:
        board = await ada.play(channel)
        sent = ada.send_click(channel, board.choices[0])
        await first.kill()
    assert turns_in(tmp_path)[str(sent.record.id)] <= 1
    async with running_bot(discord, tmp_path) as second:
        sent.again()
        sent.again()
        assert (await ada.board_when(channel, lambda now: now.ref > board.ref)).ref == (1, 2)
        await ada.answered(sent)
        await second.kill()
    turns = turns_in(tmp_path)
    assert turns.total() == 2
    assert turns[str(sent.record.id)] == 1


async def test_killed_at_its_first_start_it_starts_again(discord, game, tmp_path):
    """Killed while it registers its commands, the store just made."""
    channel, ada = game

    async def lose_the_commands(_method: str, path: str) -> bool:
        if path.endswith("/commands"):
            await asked.kill()
        return not path.endswith("/commands")

    discord.rest.gate = lose_the_commands
    asked = await BotProcess.start(discord, tmp_path)
    await asked.ended()
    discord.rest.gate = None
    async with running_bot(discord, tmp_path):
        assert (await ada.play(channel)).ref == (1, 1)
