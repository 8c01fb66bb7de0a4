"""The engine's HTTP server as a stranger meets it: every refusal is a problem with the right status."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from engine_client import wire, wire_problems
from engine_client.errors import EngineError
from engine_client.models import TurnRef
from engine_client.protocol import GameEngineClient
from engine_client.serving.doors import Limits
from engine_client.serving.running import CannotListen, EngineServer, listen
from engine_client.wire_problems import PROBLEM_JSON, error_of, problem_of
from tests.engine_server import TOKEN, ScriptedEngine, embedded, served

KEY = {"Authorization": f"Bearer {TOKEN}"}
START = {"turn_id": "launch", "captain": "Ada"}
ACT = {"action": {"type": "wait"}, "turn_id": "w", "expected": {"voyage": 1, "n": 1}, "actor": "Ada"}


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[GameEngineClient]:
    async with embedded(tmp_path) as made:
        yield made


@pytest.fixture
async def url(engine: GameEngineClient) -> AsyncIterator[str]:
    async with served(engine) as address:
        yield address


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def problem(answer: aiohttp.ClientResponse, status: int, kind: str) -> dict[str, Any]:
    """Check a refusal's status and body, and give the body."""
    assert answer.status == status, await answer.text()
    assert answer.content_type == PROBLEM_JSON
    body = json.loads(await answer.read())
    assert (body["type"], body["status"]) == (f"urn:dead-reckoning:{kind}", status)
    assert body["title"]
    return body


WRONG_KEYS = [
    {},
    {"Authorization": "Bearer wrong"},
    {"Authorization": f"Bearer {TOKEN}x"},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": TOKEN},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer \xe9\xff"},
]


async def test_without_the_token_nothing_is_answered(web):
    engine = ScriptedEngine()
    async with served(engine) as url:
        for path in ("", "/1/state", "/!!/state", "/1/turns?limit=x"):
            for headers in WRONG_KEYS:
                async with web.get(f"{url}/v1/sessions{path}", headers=headers) as answer:
                    await problem(answer, 401, "unauthorized")
                    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert engine.calls == 0


async def test_without_the_token_nothing_changes(engine, url, web):
    for path, body in (("start", START), ("act", ACT), ("remove", None)):
        async with web.post(f"{url}/v1/sessions/1/{path}", json=body) as answer:
            await problem(answer, 401, "unauthorized")
    assert await engine.list_sessions() == []


async def test_supervisors_need_no_token(url, web):
    async with web.get(url + "/healthz") as answer:
        assert (answer.status, (await answer.json())["status"]) == (200, "ok")
    async with web.get(url + "/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "parts": {"engine": "ok"}})
    async with web.get(url + "/openapi.json") as answer:
        assert (await answer.json())["openapi"].startswith("3.1")


async def test_an_engine_that_does_not_answer_is_not_ready(web, monkeypatch):
    monkeypatch.setattr("engine_client.telemetry.readiness.PART_SECONDS", 0.01)
    engine = ScriptedEngine()
    engine.gate.clear()
    async with served(engine) as url:
        async with web.get(url + "/readyz") as answer:
            said = {"ready": False, "parts": {"engine": "no answer within 0.01 s"}}
            assert (answer.status, await answer.json()) == (503, said)
        async with web.get(url + "/healthz") as answer:
            assert answer.status == 200


FORGED = ["a b", "x" * 65, "%00", "a%0Ab", "é", "*", "a.b", "%2e%2e", "1'--", "1;2", "${x}", "%F0%9F%9A%80"]


async def test_a_forged_session_id_is_refused(web):
    engine = ScriptedEngine()
    async with served(engine) as url:
        for forged in FORGED:
            for tail in ("state", "turns", "chart", "inventory", "turns/1/1/frame"):
                address = URL(f"{url}/v1/sessions/{forged}/{tail}", encoded="%" in forged)
                async with web.get(address, headers=KEY) as answer:
                    await problem(answer, 400, "bad-session-id")
    assert engine.calls == 0


async def test_paths_lead_nowhere_else():
    async with served(ScriptedEngine()) as url:
        for path in ("//v1/sessions", "/v1/sessions/../../etc/passwd", "/v1/sessions/a%2Fb/state"):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
            answer = (await reader.read()).decode()
            writer.close()
            assert answer.startswith("HTTP/1.1 404")
            assert PROBLEM_JSON in answer


async def test_unknown_addresses_and_methods(url, web):
    async with web.get(url + "/v2/sessions", headers=KEY) as answer:
        await problem(answer, 404, "no-such-page")
    async with web.get(url + "/v1/sessions/1/state/", headers=KEY) as answer:
        await problem(answer, 404, "no-such-page")
    async with web.delete(url + "/v1/sessions/1/state", headers=KEY) as answer:
        await problem(answer, 405, "wrong-method")
        assert answer.headers["Allow"] == "GET"


async def test_a_bad_parameter_is_named(web):
    bad = ("voyage=-1", "n=x", "limit=0", "limit=1001", "limit=", "n=1.5", "voyage=99999999999999999999")
    async with served(ScriptedEngine()) as url:
        for query in bad:
            async with web.get(f"{url}/v1/sessions/1/turns?{query}", headers=KEY) as answer:
                said = await problem(answer, 400, "bad-request")
            assert query.partition("=")[0] in said["detail"]


BODIES: list[Any] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'{"turn_id": "\\ud800", "captain": "Ada"}',
    b"[" * 60_000,
    {},
    {"turn_id": "a"},
    START | {"extra": 1},
    START | {"turn_id": ""},
    START | {"turn_id": "x" * 65},
    START | {"turn_id": "a\n"},
    START | {"turn_id": "é"},
    START | {"turn_id": 5},
    START | {"captain": None},
    START | {"captain": "A\0da"},
    START | {"captain": "x" * 201},
]
ACTS: list[Any] = [
    START,
    ACT | {"action": {"type": "fly"}},
    ACT | {"action": {"choice": "a"}},
    ACT | {"action": {"type": "choose"}},
    ACT | {"action": {"type": "abandon", "cause": "boredom"}},
    ACT | {"action": "wait"},
    ACT | {"expected": {"voyage": 1}},
    ACT | {"expected": {"voyage": -1, "n": 1}},
    ACT | {"expected": {"voyage": 1.5, "n": 1}},
    ACT | {"expected": {"voyage": 1, "n": 2**31}},
    ACT | {"expected": [1, 1]},
    ACT | {"actor": "\x1b[0m"},
]


async def test_a_bad_body_is_refused_and_changes_nothing(engine, url, web):
    turn = (await engine.start("1", turn_id="first", captain="Ada")).turn
    headers = KEY | {"Content-Type": "application/json; charset=utf-8"}
    for path, body in [*(("start", body) for body in BODIES), *(("act", body) for body in ACTS)]:
        data = body if isinstance(body, bytes) else json.dumps(body)
        async with web.post(f"{url}/v1/sessions/1/{path}", data=data, headers=headers) as answer:
            assert (await problem(answer, 400, "bad-request"))["detail"]
    assert await engine.turns("1", after=TurnRef(0, 0)) == [turn]


async def test_a_body_of_another_kind_is_refused(engine, url, web):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        headers = KEY | {"Content-Type": kind}
        async with web.post(f"{url}/v1/sessions/1/start", data=json.dumps(START), headers=headers) as answer:
            await problem(answer, 415, "wrong-media-type")
    assert await engine.state("1") is None


async def test_a_body_that_is_too_large_is_refused_before_it_has_all_come(engine, url, web):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(8 * wire.MAX_BODY // 1024):
            yield b" " * 1024

    headers = KEY | {"Content-Type": "application/json"}
    for data in (b" " * (wire.MAX_BODY + 1), endless()):
        async with web.post(f"{url}/v1/sessions/1/start", data=data, headers=headers) as answer:
            assert (await problem(answer, 413, "too-large"))["sentence"]
    fits = json.dumps(START).ljust(wire.MAX_BODY)
    async with web.post(f"{url}/v1/sessions/1/start", data=fits, headers=headers) as answer:
        assert answer.status == 200


async def test_a_body_that_does_not_come_is_not_waited_for(engine):
    async with served(engine, limits=Limits(body_seconds=0.05)) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(
            f"POST /v1/sessions/1/start HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n"
            "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{".encode()
        )
        assert b" 408 " in await reader.readline()
        writer.close()


async def test_a_picture_is_binary_with_its_kind_and_size(engine, url, web):
    turn = (await engine.start("1", turn_id="launch", captain="Ada")).turn
    drawn = await engine.frame("1", turn.ref)
    async with web.get(f"{url}/v1/sessions/1/turns/1/1/frame", headers=KEY) as answer:
        assert (answer.status, answer.content_type) == (200, drawn.media_type)
        assert (answer.headers["Picture-Width"], answer.headers["Picture-Height"]) == ("640", "360")
        assert await answer.read() == drawn.data


async def test_too_many_at_once_are_sent_away_with_retry_after(web):
    engine = ScriptedEngine()
    engine.gate.clear()
    async with served(engine, limits=Limits(requests=2, pictures=1)) as url:

        async def get(path: str) -> int:
            async with web.get(f"{url}/v1/sessions/1/{path}", headers=KEY) as answer:
                if answer.status == 503:
                    await problem(answer, 503, "busy")
                    assert answer.headers["Retry-After"] == "1"
                return answer.status

        waiting = [asyncio.create_task(get(path)) for path in ("state", "state", "chart")]
        for _ in waiting:
            await engine.asked.acquire()
        assert await get("state") == 503
        assert await get("chart") == 503
        assert await get("turns?limit=1") == 503
        engine.gate.set()
        assert await asyncio.gather(*waiting) == [200, 200, 200]
        assert await get("state") == 200


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://127.0.0.1:8430"}])
async def test_without_a_token_web_pages_are_kept_out(web, headers):
    async with served(ScriptedEngine(), token="") as url:
        async with web.get(f"{url}/v1/sessions/1/state", headers=headers) as answer:
            await problem(answer, 403, "foreign-origin")
        async with web.post(f"{url}/v1/sessions/1/remove", headers=headers) as answer:
            await problem(answer, 403, "foreign-origin")
        async with web.get(f"{url}/v1/sessions/1/state") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_beyond_loopback_it_does_not_listen_without_a_token(host):
    with pytest.raises(CannotListen, match="ENGINE_TOKEN is empty"):
        listen(host, 0, "")


@pytest.mark.parametrize(("host", "token"), [("127.0.0.1", ""), ("localhost", ""), ("0.0.0.0", TOKEN)])
def test_it_listens_where_that_is_safe(host, token):
    with listen(host, 0, token) as listener:
        assert listener.getsockname()[1] > 0
        assert listener.proto == socket.IPPROTO_TCP, (
            "else asyncio leaves Nagle on, and each turn takes 40 ms more"
        )


def test_a_port_that_is_taken_or_an_address_that_is_none_is_a_sentence():
    with listen("127.0.0.1", 0, "") as taken, pytest.raises(CannotListen, match="cannot listen"):
        listen("127.0.0.1", taken.getsockname()[1], "")
    for host in ("", "no host has spaces"):
        with pytest.raises(CannotListen, match="no address"):
            listen(host, 0, "")


async def test_a_stop_lets_requests_finish_and_takes_no_more(web):
    from engine_client.serving.app import build_app

    engine = ScriptedEngine()
    engine.gate.clear()
    listener = listen("127.0.0.1", 0, "")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = EngineServer(build_app(engine))  # type: ignore[arg-type]
    serving = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    running = asyncio.create_task(web.get(f"{url}/v1/sessions/1/state"))
    await engine.asked.acquire()
    server.stop()
    while True:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        except OSError:
            break  # nobody listens any more
        writer.close()
        await asyncio.sleep(0)
    assert not serving.done()
    engine.gate.set()
    async with await running as answer:
        assert (answer.status, (await answer.json())["session_id"]) == (200, "1")
    await serving


def every_error() -> list[EngineError]:
    from engine_client import errors
    from tests.engine_server import turn_of

    plain = [
        kind("why")
        for kind in EngineError.__subclasses__()
        if kind not in (errors.StaleTurn, errors.ActionRefused)
    ]
    return [*plain, errors.StaleTurn(turn_of("1", 2, 3)), errors.ActionRefused("No fuel.")]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_every_error_of_the_protocol_travels(error):
    body = wire_problems.read_problem(msgspec.json.encode(problem_of(error)))
    back = error_of(body)
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)
