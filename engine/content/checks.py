"""Checks what a type cannot say: ids that must exist, texts that must fit, events that must not trap."""

import re
import string
from collections.abc import Iterable, Iterator

import msgspec

from engine.content.conditions import STATS, parse_condition, parse_test
from engine.content.models import Document, Event, EventChoice, Quest, Result

MAX_STORY = 420
MAX_TITLE = 80
MAX_GOOD_ID = 18  # so that "sell_" and the id fit into a choice id
PLACEHOLDERS = frozenset({"captain", "ship", "node", "region"})
COSTS = frozenset({"credits", "fuel", "food", "health", "hull"})
SPECIAL_PLACES = frozenset({"", "station", "far", "here"})
_ID = re.compile(r"[a-z][a-z0-9_]{0,23}")
_STATS = frozenset(STATS)


class Complaint(msgspec.Struct, frozen=True):
    """A fault in entry `index` of `kind`; `path` leads on from there, such as `.choice[1].test`."""

    kind: str
    index: int
    path: str
    sentence: str


class _Known(msgspec.Struct, frozen=True):
    """The ids that exist, by kind, and what can lie in a hold."""

    ids: dict[str, frozenset[str]]
    goods: frozenset[str]


def check(document: Document) -> Iterator[Complaint]:
    """List every fault of a whole document."""
    ids = {
        kind: frozenset(entry.id for entry in getattr(document, kind)) for kind in document.__struct_fields__
    }
    known = _Known(ids, ids["item"] | ids["mod"])
    yield from _check_ids(document)
    yield from _check_catalogues(document, known)
    for index, event in enumerate(document.event):
        for path, sentence in _event_faults(event, known):
            yield Complaint("event", index, path, f"event {event.id!r}: {sentence}")
    for index, quest in enumerate(document.quest):
        for path, sentence in _quest_faults(quest, known):
            yield Complaint("quest", index, path, f"quest {quest.id!r}: {sentence}")


def _check_ids(document: Document) -> Iterator[Complaint]:
    for kind in document.__struct_fields__:
        seen: set[str] = set()
        for index, entry in enumerate(getattr(document, kind)):
            if _ID.fullmatch(entry.id) is None:
                yield Complaint(
                    kind, index, ".id", f"the id {entry.id!r} is not [a-z][a-z0-9_]* of at most 24"
                )
            if entry.id in seen:
                yield Complaint(kind, index, ".id", f"the {kind} {entry.id!r} exists already")
            seen.add(entry.id)
    for kind in ("item", "mod"):
        for index, entry in enumerate(getattr(document, kind)):
            if len(entry.id) > MAX_GOOD_ID:
                yield Complaint(kind, index, ".id", f"{entry.id!r} is longer than {MAX_GOOD_ID}")
    for index, mod in enumerate(document.mod):
        if any(mod.id == item.id for item in document.item):
            yield Complaint("mod", index, ".id", f"{mod.id!r} is an item already")


def _check_catalogues(document: Document, known: _Known) -> Iterator[Complaint]:
    for kind in ("ship", "mod", "augmentation", "effect"):
        for index, entry in enumerate(getattr(document, kind)):
            for stat in entry.stats:
                if stat not in _STATS:
                    yield Complaint(kind, index, ".stats", f"{entry.id!r}: there is no stat {stat!r}")
    yield from _check_map(document, known)
    for index, item in enumerate(document.item):
        wanted = [*item.effect, *item.cure]
        yield from (
            Complaint("item", index, ".effect", s) for s in _missing(wanted, known.ids["effect"], "effect")
        )
    for index, enemy in enumerate(document.enemy):
        yield from (Complaint("enemy", index, ".loot", s) for s in _missing(enemy.loot, known.goods, "item"))
        yield from (
            Complaint("enemy", index, ".grudge", s)
            for s in _missing(enemy.grudge, known.ids["event"], "event")
        )
        endings = _some(enemy.blow, enemy.victory)
        yield from (
            Complaint("enemy", index, ".blow", s) for s in _missing(endings, known.ids["ending"], "ending")
        )


def _check_map(document: Document, known: _Known) -> Iterator[Complaint]:
    for index, region in enumerate(document.region):
        for path, wanted, where in (
            (".makes", region.makes, known.ids["item"]),
            (".wants", region.wants, known.ids["item"]),
            (".finds", region.finds, known.ids["item"]),
            (".patrols", region.patrols, known.ids["enemy"]),
        ):
            yield from (Complaint("region", index, path, s) for s in _missing(wanted, where, path[1:]))
    for index, site in enumerate(document.site):
        if site.region not in known.ids["region"]:
            yield Complaint("site", index, ".region", f"there is no region {site.region!r}")
        if site.event not in known.ids["event"]:
            yield Complaint("site", index, ".event", f"there is no event {site.event!r}")


def _event_faults(event: Event, known: _Known) -> Iterator[tuple[str, str]]:
    if not 1 <= len(event.choice) <= 5:
        yield ".choice", f"it has {len(event.choice)} choices; it needs 1 to 5"
    if not any(not choice.need and not choice.cost for choice in event.choice):
        yield ".choice", "it needs one choice without need and cost, so that nobody is trapped"
    if len(event.title) > MAX_TITLE:
        yield ".title", f"the title is longer than {MAX_TITLE}"
    yield from ((".text", sentence) for sentence in _text_faults(event.text))
    yield from ((".regions", s) for s in _missing(event.regions, known.ids["region"], "region"))
    yield from ((".when", s) for text in event.when for s in _condition_faults(text, known))
    seen: set[str] = set()
    for number, choice in enumerate(event.choice):
        if choice.id in seen:
            yield f".choice[{number}].id", f"the choice {choice.id!r} exists already"
        seen.add(choice.id)
        for path, sentence in _choice_faults(choice, known):
            yield f".choice[{number}]{path}", f"choice {choice.id!r}: {sentence}"


def _choice_faults(choice: EventChoice, known: _Known) -> Iterator[tuple[str, str]]:
    if _ID.fullmatch(choice.id) is None:
        yield ".id", "the id is not [a-z][a-z0-9_]* of at most 24"
    if not 1 <= len(choice.label) <= 60:
        yield ".label", "the label needs 1 to 60 characters"
    if len(choice.hint) > 60:
        yield ".hint", "the hint is longer than 60"
    if not choice.result:
        yield ".result", "it needs a result"
    if bool(choice.test) != bool(choice.failure):
        yield ".test", "a test and failures go together"
    if choice.test:
        yield from ((".test", sentence) for sentence in _complaints_of(parse_test, choice.test))
    yield from ((".need", s) for text in choice.need for s in _condition_faults(text, known))
    yield from ((".cost", s) for s in _missing(choice.cost, COSTS | known.goods, "cost"))
    for name, results in (("result", choice.result), ("failure", choice.failure)):
        if results and all(result.when for result in results):
            yield f".{name}", "one of them must have no `when`"
        for number, result in enumerate(results):
            yield from ((f".{name}[{number}]", s) for s in _result_faults(result, known))


def _result_faults(result: Result, known: _Known) -> Iterator[str]:
    yield from _text_faults(result.text)
    for text in result.when:
        yield from _condition_faults(text, known)
    amounts = (result.hull, result.fuel, result.food, result.health, result.credits)
    for amount in (*amounts, *result.give.values(), *result.take.values()):
        if isinstance(amount, tuple) and amount[0] > amount[1]:
            yield f"the range {list(amount)} is backwards"
    yield from _missing((*result.give, *result.take), known.goods, "item")
    yield from _missing((*result.effect, *result.cure), known.ids["effect"], "effect")
    yield from _missing((*result.later, *_some(result.next, result.after)), known.ids["event"], "event")
    yield from _missing(_some(result.augment), known.ids["augmentation"], "augmentation")
    yield from _missing(_some(result.battle), known.ids["enemy"], "enemy")
    yield from _missing(_some(result.quest), known.ids["quest"], "quest")
    yield from _missing(_some(result.ending, result.blow), known.ids["ending"], "ending")


def _quest_faults(quest: Quest, known: _Known) -> Iterator[tuple[str, str]]:
    if not quest.step:
        yield ".step", "it needs a step"
    yield from ((".when", s) for text in quest.when for s in _condition_faults(text, known))
    yield from ((".regions", s) for s in _missing(quest.regions, known.ids["region"], "region"))
    yield from ((".reward", s) for s in _missing(quest.reward.give, known.goods, "item"))
    reward = quest.reward
    yield from (
        (".reward", s) for s in _missing(_some(reward.augment), known.ids["augmentation"], "augmentation")
    )
    yield from ((".reward", s) for s in _missing(_some(reward.ending), known.ids["ending"], "ending"))
    for number, step in enumerate(quest.step):
        faults = [
            *_missing(_some(step.item), known.goods, "item"),
            *_missing(_some(step.enemy), known.ids["enemy"], "enemy"),
            *_missing(_some(step.event), known.ids["event"], "event"),
            *_place_faults(step.place, known),
        ]
        yield from ((f".step[{number}]", sentence) for sentence in faults)


def _place_faults(place: str, known: _Known) -> Iterator[str]:
    kind, _, name = place.partition(":")
    if kind in {"region", "site"}:
        yield from _missing([name], known.ids[kind], kind)
    elif place not in SPECIAL_PLACES and place not in {
        "planet",
        "belt",
        "nebula",
        "wreck",
        "anomaly",
        "star",
    }:
        yield f"there is no place {place!r}"


def _text_faults(text: str) -> Iterator[str]:
    if len(text) > MAX_STORY:
        yield f"the text has {len(text)} characters; {MAX_STORY} fit on a board"
    try:
        fields = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError as error:
        yield f"the text cannot be filled in: {error}"
        return
    yield from (f"the text asks for {{{name}}}, which is unknown" for name in sorted(fields - PLACEHOLDERS))


def _condition_faults(text: str, known: _Known) -> Iterator[str]:
    faults = list(_complaints_of(parse_condition, text))
    yield from faults
    if faults:
        return
    condition = parse_condition(text)
    if condition.subject in {"effect", "quest", "ship", "region"}:
        yield from _missing([condition.name], known.ids[condition.subject], condition.subject)
    if condition.subject == "done":
        yield from _missing([condition.name], known.ids["quest"], "quest")
    if condition.subject == "item":
        yield from _missing([condition.name], known.goods, "item")


def _complaints_of(parse: object, text: str) -> Iterator[str]:
    try:
        parse(text)  # type: ignore[operator]
    except ValueError as error:
        yield str(error)


def _some(*names: str) -> list[str]:
    return [name for name in names if name]


def _missing(names: Iterable[str], existing: frozenset[str], noun: str) -> Iterator[str]:
    yield from (f"there is no {noun} {name!r}" for name in names if name not in existing)
