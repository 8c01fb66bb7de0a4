"""The garbage collector's settings: they are made, and what stood at the start is left out of later looks."""

import gc
from collections.abc import Iterator

import pytest

from bot import collector


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_cycles_are_looked_for_seldom_but_still() -> None:
    collector.collect_seldom()
    assert gc.get_threshold() == collector.THRESHOLDS
    assert gc.isenabled()


def test_what_stands_is_left_alone_and_new_cycles_are_not() -> None:
    standing = [[n] for n in range(1000)]
    collector.keep_what_stands()
    assert gc.get_freeze_count() > len(standing)
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1
