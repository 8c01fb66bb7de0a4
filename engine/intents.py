"""Turns a player's own words into an Intent, before the rules see it. Words in, a verb and a target out.

A small grammar: an amount, a verb by its synonyms, a target by name; spelling mistakes are forgiven by
rapidfuzz. It decides nothing about the game, and what it cannot read costs nothing.
"""

import re
import unicodedata
from collections.abc import Iterable

import msgspec
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from engine.content import Content
from engine.rules.errors import Refused
from engine.rules.game import choices_of
from engine.rules.moves import Intent
from engine.rules.outcome import Choice
from engine.rules.play import here
from engine.rules.scene import NodeKind
from engine.rules.starmap import StarMap, star_map
from engine.rules.state import GameState
from engine.rules.synonyms import FILLER, KINDS, NUMBERS, SYNONYMS

MAX_TEXT = 500  # characters that are read
KEPT_TEXT = 120  # characters that the journal keeps
SURE = 88  # score from which a label is what was meant, whatever the verb
LIKELY = 74  # score from which a label or a name is taken when nothing is better
SHORTEST_MISSPELT, SHORT = 4, 6  # letters
TARGETED = frozenset({"use", "buy", "sell", "drop", "fit", "remove", "jump"})

_ARRIVING = {NodeKind.STATION: ("dock",), NodeKind.PLANET: ("land",), NodeKind.WRECK: ("salvage",)}

_WORDS = re.compile(r"[a-z0-9']+")


class _Reading(msgspec.Struct, frozen=True):
    """What was read: the verb or "", the other words, an amount or 0."""

    verb: str
    rest: str
    amount: int


def parse_intent(content: Content, state: GameState, text: str) -> Intent:
    """Read a custom action against the newest turn. Raises Refused with what would be understood."""
    choices = choices_of(content, state)
    plain = _plain(text)
    words = _WORDS.findall(plain)
    if not words:
        raise Refused(f"Say what to do, in a few words. {_help(choices)}")
    if len(words) == 1 and words[0].isdigit() and 1 <= int(words[0]) <= len(choices):
        return Intent("pick", choices[int(words[0]) - 1].id, plain[:KEPT_TEXT])
    reading = _read(words)
    if reading.verb == "jump" and (intent := _go_to_kind(reading.rest, content, state, choices)):
        return Intent(*intent, plain[:KEPT_TEXT])
    if reading.verb in TARGETED:
        aimed = _aim(reading, content, state)
        if aimed:
            return Intent(reading.verb, aimed, plain[:KEPT_TEXT], reading.amount)
    label, score = _nearest_label(" ".join(words), choices)
    if score >= SURE or (score >= LIKELY and not reading.verb):
        return Intent("pick", label, plain[:KEPT_TEXT])
    if reading.verb in ("", "help"):
        raise Refused(f"That was not understood; nothing happened. {_help(choices)}")
    return Intent(reading.verb, "", plain[:KEPT_TEXT], reading.amount)


def _plain(text: str) -> str:
    """Lower the case, take accents off, drop control characters, cut to MAX_TEXT."""
    decomposed = unicodedata.normalize("NFKD", text[:MAX_TEXT]).casefold()
    kept = (
        letter if letter.isprintable() else " " for letter in decomposed if not unicodedata.combining(letter)
    )
    return " ".join("".join(kept).split())


def _read(words: list[str]) -> _Reading:
    amount, rest, verb = 0, [], ""
    for position, word in enumerate(words):
        pair = f"{word} {words[position + 1]}" if position + 1 < len(words) else ""
        if not verb and pair in SYNONYMS:
            verb = SYNONYMS[pair]
        elif not verb and word in SYNONYMS:
            verb = SYNONYMS[word]
        elif word.isdigit():
            amount = min(int(word[:6]), 9999)
        elif word in NUMBERS:
            amount = NUMBERS[word]
        elif word not in FILLER:
            rest.append(word)
    if not verb:
        verb, rest = _misspelt(rest)
    return _Reading(verb, " ".join(rest), amount)


def _misspelt(words: list[str]) -> tuple[str, list[str]]:
    """Find a verb that was nearly written: one slip in a short word, two in a long one."""
    for position, word in enumerate(words):
        if len(word) >= SHORTEST_MISSPELT:
            slips = 1 if len(word) <= SHORT else 2
            found = process.extractOne(word, SYNONYMS.keys(), scorer=OSA.distance, score_cutoff=slips)
            if found is not None:
                return SYNONYMS[found[0]], words[:position] + words[position + 1 :]
    return "", words


def _aim(reading: _Reading, content: Content, state: GameState) -> str:
    """Find what the verb is done to: an item, a modification or a star. "" when nothing fits."""
    if not reading.rest:
        return ""
    if reading.verb == "jump":
        return _best(reading.rest, _stars(content, state))
    if reading.verb in ("fit", "remove"):
        names = {mod.id: mod.name for mod in content.mods.values()}
    elif reading.verb == "buy":
        names = {good.id: good.name for good in content.goods.values()}
    else:
        names = {name: content.goods[name].name for name in state.inventory}
    return _best(reading.rest, names)


def _go_to_kind(
    words: str, content: Content, state: GameState, choices: Iterable[Choice]
) -> tuple[str, str] | None:
    """Read "go to the station": what is here is docked at or landed on, else the one course to such a place.

    None where the words name no kind of place, or where it cannot be said which is meant.
    """
    kind = KINDS.get(words)
    if kind is None:
        return None
    offered = {entry.id for entry in choices}
    stars = star_map(content, state.star_map.seed)
    if stars.nodes[here(state)].kind is kind:
        return next((("pick", name) for name in _ARRIVING.get(kind, ()) if name in offered), None)
    known = state.star_map.known
    courses = [
        f"jump_{index}"
        for index in stars.lanes[here(state)]
        if index in known and stars.nodes[index].kind is kind and f"jump_{index}" in offered
    ]
    return ("pick", courses[0]) if len(courses) == 1 else None


def _stars(content: Content, state: GameState) -> dict[str, str]:
    """Name the stars that a lane leads to; an unknown one by its region and direction only."""
    stars = star_map(content, state.star_map.seed)
    position = here(state)
    known = state.star_map.known
    return {
        stars.nodes[index].id: stars.nodes[index].name
        if index in known
        else f"uncharted {_side(stars, position, index)}"
        for index in stars.lanes[position]
    } | {node.id: node.name for node in stars.nodes if node.index in known and node.kind is not NodeKind.GATE}


def _side(stars: StarMap, position: int, target: int) -> str:
    across = stars.nodes[target].x - stars.nodes[position].x
    down = stars.nodes[target].y - stars.nodes[position].y
    if abs(across) > abs(down):
        return "east" if across > 0 else "west"
    return "south" if down > 0 else "north"


def _best(words: str, names: dict[str, str]) -> str:
    """Give the key of the name nearest to the words, "" when none is near."""
    lowered = {key: name.casefold() for key, name in names.items()}
    found = process.extractOne(words, lowered, scorer=fuzz.WRatio, score_cutoff=LIKELY)
    return str(found[2]) if found is not None else ""


def _nearest_label(words: str, choices: Iterable[Choice]) -> tuple[str, float]:
    """Give the choice whose label is nearest to the words, and the score 0..100."""
    labels = {entry.id: " ".join(_WORDS.findall(entry.label.casefold())) for entry in choices}
    found = process.extractOne(words, labels, scorer=_score)
    return (str(found[2]), float(found[1])) if found is not None else ("", 0.0)


def _score(words: str, label: str, **_: object) -> float:
    """Score whole labels and shortened ones; one short word alone is not enough to be sure."""
    whole = fuzz.token_sort_ratio(words, label)
    part = fuzz.token_set_ratio(words, label) if len(words) >= 5 else 0.0
    return max(whole, part * 0.95)


def _help(choices: Iterable[Choice]) -> str:
    labels = (entry.label for entry in choices)
    return (
        f"Now possible: {'; '.join(labels)}. Also understood, where it makes sense: scan, rest, dock, mine, "
        "hail, run, attack, repair, use, buy, sell, throw out, fit, remove, wait, go to a star."
    )
