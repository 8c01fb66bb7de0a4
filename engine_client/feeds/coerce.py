"""Turns what a list holds into the types of a Listing. Each function gives None for "the list does not say".

A value that cannot be read raises BadValue; whether that spoils the row is the mapping's business.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from engine_client.feeds.models import MAX_NAMES, SessionState

MAX_TEXT = 300  # characters kept of a text
_MAX_NAME = 100  # characters kept of a player's name
_YES = {"true", "yes", "1", "on", "y"}
_NO = {"false", "no", "0", "off", "n", ""}
_MILLISECONDS = 1e11  # a number above it is milliseconds since 1970: as seconds it is the year 5138

_STATES = {
    SessionState.PREGAME: ("pregame", "lobby", "waiting", "setup", "open", "staging", "warmup"),
    SessionState.INGAME: (
        "ingame",
        "loading",
        "playing",
        "started",
        "running",
        "inprogress",
        "active",
        "live",
    ),
    SessionState.POSTGAME: ("postgame", "gameover", "ended", "finished", "over", "intermission", "results"),
    SessionState.PAUSED: ("paused", "suspended"),
    SessionState.UNKNOWN: ("", "unknown", "none"),
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words}


class BadValue(ValueError):
    """The value cannot be read as what it should be."""


def as_text(value: Any) -> str:
    """Read a text; numbers are written out, white space at the ends is dropped."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()[:MAX_TEXT]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    raise BadValue(f"{_kind(value)} where a text belongs")


def as_int(value: Any) -> int | None:
    """Read a whole number from a number or a text of one."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise BadValue("true or false where a number belongs")
    if isinstance(value, str | int | float):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number) and abs(number) < 2**53:
            return int(number)
    raise BadValue(f"{_shown(value)} where a number belongs")


def as_bool(value: Any) -> bool | None:
    """Read yes or no from a boolean, a number or the usual words."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _YES or word in _NO:
            return word in _YES
    raise BadValue(f"{_shown(value)} where yes or no belongs")


def as_state(value: Any) -> SessionState:
    """Read a state from the usual words, however they are written (InGame, in_game, playing)."""
    word = re.sub(r"[^a-z]", "", as_text(value).lower())
    if word not in _STATE_OF:
        raise BadValue(f"{_shown(value)} is no state; use `map`")
    return _STATE_OF[word]


def as_names(value: Any) -> tuple[str, ...]:
    """Read player names from a list; empty ones are dropped, the rest sorted and counted up to MAX_NAMES."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadValue(f"{_kind(value)} where a list of names belongs")
    names = {as_text(name)[:_MAX_NAME] for name in value if name is not None}
    return tuple(
        sorted((name for name in names if name), key=lambda name: (name.casefold(), name))[:MAX_NAMES]
    )


def as_link(value: Any) -> str:
    """Read an http or https address."""
    text = as_text(value)
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        fine = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    except ValueError:
        fine = False
    if not fine or re.search(r"\s", text):
        raise BadValue("a link that is neither http nor https")
    return text


def as_time(value: Any) -> float | None:
    """Read UTC seconds from a number (seconds or milliseconds) or an ISO 8601 text; no zone means UTC."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            value = as_int(value)
        else:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadValue(f"{_shown(value)} where a time belongs")
    return value / 1000 if value > _MILLISECONDS else float(value)


def split(value: Any, separator: str) -> Any:
    """Split a text into its parts, without empty ones; anything else is left alone."""
    if not isinstance(value, str):
        return value
    return [part for part in (raw.strip() for raw in value.split(separator)) if part]


def substitute(value: Any, rules: tuple[tuple[re.Pattern[str], str], ...]) -> Any:
    """Replace patterns in a text, or in every text of a list."""
    if isinstance(value, list):
        return [substitute(item, rules) for item in value]
    if isinstance(value, str):
        value = value[:MAX_TEXT]
        for pattern, replacement in rules:
            value = pattern.sub(replacement, value)
    return value


def translate(value: Any, table: Mapping[str, Any]) -> Any:
    """Look a value, or every value of a list, up in a table; "*" is for all others, which else stay."""
    if isinstance(value, list):
        return [translate(item, table) for item in value]
    if value is None or isinstance(value, dict):
        return value
    return table.get(as_text(value), table.get("*", value))


def digest(text: str) -> str:
    """Hide a text (an address, for example) behind 20 hexadecimal digits that always come out the same."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text"}.get(type(value), "a value")


def _shown(value: Any) -> str:
    return repr(value)[:40] if isinstance(value, str | int | float | bool) else _kind(value)
