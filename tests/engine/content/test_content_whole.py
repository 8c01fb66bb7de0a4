"""The game's own content: enough of everything, nothing twice, nothing that no voyage can reach."""

import re
from collections import Counter
from pathlib import Path

import pytest

from engine.content import Content, load_content
from engine.content.models import Event, Result

ENGINE = Path(__file__).parents[3] / "engine"
MAX_STORY = 350  # characters that a phone shows without scrolling far


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("ships", 6),
        ("mods", 40),
        ("augmentations", 10),
        ("effects", 15),
        ("regions", 8),
        ("events", 60),
        ("enemies", 15),
        ("items", 60),
        ("quests", 12),
    ],
)
def test_there_is_enough(content: Content, kind: str, least: int) -> None:
    assert len(getattr(content, kind)) >= least


def results(event: Event) -> list[Result]:
    """List every result of an event."""
    return [result for choice in event.choice for result in (*choice.result, *choice.failure)]


def test_mods_fill_all_four_slot_kinds(content: Content) -> None:
    assert set(Counter(mod.slot for mod in content.mods.values())) == {"high", "mid", "low", "rig"}


def test_every_region_has_its_own_look_danger_and_voice(content: Content) -> None:
    regions = content.regions.values()
    assert len({region.look for region in regions}) == len(regions)
    assert {region.danger for region in regions} == {1, 2, 3, 4, 5}
    for region in regions:
        own = [event for event in content.events.values() if event.regions == (region.id,)]
        assert len(own) >= 3, region.id
        assert len(region.arrivals) >= 3
        assert region.patrols


def test_no_two_events_are_alike(content: Content) -> None:
    events = content.events.values()
    for part in ("title", "text"):
        assert not [text for text, n in Counter(getattr(e, part) for e in events).items() if n > 1]
    said = Counter(result.text for event in events for result in results(event))
    assert not [text for text, count in said.items() if count > 1]


def test_events_offer_two_to_five_choices_and_stay_short(content: Content) -> None:
    single = [event.id for event in content.events.values() if len(event.choice) == 1]
    assert set(single) <= {"keeper_letter", "pawn_paid"}, "a choice of one is for gifts only"
    for event in content.events.values():
        assert len(event.text) <= MAX_STORY, event.id
        for result in results(event):
            assert len(result.text) <= MAX_STORY, event.id
            assert result.text


def test_quests_have_several_steps_or_several_targets(content: Content) -> None:
    for quest in content.quests.values():
        assert len(quest.step) >= 2 or quest.step[0].count >= 3 or quest.step[0].place == "far", quest.id
    assert sum(len(quest.step) >= 2 for quest in content.quests.values()) >= 12


def test_every_called_event_is_called_by_something(content: Content) -> None:
    called = {site.event for site in content.sites.values()}
    called |= {step.event for quest in content.quests.values() for step in quest.step}
    for event in content.events.values():
        for result in results(event):
            called |= {result.next, result.after, *result.later}
    code = "".join(path.read_text(encoding="utf-8") for path in (ENGINE / "rules").glob("*.py"))
    called |= set(re.findall(r'events\.present\(play, "(\w+)"\)', code))
    for event in content.events.values():
        if event.trigger == "called":
            assert event.id in called or event.due, f"nothing calls {event.id}"


def test_every_quest_can_be_had_and_every_enemy_met(content: Content) -> None:
    given = {result.quest for event in content.events.values() for result in results(event)}
    assert all(quest.board or quest.id in given for quest in content.quests.values())
    met = {enemy for region in content.regions.values() for enemy in region.patrols}
    met |= {result.battle for event in content.events.values() for result in results(event)}
    assert set(content.enemies) <= met


def test_every_key_and_relic_can_be_found(content: Content) -> None:
    found: set[str] = set()
    for event in content.events.values():
        found |= {item for result in results(event) for item in result.give}
    for enemy in content.enemies.values():
        found |= set(enemy.loot)
    for quest in content.quests.values():
        found |= set(quest.reward.give)
    for region in content.regions.values():
        found |= set(region.makes) | set(region.finds)
    supplies = {item.id for item in content.items.values() if item.kind == "supply"}
    never = set(content.items) - found - supplies
    assert not never


def test_the_rules_find_every_phrase_and_ending_that_they_name(content: Content) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ENGINE / "rules").glob("*.py"))
    named = set(re.findall(r"""phrase\(\s*["'](\w+)["']""", code)) | set(
        re.findall(r'_rescue\(play, "(\w+)"\)', code)
    )
    named |= {f"{trigger}_quiet" for trigger in ("land", "mine", "salvage", "probe", "skim")}
    named |= {"fire_hit"}
    assert named <= set(content.phrases)
    assert set(content.phrases) == named | {"torpedo"}
    assert set(re.findall(r'finish\(play, "(\w+)"\)', code)) <= set(content.endings)
    assert {"restart", "idle", "wounds", "starved", "froze", "sickness", "battle"} <= set(content.endings)


def test_at_least_three_ways_to_win(content: Content) -> None:
    assert sum(ending.victory for ending in content.endings.values()) >= 3
