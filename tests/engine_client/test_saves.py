"""`looks_like_save`: what the engine writes is let through, everything else is not."""

import json

import pytest

from engine import session_saves
from engine_client import saves


def test_both_sides_know_the_same_format() -> None:
    assert saves.FORMAT == session_saves.FORMAT
    assert saves.MAX_SAVE_BYTES == session_saves.MAX_SAVE_BYTES
    assert saves.looks_like_save(json.dumps({"format": saves.FORMAT, "version": 1}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'{"format": 3}',
        b'{"version": 1}',
        b'\xff\xfe{"format": "dead-reckoning-save"}',
        b'{"format": "dead-reckoning-save"' + b" " * saves.MAX_SAVE_BYTES + b"}",
    ],
)
def test_anything_else_is_no_save(data: bytes) -> None:
    assert not saves.looks_like_save(data)
