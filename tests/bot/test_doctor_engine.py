"""What the doctor says of an engine in another process."""

from pathlib import Path

from bot.doctor import Finding, examine
from tests.engine_server import TOKEN, embedded, served
from tests.harness import settings_in


async def findings(folder: Path, **settings: str) -> list[Finding]:
    found = await examine(settings_in(folder, **settings))
    return [finding for finding in found if finding.subject == "engine"]


async def test_without_an_address_there_is_nothing_to_look_at(tmp_path):
    assert await findings(tmp_path) == []


async def test_an_engine_that_answers_is_well(tmp_path):
    async with embedded(tmp_path) as engine, served(engine) as url:
        await engine.start("1", turn_id="a", captain="Ada")
        first, second = await findings(tmp_path / "bot", engine_url=url, engine_token=TOKEN)
    assert (first.bad, second.bad) == (False, False)
    assert "holds 1 sessions" in first.sentence
    assert "DATABASE_URL is empty" in second.sentence


async def test_an_engine_that_refuses_or_is_gone_is_named(tmp_path):
    async with embedded(tmp_path) as engine, served(engine) as url:
        (refusing,) = await findings(tmp_path / "bot", engine_url=url, engine_token="wrong")
    (gone,) = await findings(tmp_path / "bot", engine_url=url, engine_token=TOKEN)
    assert refusing.bad
    assert "ENGINE_TOKEN" in refusing.sentence
    assert gone.bad
    assert "no connection" in gone.sentence
