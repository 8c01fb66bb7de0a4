"""Countdowns: when they end, what they decide, when they rest. Real store, a clock that the test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from engine_client.models import Choice, Choose, Place, Turn, VoyageEnd, Wait
from sessions.channel_settings import Mode, SettingsBook
from sessions.countdown import UNATTENDED_TURNS, Countdowns, auto_turn_id
from sessions.votes import VoteBook
from storage.store import Store


class World:
    """A book of everything, at a time of the test's choosing."""

    def __init__(self, store: Store) -> None:
        self.now = 1000.0
        self.settings = SettingsBook(store.channel_settings)
        self.votes = VoteBook(store.votes)
        self.countdowns = Countdowns(self.settings, self.votes, lambda: self.now)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await Store.open(tmp_path / "x.sqlite3")
    yield World(store)
    await store.close()


def turn(n: int = 1, actor: str = "Ada", at: float = 1000.0) -> Turn:
    return Turn(
        session_id="7",
        voyage=1,
        n=n,
        turn_id=f"t{n}",
        at=at,
        actor=actor,
        action="",
        title="",
        story="",
        messages=(),
        choices=(Choice("jump", "Jump"), Choice("stay", "Stay"), Choice("hail", "Hail")),
        gauges=(),
        place=Place("r", "Region", "n", "Node"),
        captain="Ada",
        ship="Wren",
        picture_text="",
    )


async def test_no_countdown_no_deadline(world: World) -> None:
    assert await world.countdowns.watch(turn()) is None
    world.now += 10**6
    assert world.countdowns.due() == []


async def test_auto_advance_is_due_once_at_zero(world: World) -> None:
    await world.settings.change("7", countdown=60, auto_advance=True)
    assert await world.countdowns.watch(turn()) == 1060
    world.now = 1059.9
    assert world.countdowns.due() == []
    world.now = 1060
    (due,) = world.countdowns.due()
    assert auto_turn_id(due.session_id, due.ref) == "auto-7-1-1"
    world.countdowns.drop(due)
    assert world.countdowns.due() == []


async def test_a_newer_turn_moves_the_deadline_and_an_old_drop_leaves_it(world: World) -> None:
    await world.settings.change("7", countdown=60, auto_advance=True)
    await world.countdowns.watch(turn())
    world.now = 1060
    (due,) = world.countdowns.due()
    await world.countdowns.watch(turn(2, at=1060))
    world.countdowns.drop(due)
    world.now = 1120
    assert [deadline.ref.n for deadline in world.countdowns.due()] == [2]


async def test_a_failed_turn_is_postponed_not_lost(world: World) -> None:
    await world.settings.change("7", countdown=60, auto_advance=True)
    await world.countdowns.watch(turn())
    world.now = 1060
    (due,) = world.countdowns.due()
    world.countdowns.postpone(due, 10)
    assert world.countdowns.due() == []
    world.now = 1070
    assert len(world.countdowns.due()) == 1


async def test_without_auto_advance_the_first_vote_starts_the_clock(world: World) -> None:
    await world.settings.change("7", countdown=30, mode=Mode.VOTE)
    assert await world.countdowns.watch(turn()) is None
    await world.votes.cast("7", turn().ref, 1, "stay", 1500.0)
    await world.votes.cast("7", turn().ref, 2, "hail", 1510.0)
    assert await world.countdowns.watch(turn()) == 1530


async def test_votes_decide_and_a_player_may_change_theirs(world: World) -> None:
    for user, choice in ((1, "stay"), (2, "hail"), (3, "hail"), (2, "stay")):
        await world.votes.cast("7", turn().ref, user, choice, 1000.0 + user)
    action, actor = await world.countdowns.decide(turn())
    assert action == Choose("stay")
    assert actor == "The crew (2 of 3 votes)"


async def test_a_tie_goes_to_what_is_offered_first_and_unoffered_votes_do_not_count(world: World) -> None:
    for user, choice in ((1, "hail"), (2, "jump"), (3, "gone"), (4, "gone")):
        await world.votes.cast("7", turn().ref, user, choice, 1000.0)
    assert (await world.countdowns.decide(turn()))[0] == Choose("jump")


async def test_without_votes_the_rules_decide(world: World) -> None:
    assert await world.countdowns.decide(turn()) == (Wait(), "")


async def test_a_ship_nobody_answers_for_rests_until_somebody_does(world: World) -> None:
    await world.settings.change("7", countdown=60, auto_advance=True)
    for n in range(2, 2 + UNATTENDED_TURNS):
        assert not world.countdowns.resting("7")
        deadline = await world.countdowns.watch(turn(n, actor=""))
        await world.countdowns.watch(turn(n, actor=""))  # showing a turn twice counts once
    assert deadline is None
    assert world.countdowns.resting("7")
    assert await world.countdowns.watch(turn(99)) is not None


async def test_the_end_of_a_voyage_ends_its_countdown(world: World) -> None:
    await world.settings.change("7", countdown=60, auto_advance=True)
    await world.countdowns.watch(turn())
    ended = msgspec.structs.replace(turn(2), choices=(), end=VoyageEnd("hull", "Lost", "Gone."))
    assert await world.countdowns.watch(ended) is None
    world.now = 10**6
    assert world.countdowns.due() == []
