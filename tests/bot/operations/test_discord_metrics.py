"""What is counted of Discord's answers, against a real HTTP server that answers as Discord does."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from bot.operations.discord_metrics import MOST_CODES, DiscordMetrics
from engine_client.telemetry.metrics import Metrics

Ask = Callable[..., "aiohttp.client._RequestContextManager"]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


@pytest.fixture
async def ask(metrics: Metrics) -> AsyncIterator[Callable[[str], object]]:
    """Ask a server that answers with the status, the code and the headers that the address names."""

    async def answer(request: web.Request) -> web.Response:
        status, code = int(request.match_info["status"]), request.match_info["code"]
        headers = {name: value for name, value in request.query.items() if name.startswith(("X-", "Retry"))}
        if code == "html":
            return web.Response(text="<html>gateway</html>", status=status, headers=headers)
        return web.json_response({"message": "no", "code": int(code)}, status=status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{status}/{code}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    trace = DiscordMetrics(metrics).trace_into(aiohttp.TraceConfig())
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:

        async def send(path: str, method: str = "GET") -> None:
            async with session.request(method, base + path) as response:
                await response.text()

        yield send
    await runner.cleanup()


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value("dead_reckoning_" + name, labels) or 0.0


async def test_answers_are_counted_by_status_and_errors_by_code(metrics, ask):
    await ask("/200/0")
    await ask("/404/10008", "PATCH")
    await ask("/404/10008", "PATCH")
    await ask("/403/50013", "POST")
    await ask("/502/html", "POST")
    assert value(metrics, "discord_requests_total", method="GET", status="200") == 1
    assert value(metrics, "discord_requests_total", method="PATCH", status="404") == 2
    assert value(metrics, "discord_errors_total", status="404", code="10008") == 2
    assert value(metrics, "discord_errors_total", status="403", code="50013") == 1
    assert value(metrics, "discord_errors_total", status="502", code="none") == 1
    assert value(metrics, "discord_errors_total", status="200", code="0") == 0


async def test_rate_limits_are_counted_with_what_they_cost(metrics, ask):
    await ask("/429/0?Retry-After=1.5&X-RateLimit-Scope=shared")
    await ask("/429/0?Retry-After=nonsense")
    await ask("/200/0?X-RateLimit-Remaining=0")
    await ask("/200/0?X-RateLimit-Remaining=4")
    assert value(metrics, "discord_rate_limited_total", scope="shared") == 1
    assert value(metrics, "discord_rate_limited_total", scope="unknown") == 1
    assert value(metrics, "discord_rate_limit_wait_seconds_total") == 1.5
    assert value(metrics, "discord_rate_limits_used_up_total") == 1


async def test_a_server_that_invents_codes_does_not_make_endless_series(metrics, ask):
    for code in range(MOST_CODES + 20):
        await ask(f"/400/{code}")
    assert value(metrics, "discord_errors_total", status="400", code="other") == 20


async def test_a_call_without_an_answer_is_counted(metrics):
    trace = DiscordMetrics(metrics).trace_into(aiohttp.TraceConfig())
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get("http://127.0.0.1:1/")
    assert value(metrics, "discord_requests_cut_off_total") == 1
