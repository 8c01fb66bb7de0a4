"""`feed check`: what a person sees of a mapping's work."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from engine_client.feeds import check
from engine_client.feeds.catalog import SHIPPED
from engine_client.feeds.check import check_feed

OURS = Path(__file__).parent / "payloads"


def checked(*arguments: str) -> tuple[int, str]:
    """Run the command; give its exit code and output."""
    said: list[str] = []
    return check_feed(arguments, said.append), "".join(said)


def kept(folder: Path, document: object) -> str:
    file = folder / "answer.json"
    file.write_text(json.dumps(document))
    return str(file)


def test_a_kept_answer_is_read_with_the_mapping_that_fits_best():
    code, said = checked(str(OURS / "msl_v1.json"))
    assert code == 0
    assert "mapping   msl_v1" in said
    assert "answer    complete" in said
    assert "made      2026-01-01 00:00:05 UTC" in said
    assert "sessions  2" in said
    assert "mod       Better Sand" in said
    assert "password  yes" in said


def test_each_format_finds_its_own_mapping():
    code, said = checked(str(OURS / "msl_v2.ndjson"))
    assert code == 0
    assert "mapping   msl_v2" in said


def test_a_named_feed_and_a_time():
    file = str(OURS / "msl_v1.json")
    code, said = checked(file, "--feed", "msl_v1-bzcc", "--at", "1800000000")
    assert code == 1
    assert "NOT complete: the list is stale" in said
    assert checked(file, "--feed", "msl_v1")[0] == 0
    code, said = checked(file, "--feed", "northstar")
    assert (code, "selects no list" in said or "cannot be read" in said) == (1, True)
    assert checked(file, "--feed", "nothing")[0] == 1


def test_a_mapping_of_ones_own(tmp_path):
    mapping = tmp_path / "mine.toml"
    mapping.write_text((SHIPPED / "northstar.toml").read_text())
    answer = kept(tmp_path, [{"id": 1, "name": "x", "playerCount": 0}])
    code, said = checked(answer, "--mapping", str(mapping))
    assert code == 0
    assert "players   0" in said
    mapping.write_text("title = 5")
    code, said = checked(answer, "--mapping", str(mapping))
    assert code == 1
    assert "mine: " in said


def test_what_goes_wrong_is_shown(tmp_path):
    rows = [{"id": 1, "name": "10.0.0.1 is my name", "map": "203.0.113.9:1"}, {"id": 1}, {"name": "x"}]
    code, said = checked(kept(tmp_path, rows), "--feed", "northstar")
    assert code == 1
    assert "1 of 3 rows cannot be read" in said
    assert "note      row 3 cannot be read: it has no id" in said
    assert "note      the field map holds IP addresses" in said
    assert "note      1 rows have an id that another row has" in said


def test_an_error_in_the_sources_own_words_is_shown(tmp_path):
    code, said = checked(kept(tmp_path, {"message": "Token doesn't match.", "status": 401}))
    assert code == 1
    assert "the source says: Token doesn't match." in said


@pytest.mark.parametrize("document", [{"what": "is this"}, 5, "text", {"a": [1, 2]}])
def test_what_fits_nothing_is_said(tmp_path, document):
    code, said = checked(kept(tmp_path, document))
    assert code == 1
    assert "No mapping fits this answer" in said
    assert "--feed (" in said


def test_no_answer_can_steer_the_terminal(tmp_path):
    answer = kept(tmp_path, [{"id": 1, "name": "\x1b]0;owned\x07\u202eevil"}])
    _, said = checked(answer, "--feed", "northstar")
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\u001b" in said


def test_long_lists_are_cut_in_the_output_only(tmp_path):
    answer = kept(tmp_path, [{"id": n, "name": f"s{n}"} for n in range(50)])
    code, said = checked(answer, "--feed", "northstar")
    assert code == 0
    assert "sessions  50" in said
    assert "…and 30 more" in said


def test_a_file_that_is_not_there_or_too_large(tmp_path):
    assert checked(str(tmp_path / "none.json"))[0] == 1
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (check.MAX_BODY + 1))
    code, said = checked(str(large))
    assert (code, "larger than 5 MB" in said) == (1, True)


def test_wrong_arguments_are_refused(capsys):
    with pytest.raises(SystemExit) as caught:
        checked()
    assert caught.value.code == 2
    assert "FILE|URL" in capsys.readouterr().err


async def test_an_address_is_asked():
    async def rows(_request: web.Request) -> web.Response:
        return web.json_response([{"id": 1, "name": "over http", "playerCount": 3, "playlist": "ctf"}])

    app = web.Application()
    app.router.add_get("/", rows)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

    code, said = await asyncio.to_thread(checked, url, "--feed", "northstar")
    assert code == 0
    assert "over http" in said
    await runner.cleanup()
    code, said = await asyncio.to_thread(checked, url)
    assert (code, "the connection failed" in said) == (1, True)
