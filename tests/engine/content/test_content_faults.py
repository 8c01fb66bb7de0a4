"""A fault in the content names its file and its line, and a server owner's folder is content like ours."""

from pathlib import Path

import pytest

from engine.content import ContentFault, load_content
from engine.rules.game import act, launch, turn_random
from engine.rules.moves import Choose
from engine.rules.scene import NodeKind

GOOD = """\
[[event]]
id = "tea_ship"
title = "The tea ship"
text = "A ship full of tea."
weight = 100000

[[event.choice]]
id = "drink"
label = "Drink"
result = [
  { text = "Good tea, {captain}.", health = 5, give = { tea = 1 } },
]

[[event.choice]]
id = "haggle"
label = "Haggle"
test = "trade 3"
result = [{ text = "Cheap tea." }]
failure = [{ text = "Dear tea.", credits = -10 }]
"""


def faults_of(folder: Path, text: str) -> list[str]:
    """Write a file of events and give the faults of loading it."""
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentFault) as caught:
        load_content([folder])
    return caught.value.faults


def test_a_folder_of_toml_adds_an_event_that_happens(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")
    content = load_content([tmp_path])
    assert content.events["tea_ship"] in content.pool("arrive", "cradle", NodeKind.PLANET)
    for seed in range(20):
        state, outcome = launch(content, seed, "Ada")
        jump = next(choice.id for choice in outcome.choices if choice.id.startswith("jump_"))
        state, outcome = act(content, state, Choose(jump), turn_random(seed, 2))
        if state.current_event == "tea_ship":
            _, outcome = act(content, state, Choose("drink"), turn_random(seed, 3))
            assert outcome.story.startswith("Good tea, Ada.")
            assert "+1 Cradle tea" in outcome.messages[0]
            return
    pytest.fail("an event of overwhelming weight never happened")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "words"),
    [
        ('title = "The tea ship"', 'title = "The tea ship', 3, ""),
        ('label = "Drink"', 'labl = "Drink"', 7, "labl"),
        ('label = "Drink"', "label = 5", 9, "str"),
        ("give = { tea = 1 }", "give = { teapot = 1 }", 11, "teapot"),
        ('test = "trade 3"', 'test = "charm 3"', 17, "charm"),
        ("Good tea, {captain}.", "Good tea, {capitan}.", 11, "capitan"),
        ('id = "haggle"', 'id = "drink"', 15, "exists already"),
        ('id = "tea_ship"', 'id = "salt_monks"', 2, "exists already"),
        ('id = "tea_ship"', 'id = "Tea Ship"', 2, "a-z"),
        ("health = 5", "health = [5, 1]", 11, "backwards"),
        ("weight = 100000", 'regions = ["nowhere"]', 5, "nowhere"),
        ("weight = 100000", 'when = ["wealth"]', 5, "comparison"),
        ("weight = 100000", 'when = ["item teapot"]', 5, "teapot"),
        ("weight = 100000", 'trigger = "sometimes"', 5, "sometimes"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, wrong: str, right: str, line: int, words: str) -> None:
    assert wrong in GOOD
    faults = faults_of(tmp_path, GOOD.replace(wrong, right, 1))
    assert faults[0].startswith(f"mine.toml:{line}: "), faults
    assert words in faults[0]


def test_an_event_must_not_trap_anybody(tmp_path: Path) -> None:
    trapped = GOOD.replace('label = "Drink"', 'label = "Drink"\ncost = { credits = 5 }').replace(
        'label = "Haggle"', 'label = "Haggle"\nneed = ["item tea"]'
    )
    assert "trapped" in faults_of(tmp_path, trapped)[0]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "also.toml").write_text("[[event]\n", encoding="utf-8")
    text = GOOD.replace("{ tea = 1 }", "{ teapot = 1 }")
    assert [fault.partition(":")[0] for fault in faults_of(tmp_path, text)] == ["also.toml"]
    (tmp_path / "also.toml").unlink()
    faults = faults_of(tmp_path, text.replace("trade 3", "charm 3"))
    assert len(faults) == 2


def test_a_missing_folder_and_a_foreign_encoding_are_told(tmp_path: Path) -> None:
    with pytest.raises(ContentFault, match="no such folder"):
        load_content([tmp_path / "none"])
    (tmp_path / "bad.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(ContentFault, match=r"bad\.toml:1"):
        load_content([tmp_path])


def test_the_docs_example_loads(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "content.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    (tmp_path / "example.toml").write_text(example, encoding="utf-8")
    content = load_content([tmp_path])
    assert len(content.events) > len(load_content().events)
