"""Free text becomes an Intent or a sentence that says what would be understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.content import Content, load_content
from engine.intents import KEPT_TEXT, parse_intent
from engine.rules.errors import Refused
from engine.rules.game import act, launch, turn_random
from engine.rules.moves import Intent
from engine.rules.scene import NodeKind
from engine.rules.starmap import star_map
from engine.rules.synonyms import SYNONYMS
from engine.rules.verbs import VERBS

CONTENT = load_content()


def read(text: str, seed: int = 7) -> Intent:
    """Read a text at the home port."""
    return parse_intent(CONTENT, launch(CONTENT, seed, "Ada")[0], text)


@pytest.mark.parametrize(
    ("text", "verb", "target", "amount"),
    [
        ("dock", "dock", "", 0),
        ("Dokc please", "dock", "", 0),
        ("SCAN the surroundings!!", "scan", "", 0),
        ("use a medkit", "use", "medkit", 0),
        ("patch the hull", "repair", "", 0),
        ("repiar the ship", "repair", "", 0),
        ("sell 3 medkits", "sell", "medkit", 3),
        ("buy five textiles", "buy", "textiles", 5),
        ("throw out the patch kit", "drop", "patch_kit", 0),
        ("open fire", "attack", "", 0),
        ("let's run away", "flee", "", 0),
        ("hail them", "hail", "", 0),
        ("wait", "wait", "", 0),
        ("mine the asteroid", "mine", "", 0),
        ("1", "pick", "dock", 0),
    ],
)
def test_words_are_understood(text: str, verb: str, target: str, amount: int) -> None:
    wish = read(text)
    assert (wish.verb, wish.target, wish.amount) == (verb, target, amount)


def test_a_star_is_named_by_the_player() -> None:
    state, outcome = launch(CONTENT, 7, "Ada")
    jump = next(choice for choice in outcome.choices if choice.id.startswith("jump_"))
    name = jump.label.removeprefix("Jump to ")
    wish = parse_intent(CONTENT, state, f"fly to {name.lower()[:-1]}")
    assert wish.target == f"n{int(jump.id[5:]):02d}"
    after, _ = act(CONTENT, state, wish, turn_random(7, 2))
    assert after.star_map.path[-1] == int(jump.id[5:])


def test_a_label_is_enough() -> None:
    state, outcome = launch(CONTENT, 7, "Ada")
    for number, choice in enumerate(outcome.choices, start=1):
        assert parse_intent(CONTENT, state, str(number)) == Intent("pick", choice.id, str(number))
        after, _ = act(CONTENT, state, parse_intent(CONTENT, state, choice.label), turn_random(7, 2))
        by_button, _ = act(CONTENT, state, Intent("pick", choice.id), turn_random(7, 2))
        assert after.screen == by_button.screen


@pytest.mark.parametrize("text", ["", "   ", "\u202e\u0000", "xyzzy plugh", "help", "9"])
def test_what_is_not_understood_says_what_would_be(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read(text)
    assert "Dock at" in caught.value.sentence
    assert "xyzzy" not in caught.value.sentence


def test_events_understand_their_verbs(content: Content) -> None:
    from engine.rules import encounter, events
    from engine.rules.play import Play

    state, _ = launch(content, 7, "Ada")
    play = Play(content, state, turn_random(7, 2))
    events.present(play, "patrol_ambush")
    play.state.available_choices = tuple(choice.id for choice in encounter.offer(play))
    for text, action in (("shoot them", "Clear for action"), ("pay them off", "Throw them a purse")):
        _, outcome = act(content, play.state, parse_intent(content, play.state, text), turn_random(7, 3))
        assert outcome.action == action
    with pytest.raises(Refused, match="First deal with"):
        act(content, play.state, parse_intent(content, play.state, "land"), turn_random(7, 3))


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=600))
def test_any_text_gives_a_clean_intent_or_a_sentence(text: str) -> None:
    try:
        wish = read(text)
    except Refused:
        return
    assert wish.verb in VERBS
    assert len(wish.text) <= KEPT_TEXT
    assert wish.text.isprintable()
    assert 0 <= wish.amount <= 9999


def test_every_synonym_leads_to_a_verb_of_the_rules() -> None:
    assert set(SYNONYMS.values()) <= set(VERBS)


def test_a_kind_of_place_is_enough() -> None:
    assert read("go to the station") == Intent("pick", "dock", "go to the station")
    assert read("fly to port").target == "dock"


def test_a_course_is_taken_by_its_kind_where_only_one_is_meant() -> None:
    """From every first sky: "go to the …" takes the one known course to such a place, or asks which."""
    read_at_all = 0
    for seed in range(40):
        state, outcome = launch(CONTENT, seed, "Ada")
        stars = star_map(CONTENT, seed)
        kinds = [
            stars.nodes[int(entry.id[5:])].kind
            for entry in outcome.choices
            if entry.id.startswith("jump_") and "uncharted" not in entry.label
        ]
        for kind, word in ((NodeKind.PLANET, "planet"), (NodeKind.BELT, "asteroids")):
            if kinds.count(kind) == 1:
                wish = parse_intent(CONTENT, state, f"head for the {word}")
                assert stars.nodes[int(wish.target[5:])].kind is kind
                read_at_all += 1
    assert read_at_all > 5
