"""The HTTP transport when things go wrong: cut connections, busy and absent engines, strangers at the door.

Servers and connections are real, on loopback; only the waiting between attempts is not.
"""

import asyncio
import logging
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from engine_client.errors import ActionRefused, EngineAway, StaleTurn, UnknownChoice, UnknownSession
from engine_client.http import HttpEngineClient
from engine_client.http_breaker import Circuit
from engine_client.http_options import HttpOptions
from engine_client.models import Abandon, Choose, Say, SessionId, TurnRef, Wait
from engine_client.protocol import GameEngineClient
from engine_client.serving.doors import Limits
from tests.engine_server import TOKEN, ScriptedEngine, embedded, proxied, served

HERE = SessionId("1001")
Connect = Callable[..., HttpEngineClient]


class Waiting:
    """A clock that moves only while a client pauses between attempts."""

    def __init__(self) -> None:
        self.now = 50.0
        self.pauses: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def clock(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        self.meanwhile()


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
async def connect(waiting: Waiting) -> AsyncIterator[Connect]:
    made: list[HttpEngineClient] = []

    def build(url: str, token: str = TOKEN, **options: float) -> HttpEngineClient:
        rng = random.Random(5)
        parts = {"clock": waiting.clock, "pause": waiting.pause, "rng": rng}
        made.append(HttpEngineClient(url, token, options=HttpOptions(**options), **parts))
        return made[-1]

    yield build
    for client in made:
        await client.close()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[GameEngineClient]:
    async with embedded(tmp_path) as made:
        yield made


@pytest.fixture
async def url(engine: GameEngineClient) -> AsyncIterator[str]:
    async with served(engine) as address:
        yield address


@pytest.fixture
async def web_site() -> AsyncIterator[Callable[[Callable[[web.Request], web.Response]], Awaitable[str]]]:
    """Give a maker of servers that answer everything by one function."""
    runners: list[web.AppRunner] = []

    async def make(answer: Callable[[web.Request], web.Response]) -> str:
        async def handle(request: web.Request) -> web.Response:
            return answer(request)

        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", handle)
        runner = web.AppRunner(app, access_log=None)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield make
    for runner in runners:
        await runner.cleanup()


def first_dies_after(count: int) -> Callable[[int], int | None]:
    """Cut the first connection after so many bytes of the answer."""
    return lambda number: count if number == 0 else None


def nobody() -> str:
    """Give the URL of a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("carried", [0, 1, 60, 300, 900])
async def test_an_action_whose_answer_was_lost_is_applied_once(engine, url, connect, carried):
    turn = (await engine.start(HERE, turn_id="launch", captain="Ada")).turn
    async with proxied(url, first_dies_after(carried)) as (address, proxy):
        client = connect(address)
        result = await client.act(HERE, Wait(), turn_id="w", expected=turn.ref, actor="Ada")
    assert proxy.connections == 2
    assert result.repeated, "the first delivery was applied, the second found it"
    assert result.turn == await engine.state(HERE)
    assert [turn.n for turn in await engine.turns(HERE, after=TurnRef(0, 0))] == [1, 2]


async def test_a_launch_whose_answer_was_lost_launches_once(engine, url, connect):
    async with proxied(url, first_dies_after(40)) as (address, _proxy):
        result = await connect(address).start(HERE, turn_id="launch", captain="Ada")
    assert result.turn.ref == TurnRef(1, 1)
    assert len(await engine.turns(HERE, after=TurnRef(0, 0))) == 1


async def test_every_connection_cut_is_an_engine_away_and_still_one_turn(engine, url, connect):
    turn = (await engine.start(HERE, turn_id="launch", captain="Ada")).turn
    async with proxied(url, lambda number: 10) as (address, proxy):
        with pytest.raises(EngineAway, match="the game is safe"):
            await connect(address).act(HERE, Wait(), turn_id="w", expected=turn.ref, actor="Ada")
    assert proxy.connections == HttpOptions().attempts
    result = await connect(url).act(HERE, Wait(), turn_id="w", expected=turn.ref, actor="Ada")
    assert (result.repeated, result.turn.n) == (True, 2)


async def test_a_removal_is_not_sent_again(engine, url, connect):
    await engine.start(HERE, turn_id="launch", captain="Ada")
    async with proxied(url, first_dies_after(0)) as (address, proxy):
        client = connect(address)
        with pytest.raises(EngineAway):
            await client.remove(HERE)
        assert proxy.connections == 1
        assert await engine.state(HERE) is None
        await client.remove(HERE)


async def test_a_removal_is_not_sent_again_when_a_kept_connection_breaks(engine, url, connect):
    """What aiohttp would do by itself for a DELETE."""
    await engine.start(HERE, turn_id="launch", captain="Ada")
    async with proxied(url, lambda number: None) as (address, proxy):
        client = connect(address)
        assert await client.state(HERE) is not None
        proxy.deaf = True
        with pytest.raises(EngineAway, match="the connection broke"):
            await client.remove(HERE)
        assert proxy.connections == 1
    assert await engine.state(HERE) is None


async def test_a_removal_that_never_left_is_tried_again(connect, waiting):
    with pytest.raises(EngineAway):
        await connect(nobody()).remove(HERE)
    assert len(waiting.pauses) == HttpOptions().attempts - 1


async def test_the_waits_are_random_up_to_a_doubling_limit(connect, waiting):
    client = connect(nobody(), attempts=8, backoff=0.1, longest_backoff=1.0, total=100.0)
    with pytest.raises(EngineAway, match="no connection"):
        await client.state(HERE)
    rng = random.Random(5)
    assert waiting.pauses == [rng.uniform(0, most) for most in (0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0)]


async def test_no_call_waits_beyond_its_time(connect, waiting):
    client = connect(nobody(), attempts=1_000, backoff=1.0, longest_backoff=1.0, total=5.0)
    with pytest.raises(EngineAway):
        await client.state(HERE)
    assert 4.0 < sum(waiting.pauses) <= 5.0


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (503, {"Retry-After": "3"}),
        (429, {"Retry-After": "3"}),
        (
            503,
            {
                "Date": "Fri, 20 Nov 2026 10:00:00 GMT",
                "Retry-After": "Fri, 20 Nov 2026 10:00:03 GMT",
            },
        ),
    ],
)
async def test_retry_after_is_obeyed_by_every_call_to_the_host(web_site, connect, waiting, status, headers):
    seen: list[float] = []

    def answer(_request: web.Request) -> web.Response:
        seen.append(waiting.now)
        if len(seen) == 1:
            return web.Response(status=status, headers=headers)
        return web.Response(body=b"null", content_type="application/json")

    client = connect(await web_site(answer))
    start = waiting.now
    assert await client.state(HERE) is None
    assert seen[0] == start
    assert seen[1] >= start + 3.0


async def test_a_wish_beyond_the_calls_time_is_an_engine_away_at_once(web_site, connect, waiting):
    asked = []

    def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=503, headers={"Retry-After": "3600"})

    client = connect(await web_site(answer))
    for _ in range(2):
        with pytest.raises(EngineAway):
            await client.state(HERE)
    assert len(asked) == 1, "the second call was not even sent"
    assert waiting.pauses == []


async def test_a_busy_server_is_asked_again_after_what_it_says(connect, waiting):
    engine = ScriptedEngine()
    engine.gate.clear()
    waiting.meanwhile = engine.gate.set
    async with served(engine, limits=Limits(requests=1)) as url:
        client = connect(url)
        first = asyncio.create_task(client.state(HERE))
        await engine.asked.acquire()
        second = asyncio.create_task(client.state(HERE))
        assert (await first).session_id == (await second).session_id == HERE
    assert waiting.pauses[0] >= 1.0
    assert engine.calls == 2
    assert client.breaker.circuit is Circuit.CLOSED


async def test_the_circuit_opens_rests_probes_and_closes(engine, connect, waiting, caplog):
    caplog.set_level(logging.INFO, logger="engine_client.http_caller")
    async with served(engine) as url:
        port = int(url.rpartition(":")[2])
    client = connect(url, attempts=2, failures=3, rest=4.0)
    for _ in range(3):
        with pytest.raises(EngineAway, match="no connection"):
            await client.state(HERE)
    pauses = len(waiting.pauses)
    with pytest.raises(EngineAway, match="the game is safe"):
        await client.state(HERE)
    assert len(waiting.pauses) == pauses, "nothing was tried"
    async with served(engine, port=port):
        with pytest.raises(EngineAway):
            await client.state(HERE)
        waiting.now += 4.0
        assert await client.state(HERE) is None
        assert client.breaker.circuit is Circuit.CLOSED
        await client.close()
    said = [record.getMessage() for record in caplog.records]
    assert said == ["the engine is away: no connection", "the engine answers again"]


async def test_while_one_call_probes_the_others_do_not_wait(connect, waiting):
    engine = ScriptedEngine()
    url = nobody()
    client = connect(url, attempts=1, failures=1, rest=1.0)
    with pytest.raises(EngineAway):
        await client.state(HERE)
    waiting.now += 1.0
    engine.gate.clear()
    async with served(engine, port=int(url.rpartition(":")[2])):
        probe = asyncio.create_task(client.state(HERE))
        await engine.asked.acquire()
        with pytest.raises(EngineAway):
            await client.state(HERE)
        engine.gate.set()
        assert (await probe).session_id == HERE
        assert (await client.state(HERE)).session_id == HERE
        await client.close()


async def test_a_call_that_is_given_up_does_not_close_the_door(connect, waiting):
    engine = ScriptedEngine()
    engine.gate.clear()
    async with served(engine) as url:
        client = connect(url)
        call = asyncio.create_task(client.state(HERE))
        await engine.asked.acquire()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        engine.gate.set()
        assert (await client.state(HERE)).session_id == HERE


async def test_an_engine_that_hangs_is_away(connect):
    engine = ScriptedEngine()
    engine.gate.clear()
    async with served(engine, limits=Limits(answer_seconds=0.05)) as url:
        with pytest.raises(EngineAway, match="no answer within"):
            await connect(url, attempts=2).state(HERE)
        assert engine.calls == 2
        with pytest.raises(EngineAway, match="no answer in time"):
            await connect(url, attempts=1, attempt=0.01).state(HERE)
        engine.gate.set()


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
async def test_a_wrong_token_is_an_engine_away_that_says_so(url, connect, waiting, token):
    client = connect(url, token)
    with pytest.raises(EngineAway, match="it refuses ENGINE_TOKEN"):
        await client.state(HERE)
    assert waiting.pauses == []


def page(_request: web.Request) -> web.Response:
    return web.Response(text="<html>Welcome</html>", content_type="text/html")


def missing(_request: web.Request) -> web.Response:
    return web.Response(status=404, text="nothing here")


def moved(_request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})


def other_json(_request: web.Request) -> web.Response:
    return web.Response(body=b'{"session_id": 5}', content_type="application/json")


def wrong_text(_request: web.Request) -> web.Response:
    return web.Response(body=b'"\xff"', content_type="application/json")


@pytest.mark.parametrize("answer", [page, missing, moved, other_json, wrong_text])
async def test_what_is_no_engine_is_an_engine_away(web_site, connect, answer):
    client = connect(await web_site(answer))
    asks = (client.state(HERE), client.chart(HERE), client.list_sessions(), client.remove(HERE))
    for ask in asks:
        with pytest.raises(EngineAway, match="ENGINE_URL"):
            await ask


async def test_an_unexpected_error_there_gives_its_reference(connect, caplog):
    engine = ScriptedEngine()
    async with served(engine) as url:
        with pytest.raises(EngineAway, match=r"reference [0-9a-f]{6}") as caught:
            await connect(url).state(SessionId("broken"))
    reference = str(caught.value).rpartition(" ")[2].strip(")")
    (record,) = [r for r in caplog.records if r.name == "engine_client.serving.app"]
    assert reference in record.getMessage()
    assert "a fault that nobody foresaw" in str(record.exc_info)
    assert engine.calls == 1, "a fault of the program is not tried again"


async def test_bad_arguments_are_told_from_refusals(engine, url, connect):
    client = connect(url)
    turn = (await client.start(HERE, turn_id="launch", captain="Ada")).turn
    for turn_id in ("", "x" * 65, "line\nbreak", "ünder"):
        with pytest.raises(ValueError, match="turn id"):
            await client.act(HERE, Wait(), turn_id=turn_id, expected=turn.ref, actor="Ada")
    with pytest.raises(ValueError, match="actor"):
        await client.act(HERE, Wait(), turn_id="x", expected=turn.ref, actor="A\0da")
    with pytest.raises(ValueError, match="restart or idle"):
        await client.act(HERE, Abandon("boredom"), turn_id="x", expected=turn.ref, actor="Ada")
    with pytest.raises(ActionRefused, match="too long"):
        await client.act(HERE, Say("x" * 70_000), turn_id="x", expected=turn.ref, actor="Ada")
    with pytest.raises(UnknownChoice):
        await client.act(HERE, Choose("\0"), turn_id="x", expected=turn.ref, actor="Ada")
    assert await engine.state(HERE) == turn


@pytest.mark.parametrize(
    "ref", [TurnRef(-1, 1), TurnRef(10**30, 1), TurnRef(1, -(10**30)), TurnRef(1, 2**31)]
)
async def test_numbers_that_no_turn_can_have_are_no_turns(url, connect, ref):
    client = connect(url)
    turn = (await client.start(HERE, turn_id="launch", captain="Ada")).turn
    with pytest.raises(StaleTurn) as late:
        await client.act(HERE, Wait(), turn_id="x", expected=ref, actor="Ada")
    assert late.value.newest == turn
    with pytest.raises(UnknownSession):
        await client.frame(HERE, ref)
    assert await client.turns(HERE, after=ref) in ([], [turn])


async def test_many_turns_come_in_several_answers(connect):
    engine = ScriptedEngine()
    async with served(engine) as url:
        client = connect(url)
        turns = await client.turns(HERE, after=TurnRef(1, 10), limit=10_000)
        assert [turn.n for turn in turns] == list(range(11, 2_501))
        assert engine.calls == 3
        assert await client.turns(HERE, after=TurnRef(1, 0), limit=0) == []


@pytest.mark.parametrize("url", ["", "engine:8430", "ftp://engine", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="URL"):
        HttpEngineClient(url)
