"""Two bot processes with a shard each, on one PostgreSQL."""

import asyncio

from benchmarks.wire.process import running_bot


async def test_two_processes_share_the_servers_and_one_takes_over_the_others(discord, postgres, tmp_path):
    near, far = discord.add_guild("Near", shard=0, shards=2), discord.add_guild("Far", shard=1, shards=2)
    here, there = discord.add_channel(near), discord.add_channel(far)
    ada, grace = discord.add_player(near, "ada"), discord.add_player(far, "grace")
    fleet = {"DATABASE_URL": await postgres.create(), "SHARD_COUNT": "2"}
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()

    async with (
        running_bot(discord, folders[0], **fleet, SHARD_IDS="0") as first,
        running_bot(discord, folders[1], **fleet, SHARD_IDS="1") as second,
    ):
        assert [session.shard for session in discord.gateway.live(first.token)] == [0]
        assert [session.shard for session in discord.gateway.live(second.token)] == [1]
        boards = await asyncio.gather(ada.play(here), grace.play(there))
        assert [board.ref for board in boards] == [(1, 1), (1, 1)]
        boards = await asyncio.gather(ada.choose(here), grace.choose(there))
        assert [board.ref for board in boards] == [(1, 2), (1, 2)]

        await first.kill()
        lost = ada.send_click(here, boards[0].choices[0])
        assert (await grace.choose(there)).ref == (1, 3)
        assert not lost.record.responded, "nobody else has the first server's shard"
        await second.kill()

    # The bot has shrunk: one process has both shards, and both games go on where they were.
    async with running_bot(discord, folders[0], **(fleet | {"SHARD_COUNT": "1"})):
        boards = await asyncio.gather(ada.choose(here), grace.choose(there))
        assert [board.ref for board in boards] == [(1, 3), (1, 4)]
