"""The workshop's threads: decoders help a builder that is alone, and leave several to themselves."""

import asyncio
import threading
import time

import pytest

from sessions.tapes.workshop import Workshop


@pytest.fixture
def workshop():
    made = Workshop(2)
    yield made
    made.close()


def where(_item: int) -> str:
    return threading.current_thread().name


async def test_decoders_look_ahead_for_a_builder_that_is_alone(workshop):
    names = await workshop.run(lambda: set(workshop.ahead(where, range(20))))
    assert names <= {"tape-decode_0", "tape-decode_1"}
    assert not workshop.crowded


async def test_several_builders_decode_for_themselves(workshop):
    both = threading.Barrier(2)

    def build() -> tuple[str, set[str]]:
        both.wait(10)
        names = set(workshop.ahead(where, range(20)))
        both.wait(10)
        return threading.current_thread().name, names

    for name, names in await asyncio.gather(workshop.run(build), workshop.run(build)):
        assert names == {name}
    assert not workshop.crowded


async def test_order_is_kept_when_a_second_builder_comes_and_goes(workshop):
    begin, over = threading.Event(), threading.Event()

    def other() -> None:
        begin.wait(10)
        over.wait(10)

    def build() -> list[int]:
        found = []
        for number in workshop.ahead(lambda item: item * item, range(60)):
            if len(found) == 20:
                begin.set()
                crowd(True)
            if len(found) == 40:
                over.set()
                crowd(False)
            found.append(number)
        return found

    def crowd(wanted: bool) -> None:
        last = time.monotonic() + 10
        while workshop.crowded is not wanted and time.monotonic() < last:
            pass

    found, _ = await asyncio.gather(workshop.run(build), workshop.run(other))
    assert found == [number * number for number in range(60)]


async def test_a_failure_reaches_the_builder_and_the_count_goes_down(workshop):
    def broken(_item: int) -> None:
        raise OSError("no such picture")

    with pytest.raises(OSError, match="no such picture"):
        await workshop.run(lambda: list(workshop.ahead(broken, range(3))))
    assert not workshop.crowded
