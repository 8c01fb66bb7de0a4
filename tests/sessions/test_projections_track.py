"""The arithmetic of cursors: a cursor never passes a turn that is not done, and never goes back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.projections.standing import Standing
from sessions.projections.track import MOST_AHEAD, Track, may_follow

Journal = list[tuple[tuple[int, int], bool]]


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    """A session's turns in order: (place, whether it ended its voyage)."""
    lengths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    turns: Journal = []
    for voyage, length in enumerate(lengths, 1):
        last = voyage == len(lengths)
        turns += [((voyage, n), n == length and not last) for n in range(1, length + 1)]
    return turns


@settings(max_examples=200, derandomize=True, deadline=None)
@given(journals(), st.randoms(use_true_random=False), st.booleans())
def test_a_cursor_stands_before_the_first_turn_that_is_not_done(journal, dice, late) -> None:
    track = Track()
    if not late:
        track.stored((0, 0))
    missing = {place for place, _ in journal if dice.random() < 0.2}
    told = [turn for turn in journal if turn[0] not in missing]
    dice.shuffle(told)
    before = (0, 0)
    for place, ended in told:
        track.done(place, ended=ended)
        assert (track.reached or before) >= before
        before = track.reached or before
    if late:
        track.stored((0, 0))
    expected = (0, 0)
    for place, _ in journal:
        if place in missing:
            break
        expected = place
    assert track.reached == expected
    for place, ended in journal:
        if place > track.reached:
            track.to(place, ended=ended)
    assert track.reached == journal[-1][0]


def test_a_stored_cursor_goes_on_with_the_next_turn_only() -> None:
    track = Track()
    track.done((3, 8), ended=True)
    track.done((4, 1), ended=False)
    track.stored((3, 7))
    assert (track.reached, track.written) == ((4, 1), (3, 7))


def test_a_launch_after_a_turn_of_unknown_end_waits() -> None:
    track = Track()
    track.stored((3, 7))
    track.done((4, 1), ended=False)
    assert track.reached == (3, 7)
    track.to((3, 8), ended=True)
    assert track.reached == (4, 1)


def test_the_newest_turn_stands_for_all_before_it() -> None:
    track = Track(newest_only=True)
    track.done((2, 5), ended=False)
    assert track.reached is None
    track.stored((1, 1))
    assert track.reached == (2, 5)
    track.done((2, 4), ended=False)
    assert track.reached == (2, 5)


def test_what_waits_is_bounded() -> None:
    track = Track()
    track.stored((1, 1))
    for n in range(3, MOST_AHEAD * 3):
        track.done((1, n), ended=False)
    track.to((1, 2), ended=False)
    assert track.reached == (1, MOST_AHEAD + 2)


def test_which_turn_may_follow() -> None:
    assert may_follow((1, 1), (0, 0))
    assert may_follow((2, 4), (2, 3))
    assert may_follow((3, 1), (2, 3))
    assert not may_follow((2, 5), (2, 3))
    assert not may_follow((4, 1), (2, 3))


def test_a_failure_rests_longer_each_time_and_not_for_ever() -> None:
    standing = Standing(("a",), set())
    standing.tracks["a"].stored((1, 1))
    standing.newest = (1, 2)
    pauses = []
    now = 100.0
    for _ in range(20):
        assert standing.is_due("a", now)
        standing.postpone("a", now, 2.0, 300.0)
        assert not standing.is_due("a", now)
        until = next(u for u in range(1, 400) if standing.is_due("a", now + u))
        pauses.append(until)
        now += until
    assert pauses[:5] == [2, 4, 8, 16, 32]
    assert pauses[-1] == 300


def test_a_later_turn_does_not_put_off_what_waits() -> None:
    standing = Standing(("a",), set())
    standing.tracks["a"].stored((0, 0))
    standing.begun((1, 1), 108.0)
    standing.begun((1, 2), 113.0)
    assert not standing.is_due("a", 107.9)
    assert standing.is_due("a", 108.0)


def test_turns_of_another_process_make_unsure() -> None:
    standing = Standing(("a",), set())
    standing.tracks["a"].stored((0, 0))
    standing.begun((1, 1), 1.0)
    standing.tracks["a"].done((1, 1), ended=False)
    standing.begun((1, 5), 1.0)
    assert not standing.known
