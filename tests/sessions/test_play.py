"""The one path of a turn, with the real engine and store and no Discord: races, redeliveries, ends."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.services import Parts, Services, open_services
from bot.settings import Settings
from engine_client.errors import UnknownChoice
from engine_client.models import Abandon, Choose, Turn, TurnRef, Wait, parse_session_id
from sessions.errors import NothingHere, NothingToRestart, OldBoard, VoyageEnded

ID = parse_session_id("7")


class World:
    """Services on a folder, and the ends that were told."""

    def __init__(self, services: Services, ended: list[Turn]) -> None:
        self.services = services
        self.play = services.play
        self.ended = ended

    async def choose(self, turn: Turn, turn_id: str, index: int = 0) -> Turn:
        played = await self.play.take_turn(
            ID, Choose(turn.choices[index].id), turn_id=turn_id, expected=turn.ref, actor="Ada"
        )
        return played.turn


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    ended: list[Turn] = []

    async def on_end(turn: Turn) -> None:
        ended.append(turn)

    async def limit(_session_id: str) -> int:
        return 10_000_000

    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    services = await open_services(settings, Parts(lambda: 1000.0, on_end, limit, seeds=lambda: 5))
    yield World(services, ended)
    await services.close()


async def launch(world: World) -> Turn:
    return (await world.play.open(ID, turn_id="launch", captain="Ada")).turn


async def test_fifty_clicks_on_one_turn_change_the_game_once(world: World) -> None:
    turn = await launch(world)
    results = await asyncio.gather(
        *(world.choose(turn, f"click-{number}", number % len(turn.choices)) for number in range(50)),
        return_exceptions=True,
    )
    taken = [result for result in results if isinstance(result, Turn)]
    refused = [result for result in results if isinstance(result, OldBoard)]
    assert (len(taken), len(refused)) == (1, 49)
    assert (await world.play.current(ID)).n == 2
    journal = await world.services.engine.turns(ID, after=TurnRef(0, 0))
    assert [entry.n for entry in journal] == [1, 2]


async def test_fifty_deliveries_of_one_click_are_one_turn_and_one_answer(world: World) -> None:
    turn = await launch(world)
    results = await asyncio.gather(*(world.choose(turn, "the click") for _ in range(50)))
    assert len({result.n for result in results}) == 1
    assert (await world.play.current(ID)).n == 2


async def test_fifty_launches_are_one_voyage(world: World) -> None:
    results = await asyncio.gather(
        *(world.play.open(ID, turn_id=f"play-{number}", captain="Ada") for number in range(50))
    )
    assert {played.turn.ref for played in results} == {TurnRef(1, 1)}


async def test_a_restart_and_a_click_at_once_lose_nothing(world: World) -> None:
    turn = await launch(world)
    results = await asyncio.gather(
        world.play.restart(ID, turn_id="restart", expected=turn.ref, captain="Ada"),
        world.choose(turn, "click"),
        return_exceptions=True,
    )
    assert not isinstance(results[0], BaseException)
    assert isinstance(results[1], Turn | VoyageEnded)
    assert (await world.play.current(ID)).ref == TurnRef(2, 1)
    await world.play.settle()
    assert [end.voyage for end in world.ended] == [1]


async def test_a_redelivered_restart_launches_once(world: World) -> None:
    turn = await launch(world)
    for _delivery in range(3):
        played = await world.play.restart(ID, turn_id="restart", expected=turn.ref, captain="Ada")
        assert played.turn.ref == TurnRef(2, 1)
    assert len(await world.services.store.voyages.list("7")) == 2


async def test_a_crash_between_the_end_and_the_launch_of_a_restart_is_made_good(world: World) -> None:
    turn = await launch(world)
    await world.services.engine.act(
        ID, Abandon("restart"), turn_id="restart-end", expected=turn.ref, actor="Ada"
    )
    played = await world.play.restart(ID, turn_id="restart", expected=turn.ref, captain="Ada")
    assert played.turn.ref == TurnRef(2, 1)


async def test_a_restart_of_a_voyage_that_ended_meanwhile_is_refused(world: World) -> None:
    turn = await launch(world)
    await world.play.restart(ID, turn_id="first", expected=turn.ref, captain="Ada")
    with pytest.raises(OldBoard):
        await world.play.restart(ID, turn_id="second", expected=turn.ref, captain="Grace")


async def test_refusals_change_nothing(world: World) -> None:
    with pytest.raises(NothingHere):
        await world.play.current(ID)
    with pytest.raises(NothingHere):
        await world.play.take_turn(ID, Wait(), turn_id="x", expected=TurnRef(1, 1), actor="")
    with pytest.raises(NothingHere):
        await world.play.restart(ID, turn_id="x", expected=TurnRef(1, 1), captain="Ada")
    turn = await launch(world)
    with pytest.raises(UnknownChoice):
        await world.play.take_turn(ID, Choose("nonsense"), turn_id="y", expected=turn.ref, actor="Ada")
    with pytest.raises(VoyageEnded):
        await world.play.take_turn(ID, Wait(), turn_id="z", expected=TurnRef(9, 1), actor="Ada")
    assert await world.play.current(ID) == turn


async def test_every_turn_has_its_frame(world: World) -> None:
    turn = await launch(world)
    for number in range(5):
        turn = await world.choose(turn, f"t{number}")
    await world.play.settle()
    frames = await world.services.store.frames.list("7", 1)
    assert [frame.n for frame in frames] == list(range(1, turn.n + 1))


async def test_a_restart_of_an_ended_voyage_says_so(world: World) -> None:
    turn = await launch(world)
    await world.services.engine.act(ID, Abandon("idle"), turn_id="idle", expected=turn.ref, actor="")
    with pytest.raises(NothingToRestart):
        await world.play.restart(ID, turn_id="r", expected=turn.ref, captain="Ada")
