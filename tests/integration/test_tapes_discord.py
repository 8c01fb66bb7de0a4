"""Every end of a voyage brings its tape, and what a player reads about it agrees with what is on it."""

from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import pytest

from bot import delivery
from engine import journal
from engine.rules.moves import Abandon
from tests.harness import Sea, ids_of, private_text, sea


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


@pytest.fixture
def doomed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every move from the third turn on be the voyage's last, whatever it is."""
    step = journal.step

    def fatal(content: Any, state: Any, move: Any) -> Any:
        return step(content, state, Abandon("restart") if state.turn_count >= 2 else move)

    monkeypatch.setattr(journal, "step", fatal)


async def by_choice(world: Sea) -> None:
    await world.choose()


async def by_custom_action(world: Sea) -> None:
    shown = await world.press("custom")
    await world.ada.submit_modal(shown, {"words": "wait"})


async def by_vote(world: Sea) -> None:
    await world.officer.slash(world.channel, "settings", countdown=30, mode="vote")
    await world.choose()
    await world.env.advance_time(32)


async def by_countdown(world: Sea) -> None:
    await world.officer.slash(world.channel, "settings", countdown=30, auto_advance="on")
    await world.env.advance_time(32)


async def by_restart(world: Sea) -> None:
    asked = await world.ada.slash(world.channel, "restart")
    button = next(i for i in ids_of(asked.response.message) if i.startswith("board:confirm:"))
    await world.ada.click(asked.response, custom_id=button)


@pytest.mark.parametrize("end", [by_choice, by_custom_action, by_vote, by_countdown, by_restart])
@pytest.mark.usefixtures("doomed")
async def test_every_end_of_a_voyage_brings_one_tape(tmp_path: Path, end: Any) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await world.choose()
        assert world.tapes() == []
        await end(world)
        (posted,) = world.tapes()
        assert "3 frames" in posted.embeds[0].footer.text
        assert posted.attachments[0].filename == "voyage-1.mp4"
        await world.env.advance_time(60)
        assert len(world.tapes()) == 1


async def test_a_tape_is_held_while_it_is_posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sea(tmp_path) as world:
        shelf = world.bot.services.tapes.shelf
        held: list[bool] = []

        def watching(send: Any) -> Any:
            async def sent(*args: Any, **options: Any) -> Any:
                if any(file.filename == "voyage-1.mp4" for file in options.get("files", ())):
                    held.append((str(world.channel.id), 1) in shelf._held)
                return await send(*args, **options)

            return sent

        monkeypatch.setattr(delivery.discord_io, "send", watching(delivery.discord_io.send))
        monkeypatch.setattr(delivery.discord_io, "publish", watching(delivery.discord_io.publish))
        await world.play()
        await by_restart(world)
        await world.ada.slash(world.channel, "tape", voyage=1, action="post")
        assert len(world.tapes()) == 2
        assert len(held) >= 2
        assert all(held)
        assert not shelf._held


async def test_the_list_shows_the_newest_ten_with_their_pictures_and_counts_the_rest(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        for _voyage in range(12):
            await by_restart(world)
        listed = (await world.ada.slash(world.channel, "tape")).response
        assert [embed.title.split(" · ")[0] for embed in listed.embeds] == [
            f"📼 Voyage {voyage}" for voyage in range(12, 2, -1)
        ]
        assert all("2 frames, 0:09" in embed.description for embed in listed.embeds)
        assert len({embed.thumbnail.url for embed in listed.embeds}) == len(listed.attachments) == 10
        assert listed.embeds[-1].footer.text.startswith("2 older")
        (menu,) = listed.message.components[0].children
        assert [option.value for option in menu.options] == [str(voyage) for voyage in range(12, 0, -1)]
