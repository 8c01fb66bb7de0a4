"""Log lines: one record is one line that nobody can forge, says what it works for, and holds no secret."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from engine_client.telemetry.context import reached, working_for
from engine_client.telemetry.logs import JsonLines, Redactor, TextLines, password_in, visible

PASSWORD = "hunter2/é@"
URL = "postgresql://bot:hunter2%2F%C3%A9%40@db.example/game"


@pytest.fixture(params=["text", "json"])
def as_json(request: pytest.FixtureRequest) -> bool:
    return request.param == "json"


@pytest.fixture
def written(as_json: bool) -> Iterator[Callable[[], str]]:
    """What the logger `t` has written."""
    redactor = Redactor(["s3cret-engine-token", password_in(URL), "MTA.bot.token", ""])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(redactor) if as_json else TextLines(redactor))
    LOG.addHandler(handler)
    yield stream.getvalue
    LOG.removeHandler(handler)


LOG = logging.Logger("t", logging.DEBUG)  # nobody's child: what it says stays out of pytest's own reports
# With names: half a surrogate in a test's name cannot be sent between pytest's processes.
FORGERIES = [
    "a\n2026-01-01 00:00:00 ERROR   bot: forged",
    "a\r\nb",
    "a\x1b[2J\x1b[31mred",
    "a\u202edesrever",
    "a\u2028b\u2029c\x85d",
    "a\x00b\x7fc\x9bd",
    "a\u2066b\u200fc\ufeff",
    "a\ud800b",
    "a\U000e0041b",
]


@pytest.mark.parametrize("forged", FORGERIES, ids=ascii)
def test_text_from_outside_stays_in_its_line(written, forged):
    LOG.warning("the player said %s", forged)
    (line,) = written().splitlines()
    assert line.isprintable()
    assert not set(line) & set(forged) - set(visible(forged))
    assert "the player said a" in line


def test_a_traceback_cannot_pass_for_a_record(written, as_json):
    try:
        raise ValueError(FORGERIES[0] + "\x1b[2J")
    except ValueError:
        LOG.exception("failed")
    first, *rest = written().rstrip("\n").split("\n")
    assert "failed" in first
    assert "\x1b" not in written()
    assert as_json == (rest == [])
    assert all(line.startswith("    ") for line in rest)
    said = json.loads(first)["error"] if as_json else "\n".join(rest)
    assert "forged" in said


def test_names_in_other_scripts_stay_readable(written):
    LOG.info("captain %s", "Zoë 指揮官 قبطان 🚀")
    assert "Zoë 指揮官 قبطان 🚀" in written()


def test_every_line_of_some_work_names_it(written, as_json):
    with working_for("1001", interaction="42", voyage=3, turn=7):
        LOG.info("under way")
    LOG.info("afterwards")
    inside, outside = written().splitlines()
    if as_json:
        said = json.loads(inside)
        assert (said["session"], said["interaction"], said["voyage"], said["turn"]) == ("1001", "42", 3, 7)
        assert set(json.loads(outside)) == {"at", "level", "logger", "message"}
        assert said["at"].endswith("+00:00")
    else:
        assert inside.endswith("under way session=1001 interaction=42 voyage=3 turn=7")
        assert outside.endswith("afterwards")


def test_what_the_message_says_itself_is_not_said_twice(written):
    with working_for("1001"):
        LOG.info("kept session=%s", "1001")
    assert written().count("1001") == 1 or json.loads(written())["message"] == "kept session=1001"


async def test_a_turn_that_a_task_reached_is_known_to_those_who_wait_for_it(written):
    async def act() -> None:
        reached("1001", 1, 2)

    async def elsewhere() -> None:
        reached("2002", 9, 9)

    with working_for("1001", interaction="42", voyage=1, turn=1):
        await asyncio.gather(act(), elsewhere())
        LOG.info("shown")
    reached("1001", 5, 5)
    LOG.info("nothing")
    shown, nothing = written().splitlines()
    assert '"turn":2' in shown or "turn=2" in shown
    assert "turn" not in nothing


async def test_tasks_of_two_channels_do_not_mix(written):
    first_inside = asyncio.Event()

    async def first() -> None:
        with working_for("1"):
            first_inside.set()
            await asyncio.sleep(0)
            LOG.info("one")

    async def second() -> None:
        await first_inside.wait()
        with working_for("2"):
            LOG.info("two")

    await asyncio.gather(first(), second())
    for line in written().splitlines():
        assert ("1" if "one" in line else "2") in line.partition("session")[2]


LEAKS = [
    ("connecting to %s", URL),
    ("cannot connect: password %s", "hunter2%2F%C3%A9%40"),
    ("cannot connect: password %s", PASSWORD),
    ("redis://user:pw-%s", "abcdef@cache:6379/0"),
    ("headers %s", {"Authorization": "Bearer s3cret-engine-token"}),
    ("headers %s", {"Authorization": "Bot MTA.bot.token"}),
    ("%s", "POST https://discord.com/api/v10/interactions/77/aW50ZXJhY3Rpb246/callback with None"),
    ("%s", "PATCH https://discord.com/api/v10/webhooks/88/aW50ZXJhY3Rpb246/messages/@original?x=1"),
    ("event %s", {"t": "INTERACTION_CREATE", "d": {"token": "aW50ZXJhY3Rpb246", "id": "77"}}),
    ("event %s", '{"d":{"token": "aW50ZXJhY3Rpb246"}}'),
]


@pytest.mark.parametrize(("message", "argument"), LEAKS, ids=range(len(LEAKS)))
def test_secrets_are_taken_out(written, message, argument):
    # A mapping as the only argument would be taken for named ones.
    LOG.debug(message, *([argument] if isinstance(argument, str) else [str(argument)]))
    said = written()
    assert "***" in said
    for secret in ("hunter2", "s3cret", "MTA.bot", "aW50", "pw-abcdef", PASSWORD):
        assert secret not in said


def test_secrets_are_taken_out_of_tracebacks(written):
    try:
        raise OSError(f"cannot reach {URL}")
    except OSError:
        LOG.exception("away")
    assert "hunter2" not in written()
    assert "db.example/game" in written()


def test_a_url_without_a_password_stays_whole(written):
    LOG.info("serving http://127.0.0.1:8430/v1/sessions and mail@example.org")
    assert "http://127.0.0.1:8430/v1/sessions and mail@example.org" in written()


def test_a_url_that_is_none_has_no_password():
    assert password_in("http://[broken") == ""
    assert password_in(URL) == "hunter2%2F%C3%A9%40"
