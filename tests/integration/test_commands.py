"""Every other command, as a player uses it: ship, cargo, map, saves, tapes and flipbook."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot import text
from tests.harness import Sea, ids_of, private_text, sea


async def end_voyage(world: Sea, turns: int = 3) -> None:
    for _turn in range(turns):
        await world.choose()
    asked = await world.ada.slash(world.channel, "restart")
    await world.ada.click(asked.response, custom_id=ids_of(asked.response.message)[0])


async def control(world: Sea, result: Any, prefix: str) -> Any:
    wanted = next(custom_id for custom_id in ids_of(result.response.message) if custom_id.startswith(prefix))
    return await world.ada.click(result.response, custom_id=wanted)


@pytest.mark.parametrize(
    "command", ["status", "inventory", "map", "ship", "save export", "restart", "flipbook"]
)
async def test_before_the_first_voyage_each_command_says_what_to_do(tmp_path: Path, command: str) -> None:
    async with sea(tmp_path) as world:
        assert "/play" in private_text(await world.ada.slash(world.channel, command))


async def test_status_inventory_map_and_ship_are_private_answers(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        for command in ("status", "inventory", "map", "ship"):
            result = await world.ada.slash(world.channel, command)
            assert result.response.ephemeral
            assert result.response.embeds
        assert "Hull 100 = 100 Scout" in result.response.embeds[0].description


async def test_a_save_goes_out_and_comes_back_in_another_channel(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        other = world.guild.create_text_channel("lounge")
        await world.play()
        await world.choose()
        exported = await world.ada.slash(world.channel, "save export")
        data = await exported.response.attachments[0].read()
        assert json.loads(data)["session_id"] == str(world.channel.id)
        await world.officer.slash(other, "save import", file=("voyage.json", data))
        here, there = [await world.bot.services.engine.inventory(str(c.id)) for c in (world.channel, other)]
        assert here == there
        assert any(
            custom_id.startswith(f"act:{other.id}:1:1:") for custom_id in ids_of(await world.board(other))
        )


async def test_an_import_ends_no_voyage_unasked(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        data = await (await world.ada.slash(world.channel, "save export")).response.attachments[0].read()
        upload = ("voyage.json", data)
        refused = await world.officer.slash(world.channel, "save import", file=upload)
        assert private_text(refused) == text.VOYAGE_IN_THE_WAY
        assert (await world.bot.services.play.current(str(world.channel.id))).voyage == 1
        await world.officer.slash(world.channel, "save import", file=upload, replace=True)
        assert (await world.bot.services.play.current(str(world.channel.id))).voyage == 2
        assert len(world.tapes()) == 1


@pytest.mark.parametrize("data", [b"", b"not json", b'{"format": "other"}', b"\x00" * 1000, b"x" * 300_000])
async def test_a_foreign_file_is_refused_and_nothing_changes(tmp_path: Path, data: bytes) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        before = await world.bot.services.play.current(str(world.channel.id))
        result = await world.officer.slash(world.channel, "save import", file=("x.json", data), replace=True)
        assert private_text(result)
        assert await world.bot.services.play.current(str(world.channel.id)) == before


async def test_a_foreign_file_is_refused_before_a_voyage_is_asked_for(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        for data in (b"not json", b'{"format": "other"}'):
            refused = await world.officer.slash(world.channel, "save import", file=("x.json", data))
            assert private_text(refused) == text.NO_SAVE


async def test_tapes_are_listed_shown_posted_stepped_through_and_exported(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        assert private_text(await world.ada.slash(world.channel, "tape")) == text.NO_TAPES
        await world.play()
        await end_voyage(world)
        listed = await world.ada.slash(world.channel, "tape")
        (entry,) = listed.response.embeds
        assert "Voyage 1" in entry.title
        assert "5 frames" in entry.description
        assert entry.thumbnail.url
        shown = await world.ada.select(listed.response, ["1"])
        assert {i.split(":")[1] for i in ids_of(shown.response.message)} == {"post", "step", "export"}

        await control(world, shown, "tape:post:")
        assert len(world.tapes()) == 2

        stepping = await control(world, shown, "tape:step:")
        assert "Turn 1 of 5" in stepping.response.embeds[0].footer.text
        later = await control(world, stepping, "tape:on:")
        assert "Turn 2 of 5" in later.response.embeds[0].footer.text
        earlier = await control(world, later, "tape:back:")
        assert "Turn 1 of 5" in earlier.response.embeds[0].footer.text

        exported = await control(world, shown, "tape:export:")
        data = await exported.response.attachments[0].read()
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        assert sum(name.endswith((".jpg", ".png", ".webp")) for name in names) == 5


@pytest.mark.parametrize("action", ["show", "post", "step", "export"])
async def test_tape_actions_by_command(tmp_path: Path, action: str) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await end_voyage(world, 1)
        result = await world.ada.slash(world.channel, "tape", voyage=1, action=action)
        assert result.response.attachments
        assert result.response.ephemeral is (action != "post")
        missing = await world.ada.slash(world.channel, "tape", voyage=9, action=action)
        assert private_text(missing) == text.NO_TAPES


async def test_voyages_are_offered_by_autocompletion(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        await end_voyage(world, 1)
        offered = await world.ada.autocomplete(world.channel, "tape", "voyage", "")
        assert [choice["value"] for choice in offered] == [1]


async def test_a_flipbook_is_posted_for_everybody(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        await world.play()
        assert "at least two" in private_text(await world.ada.slash(world.channel, "flipbook"))
        await world.choose()
        result = await world.ada.slash(world.channel, "flipbook")
        assert result.response.attachments[0].filename == "flipbook.mp4"
        assert not result.response.ephemeral


async def test_every_command_and_option_is_described(tmp_path: Path) -> None:
    async with sea(tmp_path) as world:
        for command in world.bot.tree.walk_commands():
            assert command.description not in ("", "…"), command.qualified_name
            for parameter in getattr(command, "parameters", []):
                assert str(parameter.description) not in ("", "…"), (command.qualified_name, parameter.name)
