"""A process ends in bounded time, whatever hangs: steps, signals, the last resort, the engine process."""

import asyncio
import logging
import os
import queue
import signal
import threading
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from engine.session_saver import SessionSaver
from engine_client import closing
from engine_client.closing import Step, begin_last_resort, on_signals, take_steps
from engine_client.engine_process import open_engine
from engine_client.models import SessionId
from engine_client.server_settings import ServerSettings
from engine_client.telemetry.metrics import Metrics


async def test_steps_are_taken_in_order_and_none_stops_the_others(caplog: pytest.LogCaptureFixture) -> None:
    taken: list[str] = []

    async def take(name: str) -> None:
        taken.append(name)

    async def fail() -> None:
        raise RuntimeError("a part is broken")

    steps = [Step("a", 5, lambda: take("a")), Step("b", 5, fail), Step("c", 5, lambda: take("c"))]
    assert await take_steps(steps) == []
    assert taken == ["a", "c"]
    assert "b failed" in caplog.text
    assert "a part is broken" in caplog.text


async def test_what_hangs_is_cut_even_where_it_does_not_take_its_cancellation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    never, put_down = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        try:
            await never.wait()
        finally:
            put_down.set()

    async def stubborn() -> None:
        while not never.is_set():
            try:
                await never.wait()
            except asyncio.CancelledError:
                continue

    begun = asyncio.get_running_loop().time()
    cut = await take_steps([Step("one", 0.05, hang), Step("two", 0.05, stubborn), Step("three", 5, _nothing)])
    assert cut == ["one", "two"]
    assert put_down.is_set(), "a part that is cut may put its things down"
    assert asyncio.get_running_loop().time() - begun < 4
    assert "one: cut off after" in caplog.text
    never.set()


async def _nothing() -> None:
    return None


def test_the_last_resort_comes_from_outside_the_event_loop() -> None:
    left: queue.SimpleQueue[int] = queue.SimpleQueue()
    timer = begin_last_resort(0.01, left.put)
    assert timer.daemon
    assert left.get(timeout=10) == 1


@pytest.mark.skipif(os.name != "posix", reason="the signals of asyncio")
async def test_a_second_signal_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "begin_last_resort", lambda _seconds, _leave: None)
    asked, left = asyncio.Event(), asyncio.Event()
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        left.set()

    on_signals(asked.set, leave=leave)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(10):
        await asked.wait()
    assert codes == []
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(10):
        await left.wait()
    assert codes == [143]


async def test_without_signals_in_asyncio_pythons_own_handler_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handlers = {}

    def refuse(*_arguments: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "add_signal_handler", refuse)
    monkeypatch.setattr(signal, "signal", lambda name, handler: handlers.setdefault(name, handler))
    monkeypatch.setattr(closing, "begin_last_resort", lambda _seconds, _leave: None)
    asked = asyncio.Event()
    on_signals(asked.set)
    handlers[signal.SIGINT](int(signal.SIGINT), None)
    async with asyncio.timeout(10):
        await asked.wait()


async def test_an_engine_whose_disk_hangs_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def hang(*_arguments: object) -> None:
        await asyncio.to_thread(let_go.wait, 60)

    let_go = threading.Event()
    monkeypatch.setattr(SessionSaver, "save", hang)
    monkeypatch.setattr("engine_client.engine_process.SAVE_SECONDS", 0.05)
    codes: list[int] = []
    settings = ServerSettings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    try:
        async with open_engine(settings, Metrics(CollectorRegistry()), leave=codes.append) as engine:
            await engine.start(SessionId("7"), turn_id="a", captain="Ada")
    finally:
        let_go.set()
    assert codes == [0]
    assert "sessions given up count=" in caplog.text, "a hanging step stops none of the others"


async def test_an_engine_that_closes_in_time_is_not_left_by_force(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    codes: list[int] = []
    settings = ServerSettings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    async with open_engine(settings, Metrics(CollectorRegistry()), leave=codes.append) as engine:
        await engine.start(SessionId("7"), turn_id="a", captain="Ada")
    assert codes == []
    assert "saves written count=1" in caplog.text
