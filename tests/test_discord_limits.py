"""The limit check itself finds what it should."""

from typing import Any

import pytest

from bot import limits
from tests.discord_limits import faults


def button(custom_id: str, label: str = "x") -> dict[str, Any]:
    return {"type": 2, "custom_id": custom_id, "label": label}


@pytest.mark.parametrize(
    "payload",
    [
        {"content": "x" * (limits.CONTENT + 1)},
        {"embeds": [{"title": "x" * (limits.EMBED_TITLE + 1)}]},
        {"embeds": [{"description": "x" * (limits.EMBED_DESCRIPTION + 1)}]},
        {"embeds": [{"fields": [{"name": "a", "value": ""}]}]},
        {"embeds": [{"fields": [{"name": "a", "value": "x" * (limits.FIELD_VALUE + 1)}]}]},
        {"embeds": [{"fields": [{"name": "a", "value": "b"}] * (limits.EMBED_FIELDS + 1)}]},
        {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]},
        {"embeds": [{"title": "x"}] * (limits.EMBEDS + 1)},
        {"components": [{"components": [button("a")]}] * (limits.ROWS + 1)},
        {"components": [{"components": [button(str(n)) for n in range(limits.BUTTONS_PER_ROW + 1)]}]},
        {"components": [{"components": [button("x" * (limits.CUSTOM_ID + 1))]}]},
        {"components": [{"components": [button("a", "x" * (limits.BUTTON_LABEL + 1))]}]},
        {"components": [{"components": [button("a"), button("a")]}]},
        {"attachments": [{"description": "x" * (limits.ALT_TEXT + 1)}]},
    ],
)
def test_a_broken_limit_is_found(payload: dict[str, Any]) -> None:
    assert faults(payload)


def test_a_good_message_has_no_fault() -> None:
    embed = {"title": "a", "description": "b", "fields": [{"name": "c", "value": "d"}]}
    rows = [{"components": [button("1"), button("2")]}]
    assert faults({"content": "hello", "embeds": [embed], "components": rows}) == []
