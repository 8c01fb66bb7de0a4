"""Lettering: what cannot be drawn is left out, long texts fit, a run is kept."""

import pytest

from engine.pictures.cache import ByteCache
from engine.pictures.lettering import Lettering


@pytest.fixture
def letters() -> Lettering:
    return Lettering(ByteCache(2**22))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Old Mercy", "Old Mercy"),
        ("  a \n b\t", "a b"),
        ("Rust 🚀 Belt", "Rust Belt"),
        ("漢字", ""),
        ("Base \U0001f6f0\ufe0f One", "Base One"),
        ("\u202eevil\u200b", "evil"),
        ("Žižka · Привет", "Žižka · Привет"),
        ("שלום", "שלום"),
    ],
)
def test_only_what_can_be_drawn_is_drawn(letters: Lettering, text: str, shown: str) -> None:
    run = letters.run(text, 20)
    assert run.text == shown
    assert bool((run.stamp.light > 100).any()) is bool(shown)


def test_a_long_text_fits_with_an_ellipsis(letters: Lettering) -> None:
    run = letters.fit("A very long name indeed, far too long for this place", 20, 120)
    assert run.width <= 120
    assert run.text.endswith("…")
    assert len(run.text) > 6


def test_a_slightly_long_text_only_shrinks(letters: Lettering) -> None:
    full = letters.run("Halcyon Station", 28)
    run = letters.fit("Halcyon Station", 28, full.width - 8)
    assert run.text == "Halcyon Station"
    assert run.width < full.width


def test_a_run_is_kept(letters: Lettering) -> None:
    assert letters.run("Wick", 20) is letters.run("Wick", 20)
    assert letters.run("Wick", 20) is not letters.run("Wick", 21)
