"""Two real processes with the same shard on one PostgreSQL: one works, one stands by and takes over."""

import re
import time
from datetime import datetime
from typing import Any

import pytest

from benchmarks.wire.process import BotProcess, running_bot
from sessions.holding import TTL_SECONDS
from storage.store import Store

SLOW = 5.0  # seconds by which a machine that has other work to do may be late; the bound itself is virtual
_GAINED = re.compile(r"^(\S+ \S+) .*lease gained name=shard:0/1 epoch=(\d+)", re.MULTILINE)


@pytest.fixture
async def fleet(postgres: Any) -> dict[str, str]:
    return {"DATABASE_URL": await postgres.create(), "SHARD_COUNT": "1", "TAPE_THREADS": "1"}


def gained(bot: BotProcess) -> tuple[float, int] | None:
    """Give when a bot gained the shard for the first time by its log (seconds since 1970), and the epoch."""
    found = _GAINED.search(bot.log)
    if found is None:
        return None
    return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp(), int(found[2])


async def turn_ids(fleet: dict[str, str], channel: int) -> list[str]:
    store = await Store.open(fleet["DATABASE_URL"])
    try:
        return [row.turn_id for row in await store.turns.after(str(channel), 0, 0, 100)]
    finally:
        await store.close()


@pytest.mark.parametrize("end", ["stopped", "killed"])
async def test_a_standby_takes_the_shard_over(discord, fleet, tmp_path, end):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with (
        running_bot(discord, folders[0], **fleet) as first,
        running_bot(discord, folders[1], **fleet) as second,
    ):
        await ada.slash(channel, "settings", countdown=10, auto_advance="on")
        await ada.play(channel)
        board = await ada.choose(channel)  # so that where the board stands is surely noted
        assert gained(first)
        assert gained(second) is None, "it stands by"
        ended_at = time.time()
        code = await (first.stop() if end == "stopped" else first.kill())
        assert code == (0 if end == "stopped" else -9)
        if end == "stopped":
            ended_at = time.time()
        # The countdown goes on in the other process: the ship acts alone, once.
        after = await ada.board_when(channel, lambda now: now.ref == (1, 3) and not now.message.content)
        assert after.message.id == board.message.id
        taken = gained(second)
        assert taken is not None
        assert taken[1] == 2, "the epoch tells the two apart"
        bound = 0.2 if end == "stopped" else TTL_SECONDS + 0.2
        assert taken[0] - ended_at < bound + SLOW
        assert (await ada.choose(channel)).ref == (1, 4)
        assert await second.stop() == 0
    ids = await turn_ids(fleet, channel)
    assert ids.count(f"auto-{channel}-1-2") == 1
    assert len(ids) == len(set(ids)) == 4
    for bot in (first, second):
        assert "Traceback" not in bot.log


async def test_both_get_every_click_and_each_counts_once(discord, fleet, tmp_path):
    """Discord sends events to every session of a shard; the game moves once, nobody sees an error."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    guild = discord.add_guild()
    channel, ada = discord.add_channel(guild), discord.add_player(guild)
    async with (
        running_bot(discord, folders[0], **fleet) as first,
        running_bot(discord, folders[1], **fleet) as second,
    ):
        board = await ada.play(channel)
        for n in range(2, 8):
            board = await ada.choose(channel)
            assert board.ref == (1, n)
        await ada.click(channel, f"board:custom:{channel}:1:7")
        boards = [
            message
            for message in discord.backend.messages[channel].values()
            if not message.is_ephemeral and message.components
        ]
        assert len(boards) == 1, "one board, though two processes answered"
        assert await first.stop() == 0
        assert (await ada.choose(channel)).ref == (1, 8)
        assert await second.stop() == 0
    ids = await turn_ids(fleet, channel)
    assert len(ids) == len(set(ids)) == 8
    for bot in (first, second):
        assert "Traceback" not in bot.log
        assert "unexpected error" not in bot.log
