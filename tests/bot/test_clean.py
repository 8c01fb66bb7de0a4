"""Text from outside: nothing pings, nothing formats, nothing hides."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import clean


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("hello", "hello"),
        ("@everyone", "@\u200beveryone"),
        ("<@123>", "\\<@\u200b123\\>"),
        ("**bold** _it_", "\\*\\*bold\\*\\* \\_it\\_"),
        ("a\u202eb\u200bc\x07", "abc"),
        ("one\n\n\n\ntwo", "one two"),
        ("[x](https://evil.example)", "\\[x\\]\\(https:\u200b//evil.example\\)"),
    ],
)
def test_text_is_shown_as_typed(given_text: str, shown: str) -> None:
    assert clean.for_discord(given_text, 200) == shown


def test_lines_are_kept_where_asked() -> None:
    assert clean.plain("one\n\n\n\ntwo\tx", 100, lines=True) == "one\n\ntwo x"


def test_zalgo_is_thinned() -> None:
    assert len(clean.plain("a" + "\u0316" * 50, 100)) <= 4


def test_an_emoji_family_stays_whole() -> None:
    assert clean.plain("👨‍👩‍👧", 20) == "👨‍👩‍👧"


@given(st.text(), st.integers(1, 60))
def test_any_text_is_bounded_and_free_of_hidden_characters(text: str, limit: int) -> None:
    for result in (clean.plain(text, limit, lines=True), clean.for_discord(text, limit)):
        assert len(result) <= limit
        hidden = {c for c in result if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n"}
        assert not hidden


@given(st.text(alphabet="@everyonh<!&1>ER", max_size=60))
def test_no_text_can_ping(text: str) -> None:
    shown = clean.for_discord(text, 200).lower()
    assert "@everyone" not in shown
    assert "@here" not in shown
    assert "<@" not in shown.replace("\\<", "")


@pytest.mark.parametrize("url", ["https://x.example/a?b=1", "http://localhost:80/"])
def test_good_links(url: str) -> None:
    assert clean.link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x",
        "https://",
        "https://a:b@x",
        "https://x/) [y",
        "x" * 600,
        "http://[bad",
    ],
)
def test_bad_links(url: str) -> None:
    assert clean.link(url) is None
