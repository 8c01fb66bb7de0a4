"""/healthz, /readyz and /metrics over a real socket, and what they say when a part is away."""

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from bot.operations.endpoints import CannotListen, serve_operations
from engine_client.telemetry.loop_lag import EVERY_SECONDS
from engine_client.telemetry.metrics import CommitMetrics, Metrics
from engine_client.telemetry.readiness import Readiness
from engine_client.telemetry.shown import Operations, operations_of

LOOPBACK = "127.0.0.1"


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def shown(readiness: Readiness | None = None) -> Operations:
    return operations_of(Metrics(CollectorRegistry()), readiness or Readiness({}))


async def well() -> None:
    return None


async def samples(web: aiohttp.ClientSession, port: int) -> dict[str, float]:
    """Read /metrics as Prometheus would."""
    async with web.get(f"http://{LOOPBACK}:{port}/metrics") as answer:
        assert answer.status == 200
        text = await answer.text()
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    return {
        s.name + "".join(f"[{k}={v}]" for k, v in sorted(s.labels.items())): s.value
        for family in families
        for s in family.samples
    }


async def test_a_loop_that_turns_is_healthy(web):
    async with (
        serve_operations(shown(), LOOPBACK, 0) as port,
        web.get(f"http://{LOOPBACK}:{port}/healthz") as answer,
    ):
        assert (answer.status, (await answer.json())["status"]) == (200, "ok")


async def test_a_loop_that_was_blocked_says_how_long(web):
    operations = shown()
    async with serve_operations(operations, LOOPBACK, 0) as port:
        time.sleep(EVERY_SECONDS + 0.2)  # noqa: ASYNC251 (the loop is to be blocked)
        async with web.get(f"http://{LOOPBACK}:{port}/healthz") as answer:
            assert (await answer.json())["loop_lag_worst"] >= 0.15
        assert (await samples(web, port))["dead_reckoning_loop_lag_seconds[of=worst]"] >= 0.15


async def test_a_stuck_loop_is_not_healthy(web, monkeypatch):
    operations = shown()
    async with serve_operations(operations, LOOPBACK, 0) as port:
        operations.lag.stop()
        operations.lag._late.append(6.0)
        async with web.get(f"http://{LOOPBACK}:{port}/healthz") as answer:
            assert (answer.status, (await answer.json())["status"]) == (503, "stuck")


async def test_every_part_is_named_and_none_holds_up_the_answer(web, monkeypatch):
    monkeypatch.setattr("engine_client.telemetry.readiness.PART_SECONDS", 0.05)

    async def slow() -> None:
        await asyncio.Event().wait()

    async def broken() -> None:
        raise OSError("postgresql://bot:secret@db")

    async def unwilling() -> str:
        return "not connected"

    checks = {"store": slow, "engine": broken, "gateway": unwilling, "disk": well}
    async with (
        serve_operations(shown(Readiness(checks)), LOOPBACK, 0) as port,
        web.get(f"http://{LOOPBACK}:{port}/readyz") as answer,
    ):
        assert answer.status == 503
        assert await answer.json() == {
            "ready": False,
            "parts": {
                "store": "no answer within 0.05 s",
                "engine": "away (OSError)",
                "gateway": "not connected",
                "disk": "ok",
            },
        }


async def test_a_process_that_stops_is_not_ready_before_anything_is_taken_down(web):
    readiness = Readiness({"store": well})
    async with serve_operations(shown(readiness), LOOPBACK, 0) as port:
        url = f"http://{LOOPBACK}:{port}/readyz"
        async with web.get(url) as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "parts": {"store": "ok"}})
        readiness.stop()
        async with web.get(url) as answer:
            assert (answer.status, await answer.json()) == (
                503,
                {"ready": False, "parts": {"process": "stopping"}},
            )


async def test_what_was_measured_is_there_for_prometheus(web):
    operations = shown()
    CommitMetrics(operations.metrics).committed(3, 0.004)

    async def jobs() -> dict[tuple[str, ...], float]:
        return {("tape", "open"): 2.0, ("tape", "parked"): 1.0}

    operations.metrics.gauge("jobs", "Jobs", ("kind", "phase"), jobs)
    async with serve_operations(operations, LOOPBACK, 0) as port:
        found = await samples(web, port)
    assert found["dead_reckoning_commit_batch_size_sum"] == 3
    assert found["dead_reckoning_commit_seconds_bucket[le=0.005]"] == 1
    assert found["dead_reckoning_commit_seconds_bucket[le=0.0025]"] == 0
    assert found["dead_reckoning_jobs[kind=tape][phase=open]"] == 2
    assert found["dead_reckoning_jobs[kind=tape][phase=parked]"] == 1
    assert "process_resident_memory_bytes" in found


async def test_a_gauge_that_fails_hides_no_other(web, monkeypatch):
    monkeypatch.setattr("engine_client.telemetry.metrics.LOOK_SECONDS", 0.05)
    operations = shown()

    async def never() -> dict[tuple[str, ...], float]:
        await asyncio.Event().wait()
        return {}

    def broken() -> dict[tuple[str, ...], float]:
        raise OSError("the store is away")

    operations.metrics.gauge("slow", "Slow", (), never)
    operations.metrics.gauge("broken", "Broken", (), broken)
    operations.metrics.gauge("fine", "Fine", (), lambda: {(): 1.0})
    async with serve_operations(operations, LOOPBACK, 0) as port:
        found = await samples(web, port)
    assert found["dead_reckoning_fine"] == 1
    assert "dead_reckoning_slow" not in found
    assert found["dead_reckoning_scrape_failures_total[metric=dead_reckoning_slow]"] == 1
    assert found["dead_reckoning_scrape_failures_total[metric=dead_reckoning_broken]"] == 1


async def test_two_processes_in_one_interpreter_share_no_registry(web):
    first, second = shown(), shown()
    CommitMetrics(first.metrics).committed(1, 0.001)
    CommitMetrics(second.metrics)
    async with serve_operations(second, LOOPBACK, 0) as port:
        assert (await samples(web, port))["dead_reckoning_commit_batch_size_count"] == 0


async def test_a_port_in_use_is_a_sentence():
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=re.escape(f"OPS_PORT {port} on OPS_HOST 127.0.0.1")):
            async with serve_operations(shown(), LOOPBACK, port):
                raise AssertionError("unreachable")


async def test_only_three_addresses_and_only_reading(web):
    async with serve_operations(shown(), LOOPBACK, 0) as port:
        for path in ("/", "/metrics/", "/sessions"):
            async with web.get(f"http://{LOOPBACK}:{port}{path}") as answer:
                assert answer.status == 404
        async with web.post(f"http://{LOOPBACK}:{port}/metrics") as answer:
            assert answer.status == 405
