"""`python -m engine_client.server` as an operator runs it: signals, refusals, its document under attack."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.settings import Settings
from engine_client.http import HttpEngineClient
from engine_client.models import SessionId, TurnRef, Wait
from engine_client.server_settings import ServerSettings
from tests.engine_process import Process, running, spawn

HERE = SessionId("1001")
TOKEN = "correct-horse"


@asynccontextmanager
async def client_of(server: Process, token: str = "") -> AsyncIterator[HttpEngineClient]:
    client = HttpEngineClient(server.url, token)
    try:
        yield client
    finally:
        await client.close()


async def test_a_stopped_engine_goes_on_where_it_was(tmp_path):
    async with running(tmp_path) as server, client_of(server) as client:
        turn = (await client.start(HERE, turn_id="a", captain="Ada")).turn
        begun = time.monotonic()
        assert await server.stop() == 0
        assert time.monotonic() - begun < 10
    assert b"saves written count=1" in server.log
    assert b"Traceback" not in server.log
    assert (tmp_path / "sessions" / HERE / "state.json").is_file()
    async with running(tmp_path) as server, client_of(server) as client:
        assert await client.state(HERE) == turn
        again = await client.start(HERE, turn_id="a", captain="Ada")
        assert (again.turn, again.repeated) == (turn, True)


async def test_a_stop_in_the_midst_of_many_turns_loses_none(tmp_path):
    accepted: dict[SessionId, int] = {}
    enough = asyncio.Event()

    async def play(client: HttpEngineClient, session_id: SessionId) -> None:
        for number in range(1_000):
            newest = await client.state(session_id)
            turn_id = f"{session_id}.{number}"
            if newest is None or newest.end is not None:
                await client.start(session_id, turn_id=turn_id, captain="Ada")
            else:
                await client.act(session_id, Wait(), turn_id=turn_id, expected=newest.ref, actor="Ada")
            accepted[session_id] = number + 1
            if sum(accepted.values()) > 60:
                enough.set()

    async with running(tmp_path) as server, client_of(server) as client:
        games = [asyncio.create_task(play(client, SessionId(f"s{i}"))) for i in range(8)]
        await enough.wait()
        assert await server.stop() == 0
        for game in games:
            game.cancel()
        await asyncio.gather(*games, return_exceptions=True)
    assert b"Traceback" not in server.log
    async with running(tmp_path) as server, client_of(server) as client:
        for session_id, count in accepted.items():
            turns = await client.turns(session_id, after=TurnRef(0, 0), limit=2_000)
            assert [turn.turn_id for turn in turns] == [f"{session_id}.{i}" for i in range(len(turns))]
            assert count <= len(turns) <= count + 1


async def refused(folder: Path, *arguments: str, **environment: str) -> str:
    """Start a server that does not start; give what it said."""
    server = await spawn(folder, *arguments, **environment)
    _out, said = await server.process.communicate()
    assert server.process.returncode == 2
    assert b"Traceback" not in said
    return said.decode()


async def test_it_does_not_listen_beyond_loopback_without_a_token(tmp_path):
    said = await refused(tmp_path, "--host", "0.0.0.0", "--port", "0")
    assert "ENGINE_TOKEN is empty" in said
    assert not (tmp_path / "dead_reckoning.sqlite3").exists(), "nothing was opened"


async def test_a_wrong_setting_is_named_and_a_secret_is_not_repeated(tmp_path):
    said = await refused(tmp_path, ENGINE_TOKEN="swordfish with spaces", PICTURE_THREADS="0")
    assert "ENGINE_TOKEN" in said
    assert "PICTURE_THREADS" in said
    assert "swordfish" not in said


async def test_a_store_in_use_is_a_sentence(tmp_path):
    async with running(tmp_path):
        said = await refused(tmp_path, "--port", "0")
    assert "another process" in said.lower()


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_schemathesis_finds_no_fault(tmp_path):
    """Every status, header and body is as the OpenAPI document says; nothing is a 5xx."""
    async with running(tmp_path, ENGINE_TOKEN=TOKEN) as server:
        attack = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "run", server.url + "/openapi.json"),
            *("--header", f"Authorization: Bearer {TOKEN}", "--checks", "all", "--mode", "all"),
            *("--max-examples", "5", "--seed", "20", "--generation-database", "none", "--no-color"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        report, _nothing = await attack.communicate()
        assert attack.returncode == 0, report.decode()
        assert b"17 selected / 17 total" in report
        assert await server.stop() == 0
    assert b"unexpected error" not in server.log
    assert b"Traceback" not in server.log


def test_the_server_reads_the_bots_settings_with_the_same_defaults():
    for name, field in ServerSettings.model_fields.items():
        bots = Settings.model_fields[name]
        assert str(field.default) == str(getattr(bots.default, "value", bots.default)), name
        assert field.metadata == bots.metadata, name
