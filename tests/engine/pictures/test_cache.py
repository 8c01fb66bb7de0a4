"""The byte cache: bounded, least recently used first, safe between threads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from engine.pictures.cache import ByteCache


@dataclass(frozen=True)
class Lump:
    nbytes: int


def test_the_least_recently_used_value_goes_first() -> None:
    cache = ByteCache(100)
    first = cache.get("a", lambda: Lump(40))
    cache.get("b", lambda: Lump(40))
    assert cache.get("a", lambda: Lump(40)) is first
    cache.get("c", lambda: Lump(40))
    assert cache.nbytes == 80
    assert cache.get("a", lambda: Lump(40)) is first
    assert len(cache) == 2


def test_what_is_larger_than_the_bound_is_given_but_not_kept() -> None:
    cache = ByteCache(10)
    assert cache.get("a", lambda: Lump(11)).nbytes == 11
    assert cache.nbytes == 0
    assert ByteCache(-5).limit == 0


def test_threads_leave_a_right_sum() -> None:
    cache = ByteCache(1000)

    def work(number: int) -> None:
        for step in range(300):
            cache.get((number * step) % 37, lambda: Lump(60))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(16)))
    assert cache.nbytes == 60 * len(cache) <= 1000
