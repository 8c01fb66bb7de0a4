"""The mapping language: what a TOML file may say, and what it makes of rows."""

import msgspec
import pytest

from engine_client.feeds import coerce
from engine_client.feeds.coerce import BadValue
from engine_client.feeds.errors import BadFeed
from engine_client.feeds.models import Listing, SessionState
from engine_client.feeds.paths import BadPath, Path
from engine_client.feeds.reading import read_body, read_document
from engine_client.feeds.spec import FeedSpec, parse_feed

NOW = 1_767_225_600.0

BASE = """
title = "Test"
url = "https://example.org/list"
items = "rows"
"""


def spec_of(fields: str, head: str = "", tail: str = "") -> FeedSpec:
    return parse_feed(f"{BASE}{head}\n[fields]\nid = 'id'\n{fields}\n{tail}", "test")[0]


def listing_of(row: dict, fields: str, **document: object) -> Listing:
    reading = read_document(spec_of(fields, **document.pop("spec", {})), {"rows": [row]} | document, NOW)
    assert len(reading.listings) == 1, reading
    return reading.listings[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3), ("3", 3), (" 4 ", 4), (2.9, 2), ("10.0", 10), (None, None), ("", None), (0, 0), ("-1", -1)],
)
def test_int(value, expected):
    assert coerce.as_int(value) == expected


@pytest.mark.parametrize("value", ["many", True, [], {}, float("nan"), "inf", 2**60])
def test_int_refuses(value):
    with pytest.raises(BadValue, match="number"):
        coerce.as_int(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("false", False), ("True", True), (1, True), (0, False), ("", False), (None, None)],
)
def test_bool(value, expected):
    assert coerce.as_bool(value) is expected


def test_bool_refuses():
    with pytest.raises(BadValue, match="yes or no"):
        coerce.as_bool("perhaps")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("InGame", SessionState.INGAME),
        ("in_game", SessionState.INGAME),
        ("Pre-Game", SessionState.PREGAME),
        ("lobby", SessionState.PREGAME),
        ("PostGame", SessionState.POSTGAME),
        (None, SessionState.UNKNOWN),
        ("unknown", SessionState.UNKNOWN),
    ],
)
def test_state(value, expected):
    assert coerce.as_state(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOW, NOW),
        (NOW * 1000, NOW),
        ("2026-01-01T00:00:00Z", NOW),
        ("2026-01-01T00:00:00", NOW),
        ("2026-01-01T01:00:00.1234567+01:00", NOW + 0.123456),
        (str(int(NOW)), NOW),
        (None, None),
    ],
)
def test_time(value, expected):
    assert coerce.as_time(value) == expected


@pytest.mark.parametrize("value", ["yesterday", [], True])
def test_time_refuses(value):
    with pytest.raises(BadValue):
        coerce.as_time(value)


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "ftp://x.example", "https://", "http://a b", "http://u:p@x"]
)
def test_only_web_links_are_links(value):
    with pytest.raises(BadValue):
        coerce.as_link(value)


def test_names_are_sorted_whole_and_few():
    assert coerce.as_names(["zoe", "Ada", "", None, "Ada", 7]) == ("7", "Ada", "zoe")
    assert len(coerce.as_names([f"p{n}" for n in range(500)])) == 128
    with pytest.raises(BadValue):
        coerce.as_names("Ada")


def test_every_coercer_of_the_language():
    row = {
        "id": 7,
        "sname": "^1Red^r room",
        "names": "Ada; ;Zoe;",
        "max": "0",
        "private": "true",
        "kind": 3,
        "host": {"x": "0012"},
    }
    found = listing_of(
        row,
        """
        name = { path = "sname", sub = [['\\^[0-9a-z]', ""], ["room", "hall"]] }
        names = { path = "names", split = ";" }
        max = { path = "max", map = { 0 = "" } }
        password = "private"
        mode = { path = "kind", map = { 1 = "race", "*" = "other" } }
        map = { path = "kind", map = { 1 = "race" } }
        host = { path = "host.x", as = "int" }
        locked = { path = "private", as = "bool" }
        """,
    )
    assert found == Listing(
        id="7",
        name="Red hall",
        names=("Ada", "Zoe"),
        max=None,
        password=True,
        mode="other",
        map="3",
        host="12",
        locked=True,
    )


def test_lookups_into_side_tables():
    fields = """
    mod = { path = "mod", lookup = "mods", pick = "Name" }
    names = { path = "people", lookup = "people", pick = "nick" }
    host = { path = "boss", lookup = "people", pick = "nick" }
    """
    found = listing_of(
        {"id": "a", "mod": 5, "people": [1, 2, 9], "boss": 9},
        fields,
        mods={"5": {"Name": "Sand"}},
        people={"1": {"nick": "Ada"}, "2": {"nick": "Zoe"}},
        spec={"head": '[lookups]\nmods = "mods"\npeople = "people"'},
    )
    assert (found.mod, found.names, found.host) == ("Sand", ("Ada", "Zoe"), "")


def test_only_what_is_named_gets_through():
    row = {"id": "a", "name": "x", "ip": "203.0.113.9", "players": [{"ip": "203.0.113.8"}]}
    found = listing_of(row, "name = 'name'")
    assert "203.0.113" not in repr(found)


def test_a_digested_id_hides_its_source_and_stays_the_same():
    fields = 'name = "name"'
    spec = parse_feed(
        f"{BASE}\n[fields]\nid = {{ path = \"join(':', [ip, to_string(port)])\", digest = true }}\n{fields}",
        "test",
    )[0]
    rows = [{"ip": "203.0.113.9", "port": 1}, {"ip": "203.0.113.9", "port": 2}]
    first = read_document(spec, {"rows": rows}, NOW).listings
    again = read_document(spec, {"rows": rows}, NOW).listings
    assert [one.id for one in first] == [one.id for one in again]
    assert first[0].id != first[1].id
    assert "203" not in first[0].id[:3] + first[1].id[:3]
    assert all(len(one.id) == 20 for one in first)


def test_an_unreadable_row_is_noted_and_the_answer_not_believed_whole():
    reading = read_document(spec_of("name = 'name'"), {"rows": [{"id": "a"}, {"name": "no id"}, "junk"]}, NOW)
    assert [one.id for one in reading.listings] == ["a"]
    assert not reading.complete
    assert "2 of 3 rows" in reading.reason


def test_an_unreadable_field_costs_only_itself():
    reading = read_document(
        spec_of("players = 'players'\nimage = 'image'"),
        {"rows": [{"id": "a", "players": "lots", "image": "ftp://x"}]},
        NOW,
    )
    assert reading.complete
    assert reading.listings[0].players is None
    assert len(reading.notes) == 2


@pytest.mark.parametrize("document", [{"rows": None}, {"rows": {"a": 1}}, {}, [], "text", None, 5])
def test_another_shape_is_not_an_empty_list(document):
    reading = read_document(spec_of(""), document, NOW)
    assert (reading.listings, reading.complete) == ((), False)
    assert "another shape" in reading.reason


def test_an_empty_list_is_complete():
    assert read_document(spec_of(""), {"rows": []}, NOW).complete


VALID = """
[validity]
ok = "status == 'fine'"
error = "message"
empty_if = "none"
source_time = "made"
source_ok = "sources[].ok"
max_age = 100
cap = 3
"""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "bad"}, "all is well"),
        ({"message": "no token"}, "the source says: no token"),
        ({"made": NOW - 101}, "stale"),
        ({"made": NOW + 5000}, "ahead"),
        ({"made": "soon"}, "source_time"),
        ({"sources": [{"ok": True}, {"ok": False}]}, "has failed"),
        ({"rows": [{"id": n} for n in range(3)]}, "cut at 3"),
    ],
)
def test_validity(change, reason):
    document = {"rows": [{"id": 1}], "status": "fine", "made": NOW - 99, "sources": [{"ok": True}, {}]}
    spec = spec_of("", head=VALID)
    good = read_document(spec, document, NOW)
    assert good.complete, good.reason
    assert good.source_time == NOW - 99
    bad = read_document(spec, document | change, NOW)
    assert not bad.complete
    assert reason in bad.reason
    assert bad.listings, "present rows still count"


def test_empty_if_makes_a_missing_list_a_valid_empty_one():
    spec = spec_of("", head='[validity]\nempty_if = "none"')
    assert read_document(spec, {"none": True}, NOW).complete
    assert not read_document(spec, {"none": False}, NOW).complete


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('titel = "x"', "titel"),
        ('interval = "often"', "interval"),
        ("interval = 1", "interval: 10 to 3600"),
        ('volatile = ["id"]', "volatile"),
        ('format = "xml"', "format"),
        ('rounds = "maybe"', "rounds"),
        ("[validity]\nmax_age = 0", "max_age"),
        ('[lookups]\nmods = "a ||"', "lookups.mods"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(change, said):
    with pytest.raises(BadFeed, match=said) as caught:
        spec_of("", head=change)
    assert str(caught.value).startswith("test: ")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ('colour = "x"', "fields.colour: no such field"),
        ('name = "a["', "fields.name: not a JMESPath"),
        ("name = 5", "fields"),
        ('name = { path = "x", lookup = "none" }', "there is no lookups.none"),
        ('name = { path = "x", sub = [["(", ""]] }', "no regular expression"),
        ('name = { path = "x", sub = [["a", "\\\\7"]] }', "no regular expression"),
        ('name = { path = "x", digest = true }', "only `id`"),
        ('name = { path = "x", as = "float" }', "as"),
        ('name = { path = "x", ass = "int" }', "ass"),
        ("name = { sub = [] }", "path"),
    ],
)
def test_a_wrong_field_is_refused_with_its_place(field, said):
    with pytest.raises(BadFeed, match=said):
        spec_of(field)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://x.example", "http:// or https://"),
        ("https://x.example/?q={game}", "neither a variant's value nor"),
        ("https://{TOKEN}.example/", "after the question mark"),
    ],
)
def test_a_wrong_address_is_refused(url, said):
    text = f'title = "x"\nurl = "{url}"\nitems = "@"\nsecrets = ["TOKEN"]\n[fields]\nid = "id"\n'
    with pytest.raises(BadFeed, match=said):
        parse_feed(text, "test")


def test_a_file_without_an_id_or_with_bad_toml_is_refused():
    with pytest.raises(BadFeed, match="`id` is missing"):
        parse_feed(f"{BASE}\n[fields]\nname = 'name'\n", "test")
    with pytest.raises(BadFeed, match="test: "):
        parse_feed("title = ", "test")
    with pytest.raises(BadFeed, match="a feed's name"):
        parse_feed(BASE, "Not A Name")


def test_variants_share_a_mapping():
    text = f"""{BASE.replace("/list", "/list?g={game}")}
    [fields]
    id = "id"
    [variants.one]
    title = "One"
    values = {{ game = "a:b" }}
    [variants.two]
    title = "Two"
    values = {{ game = 2 }}
    """
    found = parse_feed(text, "test")
    assert [(spec.name, spec.title, spec.values) for spec in found] == [
        ("test-one", "One", {"game": "a:b"}),
        ("test-two", "Two", {"game": "2"}),
    ]


def test_plain_paths_mean_what_jmespath_means():
    value = {"a": {"b": [1, {"c": None}]}, "x": 5}
    for text in ("a.b", "a.none", "x.y", "a", "none.of.it"):
        assert Path(text)(value) == Path(f"({text})")(value)


def test_a_function_that_does_not_fit_is_a_bad_path():
    with pytest.raises(BadPath, match="length"):
        Path("length(x)")({"x": 5})
    with pytest.raises(BadPath, match="longer"):
        Path("a" * 2000)


def test_a_web_page_is_not_a_list():
    from engine_client.feeds.documents import BadBody

    with pytest.raises(BadBody, match="web page"):
        read_body(spec_of(""), b"\n <!doctype html><html></html>", NOW)
    with pytest.raises(BadBody, match="not JSON"):
        read_body(spec_of(""), b'{"rows": [', NOW)


def test_listings_survive_their_encoding():
    listing = Listing("a", names=("x",), state=SessionState.INGAME, players=0)
    assert msgspec.json.decode(msgspec.json.encode(listing), type=Listing) == listing
