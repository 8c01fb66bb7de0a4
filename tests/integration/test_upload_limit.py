"""A board's row has what its server takes as a file, so that a worker without Discord knows it."""

from tests.harness import sea


async def test_a_placed_board_notes_its_server_s_limit_and_an_edit_keeps_it(tmp_path):
    async with sea(tmp_path) as s:
        await s.play()
        session_id = str(s.channel.id)
        limit = s.bot.get_guild(s.guild.id).filesize_limit
        assert limit > 0
        stored = s.bot.services.store.boards
        assert (await stored.get(session_id)).upload_limit == limit
        await s.choose()
        row = await stored.get(session_id)
        assert (row.n, row.upload_limit) == (2, limit)
