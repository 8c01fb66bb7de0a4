"""Filters: what a subscription is about."""

import pytest

from engine_client.feeds.models import SessionState
from sessions.tracker.errors import BadFilter
from sessions.tracker.filters import parse_filter
from tests.sessions.tracker.helpers import listing

GAME = listing(
    "a",
    name="Evening VSR match",
    mode="Free for All",
    map="Dunes 2",
    players=3,
    host="Ada",
    mod="Better Sand",
    state=SessionState.INGAME,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name:vsr",
        "NAME:Vsr",
        "name=vsr",
        'mode:"free for all"',
        "map:dunes,moon",
        "map:moon,dunes",
        "-map:moon",
        "players:3",
        "players:>=3",
        "players>=3",
        "players<4",
        "players:>2",
        "players:<=3",
        "players:2-8",
        "-players:0",
        "state:ingame",
        "state:pregame,ingame",
        "host:ada mod:sand",
        "name:vsr  map:dunes   players:>=2 state:ingame",
    ],
)
def test_what_matches(text):
    assert parse_filter(text).matches(GAME)


@pytest.mark.parametrize(
    "text",
    [
        "name:ffa",
        "mode:strategy",
        "-name:vsr",
        "players:>3",
        "players:<3",
        "players:4-9",
        "state:pregame",
        "-state:ingame",
        "name:vsr map:moon",
        "version:1",
    ],
)
def test_what_does_not_match(text):
    assert not parse_filter(text).matches(GAME)


def test_an_unknown_count_is_no_number_of_players():
    assert not parse_filter("players:<9").matches(listing("a", players=None))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vsr", "cannot read the filter from `vsr`"),
        ("name:", "cannot read"),
        ('name:""', "needs a text"),
        ("name:vsr and map:x", "`and map"),
        ("colour:red", "not `colour`"),
        ("players:many", "takes a number"),
        ("state:napping", "not `napping`"),
        ('name:"open', "cannot read"),
        ("x" * 300, "at most 200"),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(text, said):
    with pytest.raises(BadFilter, match=said):
        parse_filter(text)


def test_a_refusal_cannot_be_used_to_write_markdown():
    with pytest.raises(BadFilter) as caught:
        parse_filter("`@everyone` **x**")
    assert "`@everyone`" not in str(caught.value)
