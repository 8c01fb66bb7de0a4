"""Cleans text that came from outside (players, feeds, files) before Discord, a path or a terminal sees it.

Mentions cannot ping, Markdown is shown as typed, control and direction characters are gone. Nothing here
knows where a text came from or goes to.
"""

import re
import unicodedata
from urllib.parse import urlsplit

_MARKDOWN = re.compile(r"([\\*_~`|>\[\]()#<])")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_AT = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200d", "\ufe0f"}  # emoji are joined and coloured by these
_MAX_MARKS = 3  # combining marks on one letter; more is "zalgo"


def plain(text: str, limit: int, *, lines: bool = False) -> str:
    """Drop what is invisible or reorders text, fold white space, and cut to `limit` characters."""
    if text.isascii() and text.isprintable():
        kept_whole = text if "  " not in text else _SPACES.sub(" ", text)
        return _cut(kept_whole.strip(), limit)
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: limit * 8]):
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        if character in "\n\t\r":
            kept.append("\n" if lines and character == "\n" else " ")
        elif character in _JOINERS or (category not in _INVISIBLE and marks <= _MAX_MARKS):
            kept.append(character)
    folded = _BLANK_LINES.sub("\n\n", _SPACES.sub(" ", "".join(kept))).strip()
    return _cut(folded, limit)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def for_discord(text: str, limit: int, *, lines: bool = False) -> str:
    """Give a text as Discord should show it: as typed, with no mention, Markdown or hidden character.

    `limit` counts the characters of the result, escapes included.
    """
    escaped = _MARKDOWN.sub(r"\\\1", plain(text, limit, lines=lines))
    escaped = _AT.sub("@\u200b", escaped).replace("://", ":\u200b//")
    if len(escaped) <= limit:
        return escaped
    cut = escaped[: limit - 1].rstrip("\\ ")
    return cut + "…"


def link(url: str, limit: int = 512) -> str | None:
    """Give an http or https address that is safe inside a Markdown link, or None."""
    text = plain(url, limit + 1)
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    bad = len(text) > limit or parts.scheme not in {"http", "https"} or not parts.hostname
    return None if bad or parts.username or re.search(r"[\s<>()\[\]\\\"']", text) else text
