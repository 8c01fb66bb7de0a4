"""The real bot with its engine in another process and another database: only ENGINE_URL is set."""

from pathlib import Path

import pytest

from bot import text
from engine_client import errors
from engine_client.http import HttpEngineClient
from engine_client.models import SessionId, TurnRef
from engine_client.serving.running import listen
from tests.engine_process import running
from tests.harness import ids_of, private_text, sea

TOKEN = "correct-horse"


@pytest.fixture(autouse=True)
def _kept_connections_are_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settle for less time than a kept connection lives: its timer would count as work to wait for."""
    monkeypatch.setattr("tests.harness.SETTLE_SECONDS", 15.0)


async def test_a_voyage_is_played_restarted_and_its_tape_posted(tmp_path: Path) -> None:
    async with (
        running(tmp_path, ENGINE_TOKEN=TOKEN) as server,
        sea(tmp_path / "bot", engine_url=server.url, engine_token=TOKEN) as world,
    ):
        await world.play()
        await world.choose()
        await world.choose()
        session_id = SessionId(str(world.channel.id))
        inspector = HttpEngineClient(server.url, TOKEN)
        turns = await inspector.turns(session_id, after=TurnRef(0, 0))
        assert [turn.n for turn in turns] == [1, 2, 3]
        progress = await world.bot.services.runs.progress(session_id)
        assert progress.account.voyage == 1
        asked = await world.ada.slash(world.channel, "restart")
        await world.ada.click(asked.response, custom_id=ids_of(asked.response.message)[0])
        turns = await inspector.turns(session_id, after=TurnRef(0, 0))
        assert [(turn.voyage, turn.n) for turn in turns] == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1)]
        assert len(world.tapes()) == 1
        assert "4 frames" in world.tapes()[0].embeds[0].footer.text
        await inspector.close()


async def test_while_the_engine_is_away_the_player_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    async with running(tmp_path, ENGINE_TOKEN=TOKEN) as server:
        url = server.url
        async with sea(tmp_path / "bot", engine_url=url, engine_token=TOKEN) as world:
            await world.play()
            assert await server.stop() == 0
            refused = await world.choose()
            assert private_text(refused) == text.ENGINE_SENTENCES[errors.EngineAway]
            port = url.rpartition(":")[2]
            async with running(tmp_path, "--port", port, ENGINE_TOKEN=TOKEN):
                await world.choose()
                assert "Turn 2" in (await world.board()).embeds[0].footer.text


async def test_a_bot_starts_without_its_engine_and_takes_up_its_work_when_it_comes(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0, "") as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with sea(tmp_path / "bot", engine_url=url, engine_token=TOKEN) as world:
        refused = await world.play()
        assert private_text(refused) == text.ENGINE_SENTENCES[errors.EngineAway]
        async with running(tmp_path, "--port", str(port), ENGINE_TOKEN=TOKEN):
            await world.env.advance_time(60)
            await world.play()
            assert "Turn 1" in (await world.board()).embeds[0].footer.text
