"""The real bot with its operations on: what its addresses and its log say of games that are played."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from bot.operations.endpoints import serve_operations
from bot.operations.feeds import counted
from engine_client.feeds.errors import FeedAway
from engine_client.feeds.models import Answer
from engine_client.session_lists import SessionList
from engine_client.telemetry.logs import JsonLines, Redactor
from engine_client.telemetry.metrics import Metrics
from tests.harness import sea, settings_in

BOT = "dead_reckoning_"


async def asked(port: int, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as web,
        web.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def metrics(port: int) -> dict[str, float]:
    _status, text = await asked(port, "/metrics")
    return {
        s.name.removeprefix(BOT) + "".join(f"[{k}={v}]" for k, v in sorted(s.labels.items())): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


async def test_turns_are_measured_and_no_channel_is_named(tmp_path: Path):
    # Served by the test: simcord owns the clock of whatever the bot itself starts.
    async with sea(tmp_path) as s, serve_operations(s.bot.operations, "127.0.0.1", 0) as port:
        await s.play()
        await s.choose()
        stale = await s.board()
        old = next(
            child.custom_id
            for row in stale.components
            for child in getattr(row, "children", [])
            if (child.custom_id or "").startswith("act:")
        )
        await s.choose()
        await s.click_id(stale, old)
        found = await metrics(port)
        status, said = await asked(port, "/readyz")
        _, text = await asked(port, "/metrics")
        channel = str(s.channel.id)
    assert (status, json.loads(said)["parts"]) == (200, {"store": "ok", "engine": "ok", "gateway": "ok"})
    assert found["turn_seconds_count[outcome=done]"] == 2
    assert found["turn_seconds_count[outcome=refused]"] == 1
    assert found["interaction_seconds_count[kind=command][outcome=done]"] == 1
    assert found["engine_turn_seconds_count[outcome=accepted]"] == 3
    assert found["engine_turn_seconds_count[outcome=stale]"] == 1
    assert found["commit_batch_size_sum"] >= 3
    assert found["sessions_loaded"] == 1
    assert found["boards_behind"] == 0
    assert found["commits_waiting"] == 0
    assert found["guilds"] == 1
    assert "scrape_failures_total" not in " ".join(found)
    assert channel not in text


async def test_without_a_port_nothing_listens(tmp_path: Path):
    async with sea(tmp_path) as s:
        assert s.bot.settings.ops_port == 0
        assert s.bot.operations.lag.newest == 0.0


@contextmanager
def logged() -> Iterator[list[dict[str, object]]]:
    """Everything that is logged meanwhile, as JSON says it."""
    lines: list[dict[str, object]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(self.format(record)))

    handler = Kept(logging.DEBUG)
    handler.setFormatter(JsonLines(Redactor()))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


def turns_in(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return [line for line in lines if str(line["message"]).startswith("turn accepted")]


async def test_every_line_inside_a_turn_names_session_interaction_and_turn(tmp_path: Path):
    with logged() as lines:
        async with sea(tmp_path) as s:
            await s.play()
            await s.choose()
            channel = str(s.channel.id)
            paths = [str(request.path) for request in s.env.http_requests]
    turns = turns_in(lines)
    assert [line["turn"] for line in turns] == [1, 2]
    for line in turns:
        assert line["session"] == channel
        assert f"turn_id={line['interaction']}" in str(line["message"])
    tokens = {path.split("/")[-2] for path in paths if path.endswith("/callback")}
    assert tokens, "interaction tokens that could leak"
    written = json.dumps(lines)
    assert not [token for token in tokens if token in written]


async def test_a_turn_that_a_countdown_took_is_named_so(tmp_path: Path):
    with logged() as lines:
        async with sea(tmp_path) as s:
            await s.officer.slash(s.channel, "settings", countdown=60, auto_advance="on")
            await s.play()
            await s.env.advance_time(61)
            channel = str(s.channel.id)
    (turn,) = [line for line in turns_in(lines) if "turn_id=auto-" in str(line["message"])]
    assert (turn["interaction"], turn["session"], turn["turn"]) == ("countdown", channel, 2)


async def test_a_bot_that_stops_says_so_to_the_end(tmp_path: Path):
    async with sea(tmp_path) as s, serve_operations(s.bot.operations, "127.0.0.1", 0) as port:
        assert (await asked(port, "/readyz"))[0] == 200
        await s.bot.close()
        status, said = await asked(port, "/readyz")
    assert (status, json.loads(said)) == (503, {"ready": False, "parts": {"process": "stopping"}})


async def test_feeds_are_counted_by_outcome(metrics_of_feeds):
    metrics, lists = metrics_of_feeds
    await lists.fetch("fine")
    for _ in range(2):
        with pytest.raises(FeedAway):
            await lists.fetch("away")
    said = (await metrics.render()).decode()
    assert 'dead_reckoning_feed_polls_total{feed="fine",outcome="ok"} 1.0' in said
    assert 'dead_reckoning_feed_polls_total{feed="away",outcome="FeedAway"} 2.0' in said


@pytest.fixture
def metrics_of_feeds() -> tuple[Metrics, SessionList]:
    """Count two feeds, of which one is away."""

    class Lists:
        async def fetch(self, feed: str) -> Answer:
            if feed == "away":
                raise FeedAway("no answer")
            return cast(Answer, object())  # nobody looks into it

    metrics = Metrics(CollectorRegistry())
    return metrics, counted(Lists(), metrics)


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: int):
    with pytest.raises(ValueError, match="ops_port"):
        settings_in(tmp_path, ops_port=port)
