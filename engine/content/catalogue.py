"""Content: everything that was loaded, indexed for the rules. It is read only, its caches apart."""

import msgspec

from engine.content.conditions import Condition, parse_condition, parse_test
from engine.content.models import (
    Augmentation,
    Document,
    EffectKind,
    Ending,
    Enemy,
    Event,
    Item,
    Mod,
    Quest,
    Region,
    Ship,
    Site,
)
from engine.rules.cache import BoundedCache
from engine.rules.scene import NodeKind

MAPS = 512  # star maps held; one is about 15 kB
TABLES = 2048  # stat tables and price lists held; one is about 1 kB

Pool = tuple[Event, ...]


class Good(msgspec.Struct, frozen=True):
    """Anything that can lie in the hold: an item, or a modification that is not fitted."""

    id: str
    name: str
    weight: float
    value: int
    note: str


class Content:
    """The whole game as data. Build it once with `load_content` and pass it to every rule."""

    def __init__(self, document: Document) -> None:
        self.regions: dict[str, Region] = {entry.id: entry for entry in document.region}
        self.sites: dict[str, Site] = {entry.id: entry for entry in document.site}
        self.ships: dict[str, Ship] = {entry.id: entry for entry in document.ship}
        self.mods: dict[str, Mod] = {entry.id: entry for entry in document.mod}
        self.augmentations: dict[str, Augmentation] = {entry.id: entry for entry in document.augmentation}
        self.effects: dict[str, EffectKind] = {entry.id: entry for entry in document.effect}
        self.items: dict[str, Item] = {entry.id: entry for entry in document.item}
        self.enemies: dict[str, Enemy] = {entry.id: entry for entry in document.enemy}
        self.events: dict[str, Event] = {entry.id: entry for entry in document.event}
        self.quests: dict[str, Quest] = {entry.id: entry for entry in document.quest}
        self.endings: dict[str, Ending] = {entry.id: entry for entry in document.ending}
        self.phrases: dict[str, tuple[str, ...]] = {entry.id: entry.lines for entry in document.phrase}
        self.goods: dict[str, Good] = _goods(document)
        self.helpful: dict[str, Item] = {entry.id: entry for entry in document.item if _is_helpful(entry)}
        self.values: dict[str, float] = {good.id: float(good.value) for good in self.goods.values()}
        self.weights: dict[str, float] = {good.id: good.weight for good in self.goods.values()}
        self.conditions: dict[str, Condition] = {
            text: parse_condition(text) for text in _conditions(document)
        }
        self.tests: dict[str, tuple[str, int]] = {text: parse_test(text) for text in _tests(document)}
        self.maps = BoundedCache(MAPS)
        self.tables = BoundedCache(TABLES)
        self._pools = BoundedCache(TABLES)

    def pool(self, trigger: str, region: str, kind: NodeKind) -> Pool:
        """List the events that `trigger` may bring in a region at a kind of node."""
        return self._pools.get((trigger, region, kind), lambda: self._gather(trigger, region, kind))

    def _gather(self, trigger: str, region: str, kind: NodeKind) -> Pool:
        return tuple(
            event
            for event in self.events.values()
            if event.trigger == trigger
            and event.weight > 0
            and (not event.regions or region in event.regions)
            and (not event.kinds or kind in event.kinds)
        )


def _goods(document: Document) -> dict[str, Good]:
    goods = {e.id: Good(e.id, e.name, e.weight, e.value, e.note) for e in document.item}
    for mod in document.mod:
        goods[mod.id] = Good(mod.id, mod.name, mod.weight, mod.price // 2, f"{mod.slot} slot: {mod.note}")
    return goods


def _is_helpful(item: Item) -> bool:
    """Say whether using an item mends, feeds, heals or cures."""
    return item.hull > 0 or item.health > 0 or item.fuel > 0 or item.food > 0 or bool(item.cure)


def _conditions(document: Document) -> set[str]:
    texts = {text for event in document.event for text in event.when}
    texts.update(text for quest in document.quest for text in quest.when)
    for event in document.event:
        for choice in event.choice:
            texts.update(choice.need)
            texts.update(text for result in (*choice.result, *choice.failure) for text in result.when)
    return texts


def _tests(document: Document) -> set[str]:
    return {choice.test for event in document.event for choice in event.choice if choice.test}
