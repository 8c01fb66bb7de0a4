"""The lines of the log stand there once, and the news is told once."""

import json
import logging
import os
from typing import Any, cast

import pytest

from sessions.runs.lines import LineLog
from sessions.runs.reports import RunReports

SESSION = "4711"


def lines(path):
    """The documents of a log."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def fly(engine, book, clock):
    """One voyage of two runs and an abandoned one."""
    engine.hold()
    await book.observe((await engine.start(SESSION, turn_id="x", captain="Ada")).turn)
    clock.now += 300
    engine.hold(gem=1)
    await book.finish(SESSION)
    await book.start(SESSION)
    await book.abandon(SESSION)
    await book.start(SESSION)
    clock.now += 280
    engine.hold(gem=1, rare=1, relic=2)
    await book.observe(engine.play(end="hull_failed"))


async def test_a_run_leaves_one_line_and_a_voyage_one(engine, book, store, clock, tmp_path, caplog):
    await fly(engine, book, clock)
    reports = RunReports(tmp_path / "logs", store.runs)
    with caplog.at_level(logging.INFO, "sessions.runs.reports"):
        assert await reports.write() == 4
    assert await reports.write() == 0
    runs = lines(tmp_path / "logs" / "runs.jsonl")
    assert [line["state"] for line in runs] == ["completed", "abandoned", "completed"]
    assert runs[0]["value_per_hour"] == 1206
    assert runs[2]["session_before"]["value_per_hour"] == pytest.approx(1206)
    assert runs[2]["session_after"]["value_per_hour"] == pytest.approx(1556.07, abs=0.01)
    assert runs[2]["unpriced"] == [{"item_id": "relic", "name": "Relic", "quantity": 2, "value": 0.0}]
    (voyage,) = lines(tmp_path / "logs" / "sessions.jsonl")
    assert voyage["value_per_hour"] == 1556.07
    assert voyage["maps_completed"] == 2
    assert voyage["maps_abandoned"] == 1
    assert voyage["cause"] == "hull_failed"
    assert caplog.text.count("session progress session=4711") == 2


async def test_a_crash_between_line_and_mark_makes_no_second_line(engine, book, store, clock, tmp_path):
    class Forgetful:
        """The store of a process that dies before it notes anything."""

        def __getattr__(self, name):
            if name.startswith("mark"):
                raise OSError("killed")
            return getattr(store.runs, name)

    await fly(engine, book, clock)
    with pytest.raises(OSError, match="killed"):
        await RunReports(tmp_path, cast("Any", Forgetful())).write()
    assert await RunReports(tmp_path, store.runs).write() == 1  # the voyage's own line
    assert len(lines(tmp_path / "runs.jsonl")) == 3


async def test_news_is_handed_out_until_it_is_told(engine, book, store, clock, tmp_path):
    await fly(engine, book, clock)
    reports = RunReports(tmp_path, store.runs)
    news = await reports.news()
    assert [run.value for run in news] == [100.5, 150.2]
    assert await reports.news() == news
    await reports.told(news)
    assert await reports.news() == []


async def test_a_full_disk_loses_no_line(engine, book, store, clock, tmp_path):
    await fly(engine, book, clock)
    (tmp_path / "logs").write_text("in the way")
    with pytest.raises(OSError):
        await RunReports(tmp_path / "logs", store.runs).write()
    (tmp_path / "logs").unlink()
    assert await RunReports(tmp_path / "logs", store.runs).write() == 4


def test_a_torn_last_line_is_taken_away_and_written_again(tmp_path):
    path = tmp_path / "runs.jsonl"
    log = LineLog(path)
    assert log.append([{"key": "a", "n": 1}, {"key": "b", "n": 2}]) == 2
    with path.open("ab") as file:
        file.truncate(path.stat().st_size - 4)
    again = LineLog(path)
    assert again.append([{"key": "a", "n": 1}, {"key": "b", "n": 2}, {"key": "c", "n": 3}]) == 2
    assert [line["key"] for line in lines(path)] == ["a", "b", "c"]
    assert again.append([{"key": "c"}]) == 0


def test_a_line_that_another_process_wrote_is_not_written_again(tmp_path):
    path = tmp_path / "runs.jsonl"
    dead, heir = LineLog(path), LineLog(path)
    assert heir.append([{"key": "a"}]) == 1
    assert dead.append([{"key": "a"}, {"key": "b"}]) == 1
    assert heir.append([{"key": "b"}, {"key": "c"}]) == 1
    assert [line["key"] for line in lines(path)] == ["a", "b", "c"]


def test_somebody_elses_lines_stay(tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_bytes(b"not json\n" + os.urandom(8).hex().encode() + b"\n")
    assert LineLog(path).append([{"key": "a"}]) == 1
    assert path.read_bytes().startswith(b"not json\n")


def test_a_long_log_is_read_from_its_end_only(tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_bytes(b"".join(b'{"key":"%d","pad":"%s"}\n' % (n, b"x" * 200) for n in range(4000)))
    log = LineLog(path)
    assert log.append([{"key": "3999"}]) == 0
    assert log.append([{"key": "4000"}]) == 1
