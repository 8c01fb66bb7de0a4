"""Filters of a subscription: which listings it is about.

A filter is words joined by "and": `name:vsr`, `mode:"free for all"`, `map:dunes`, `players:>=2`,
`state:ingame,pregame`, `host:ada`, `mod:…`; a minus before a word turns it round. Texts are looked for
anywhere, without regard to case; commas are "or".
"""

import re

import msgspec

from engine_client.feeds.models import Listing, SessionState
from sessions.tracker.errors import BadFilter

MAX_FILTER = 200  # characters
TEXT_KEYS = ("name", "mode", "map", "host", "mod", "version")
KEYS = (*TEXT_KEYS, "players", "state")
STATES = [state.value for state in SessionState if state]

_WORD = re.compile(r'\s*(-?)([A-Za-z]+)\s*(?::|=|(?=[<>]))\s*("[^"]*"|[^\s"]+)')
_NUMBER = re.compile(r"(>=|<=|>|<|=|)(\d{1,6})")
_RANGE = re.compile(r"(\d{1,6})-(\d{1,6})")
_EXAMPLE = 'For example: `mode:strategy players:>=2 state:ingame`, `-map:dunes`, `name:"free for all"`.'


class Term(msgspec.Struct, frozen=True):
    """One word of a filter: any of `texts` in the field, or, for players, `low` to `high`."""

    key: str
    texts: tuple[str, ...] = ()
    low: int = 0
    high: int = 10**9
    negated: bool = False

    def matches(self, listing: Listing) -> bool:
        """Say whether a listing has what the word asks for."""
        return self._found(listing) is not self.negated

    def _found(self, listing: Listing) -> bool:
        if self.key == "players":
            return listing.players is not None and self.low <= listing.players <= self.high
        value = getattr(listing, self.key).casefold()
        if self.key == "state":
            return value in self.texts
        return any(text in value for text in self.texts)


class Filter(msgspec.Struct, frozen=True):
    """All words of a filter; with none, everything matches."""

    terms: tuple[Term, ...] = ()

    def matches(self, listing: Listing) -> bool:
        """Say whether a listing is meant."""
        return all(term.matches(listing) for term in self.terms)


def parse_filter(text: str) -> Filter:
    """Read a filter. Raises BadFilter, whose text says what to write instead."""
    if len(text) > MAX_FILTER:
        raise BadFilter(f"A filter has at most {MAX_FILTER} characters.")
    terms: list[Term] = []
    place = 0
    text = text.strip()
    while place < len(text):
        match = _WORD.match(text, place)
        if match is None:
            raise BadFilter(f"I cannot read the filter from `{_safe(text[place:].strip())}` on. {_EXAMPLE}")
        minus, key, value = match.groups()
        terms.append(_term(key.lower(), value.strip('"'), minus == "-"))
        place = match.end()
    return Filter(tuple(terms))


def _term(key: str, value: str, negated: bool) -> Term:
    if key not in KEYS:
        raise BadFilter(f"A filter knows {', '.join(f'`{known}`' for known in KEYS)}, not `{_safe(key)}`.")
    if key == "players":
        low, high = _players(value)
        return Term(key, low=low, high=high, negated=negated)
    texts = tuple(part for part in (raw.strip().casefold() for raw in value.split(",")) if part)
    if not texts:
        raise BadFilter(f"`{key}:` needs a text to look for. {_EXAMPLE}")
    if key == "state" and (wrong := [text for text in texts if text not in STATES]):
        raise BadFilter(
            f"`state` is one of {', '.join(f'`{state}`' for state in STATES)}, not `{_safe(wrong[0])}`."
        )
    return Term(key, texts=texts, negated=negated)


def _players(value: str) -> tuple[int, int]:
    """Read ">=2", "<8", "4" or "2-8" as the fewest and the most players."""
    if span := _RANGE.fullmatch(value):
        return int(span[1]), int(span[2])
    match = _NUMBER.fullmatch(value)
    if match is None:
        raise BadFilter(f"`players` takes a number: `players:>=2`, `players:2-8`, not `{_safe(value)}`.")
    sign, number = match[1], int(match[2])
    bounds = {">=": (number, 10**9), ">": (number + 1, 10**9), "<=": (0, number), "<": (0, number - 1)}
    return bounds.get(sign, (number, number))


def _safe(text: str) -> str:
    return text[:30].replace("`", "'").replace("\n", " ")
