"""What a supervisor sees of the engine's server, and how its log names the bot's interactions."""

import json

import aiohttp

from engine_client.http import HttpEngineClient
from engine_client.models import SessionId, Wait
from engine_client.telemetry.context import working_for
from tests.engine_process import Process, running
from tests.engine_server import TOKEN, embedded, served

HERE = SessionId("1001")
PASSWORD = "hunter2-of-a-test"


async def asked(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as web, web.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_metrics_want_the_token_where_there_is_one(tmp_path):
    async with embedded(tmp_path) as engine, served(engine) as url:
        assert (await asked(url + "/metrics"))[0] == 401
        assert (await asked(url + "/metrics", Authorization="Bearer wrong"))[0] == 401
        status, said = await asked(url + "/metrics", Authorization=f"Bearer {TOKEN}")
    assert (status, "dead_reckoning_loop_lag_seconds" in said) == (200, True)


async def test_without_a_token_metrics_are_for_this_machine(tmp_path):
    async with embedded(tmp_path) as engine, served(engine, token="") as url:
        assert (await asked(url + "/metrics"))[0] == 200
        assert (await asked(url + "/metrics", Origin="https://evil.example"))[0] == 403
        assert (await asked(url + "/metrics", Host="rebound.example"))[0] == 403


async def play(client: HttpEngineClient) -> None:
    with working_for(HERE, interaction="42"):
        turn = (await client.start(HERE, turn_id="42", captain="Ada")).turn
    with working_for(HERE, interaction="43"):
        await client.act(HERE, Wait(), turn_id="43", expected=turn.ref, actor="Ada")
    await client.start(SessionId("2002"), turn_id="44", captain="Grace")


def lines(server: Process) -> list[dict[str, object]]:
    return [json.loads(line) for line in server.log.decode().splitlines()]


async def test_one_word_follows_a_click_through_both_processes(tmp_path):
    settings = {"LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG", "ENGINE_TOKEN": PASSWORD}
    async with running(tmp_path, **settings) as server:
        client = HttpEngineClient(server.url, PASSWORD)
        try:
            await play(client)
        finally:
            await client.close()
        _status, said = await asked(server.url + "/metrics", Authorization=f"Bearer {PASSWORD}")
        assert await server.stop() == 0
    turns = [line for line in lines(server) if str(line["message"]).startswith("turn accepted")]
    named = [(t["session"], t.get("interaction"), t["voyage"], t["turn"]) for t in turns]
    assert named == [("1001", "42", 1, 1), ("1001", "43", 1, 2), ("2002", None, 1, 1)]
    assert 'dead_reckoning_engine_turn_seconds_count{outcome="accepted"} 3.0' in said
    assert "dead_reckoning_sessions_loaded 2.0" in said
    assert "dead_reckoning_commit_batch_size_sum 3.0" in said
    assert PASSWORD not in server.log.decode()


async def test_a_request_id_that_is_none_is_not_written(tmp_path):
    async with (
        running(tmp_path, LOG_FORMAT="json", LOG_LEVEL="DEBUG") as server,
        aiohttp.ClientSession() as web,
    ):
        for number, forged in enumerate(["x" * 129, "a b", "é", "a;b", "fine-1.2:3_4"]):
            url = f"{server.url}/v1/sessions/{number}/start"
            body = {"turn_id": f"t{number}", "captain": "Ada"}
            async with web.post(url, json=body, headers={"Request-Id": forged}) as answer:
                assert answer.status == 200
        assert await server.stop() == 0
    turns = [line for line in lines(server) if str(line["message"]).startswith("turn accepted")]
    assert [turn.get("interaction") for turn in turns] == [None, None, None, None, "fine-1.2:3_4"]
