"""MultiplayerSessionList's second format: lines that refer to each other."""

import json
from pathlib import Path

import pytest

from engine_client.feeds.catalog import load_catalog
from engine_client.feeds.documents import BadBody, read_ndjson
from engine_client.feeds.models import Listing, SessionState
from engine_client.feeds.reading import read_body

NOW = 1_767_225_610.0
BODY = (Path(__file__).parent / "payloads" / "msl_v2.ndjson").read_bytes()
SPEC = load_catalog().get("msl_v2-bzcc")


def test_references_are_followed_also_to_lines_that_come_later():
    reading = read_body(SPEC, BODY, NOW)
    assert reading.complete, reading.reason
    assert reading.listings == (
        Listing(
            id="g:Reb:01",
            name="room 1",
            mode="Strategy",
            map="Dunes",
            players=2,
            max=5,
            names=("Ada", "Kim"),
            host="Ada",
            state=SessionState.INGAME,
            locked=False,
            password=False,
            version="2",
            image="https://img.example/dunes.png",
            mod="Better Sand",
            mod_url="http://mods.example/77",
        ),
        Listing(id="g:Reb:02", name="room 2", state=SessionState.PREGAME),
    )


def lines(body: bytes = BODY) -> list[bytes]:
    return body.splitlines(keepends=True)


def test_without_its_root_an_answer_is_incomplete_but_its_rows_are_there():
    reading = read_body(SPEC, b"".join(line for line in lines() if b'"root"' not in line), NOW)
    assert [one.id for one in reading.listings] == ["g:Reb:01", "g:Reb:02"]
    assert not reading.complete
    assert "no root" in reading.reason


def test_a_cut_line_makes_it_incomplete():
    reading = read_body(SPEC, BODY[:-40], NOW)
    assert not reading.complete
    assert len(reading.listings) == 2


def test_a_session_that_the_root_names_but_no_line_tells_is_an_unreadable_row():
    reading = read_body(SPEC, b"".join(line for line in lines() if b'"g:Reb:02","$data"' not in line), NOW)
    assert [one.id for one in reading.listings] == ["g:Reb:01"]
    assert not reading.complete


def test_a_failed_source_makes_it_incomplete():
    reading = read_body(SPEC, BODY.replace(b'"success":true', b'"success":false'), NOW)
    assert not reading.complete


def test_an_empty_root_is_a_valid_empty_list():
    body = b'{"$type":"root","$id":"g","$data":{"sessions":{}}}\n'
    reading = read_body(SPEC, body, NOW)
    assert (reading.complete, reading.listings) == (True, ())


@pytest.mark.parametrize("body", [b"<html></html>", b"nonsense\nmore", b'["a"]', b'{"a": 1}'])
def test_what_has_no_readable_line_is_no_answer(body):
    with pytest.raises(BadBody):
        read_body(SPEC, body, NOW)


def test_circles_end():
    body = b"""{"$type":"a","$id":"1","$data":{"next":{"$ref":"#/a/1"}}}
{"$type":"session","$id":"s","$data":{"name":"x","loop":{"$ref":"#/a/1"}}}
{"$type":"root","$id":"r","$data":{"sessions":{"s":{"$ref":"#/session/s"}}}}"""
    document, notes = read_ndjson(body)
    assert notes == []
    assert document["sessions"][0]["name"] == "x"


def test_references_cannot_make_an_answer_explode():
    bomb = [
        {"$type": "n", "$id": str(n), "$data": {"kids": [{"$ref": f"#/n/{n + 1}"}] * 99}} for n in range(8)
    ]
    bomb += [
        {"$type": "session", "$id": "s", "$data": {"x": {"$ref": "#/n/0"}}},
        {"$type": "root", "$id": "r", "$data": {"sessions": {"s": {"$ref": "#/session/s"}}}},
    ]
    with pytest.raises(BadBody, match="too large"):
        read_ndjson("\n".join(map(json.dumps, bomb)).encode())
