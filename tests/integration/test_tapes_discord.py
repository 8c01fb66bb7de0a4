"""What a player reads about a tape agrees with what is on it."""

from pathlib import Path

import imageio.v3 as imageio

from tests.harness import ids_of, private_text, sea


async def test_a_restart_names_the_turn_that_its_tape_ends_with(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await world.choose()
        await world.choose()
        asked = await world.ada.slash(world.channel, "restart")
        assert "is at turn 3. Giving up is turn 4, its last" in private_text(asked)
        button = next(i for i in ids_of(asked.response.message) if i.startswith("board:confirm:"))
        await world.ada.click(asked.response, custom_id=button)
        (posted,) = world.tapes()
        assert "4 frames" in posted.embeds[0].footer.text
        (tape,) = await world.bot.services.tapes.list(str(world.channel.id))
        shown = sum(1 for _ in imageio.imiter(tape.path, plugin="pyav"))
        assert shown == 2 + 4 + 1  # the title's two halves, the turns, the end card
        turns = await world.bot.services.tapes.turns(str(world.channel.id), 1)
        assert [turn.n for turn in turns] == [1, 2, 3, 4]
        assert turns[-1].end is not None
