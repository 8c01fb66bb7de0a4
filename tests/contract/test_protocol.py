"""What every engine owes to those who talk to it, whatever carries the words."""

import asyncio
import io

import pytest
from PIL import Image

from engine_client.errors import (
    ActionRefused,
    StaleTurn,
    UnknownChoice,
    UnknownSession,
    VoyageOver,
    VoyageUnderWay,
)
from engine_client.models import (
    MAX_TEXT,
    Abandon,
    Choose,
    Inventory,
    PriceTable,
    Say,
    SessionId,
    ShipSheet,
    Turn,
    TurnRef,
    Wait,
)
from engine_client.protocol import GameEngineClient

HERE, THERE = SessionId("1001"), SessionId("a_b-C9")


async def _launch(engine: GameEngineClient, session_id: SessionId = HERE, captain: str = "Ada") -> Turn:
    return (await engine.start(session_id, turn_id=f"launch {session_id}", captain=captain)).turn


async def _first(engine: GameEngineClient, turn: Turn, turn_id: str) -> Turn:
    session_id, move = SessionId(turn.session_id), Choose(turn.choices[0].id)
    return (await engine.act(session_id, move, turn_id=turn_id, expected=turn.ref, actor="Ada")).turn


async def _abandon(engine: GameEngineClient, turn: Turn, turn_id: str) -> Turn:
    session_id = SessionId(turn.session_id)
    result = await engine.act(session_id, Abandon("restart"), turn_id=turn_id, expected=turn.ref, actor="Ada")
    return result.turn


async def test_a_launch_gives_the_first_turn(engine):
    assert await engine.state(HERE) is None
    result = await engine.start(HERE, turn_id="a", captain="Zoë 🚀")
    turn = result.turn
    assert not result.repeated
    assert (turn.session_id, turn.ref, turn.turn_id, turn.captain) == (HERE, TurnRef(1, 1), "a", "Zoë 🚀")
    assert 1 <= len(turn.choices) <= 5
    assert turn.title
    assert turn.story
    assert turn.gauges
    assert turn.picture_text
    assert turn.end is None
    assert await engine.state(HERE) == turn


async def test_choices_keep_to_their_limits(engine):
    turn = await _launch(engine)
    for i in range(15):
        for choice in turn.choices:
            assert 1 <= len(choice.id) <= 24
            assert 1 <= len(choice.label) <= 60
            assert len(choice.hint) <= 100
        turn = await _first(engine, turn, f"t{i}")


async def test_a_launch_is_repeated_by_its_id_and_refused_under_another(engine):
    first = await engine.start(HERE, turn_id="a", captain="Ada")
    again = await engine.start(HERE, turn_id="a", captain="Ada")
    assert (again.turn, again.repeated) == (first.turn, True)
    with pytest.raises(VoyageUnderWay):
        await engine.start(HERE, turn_id="b", captain="Bob")
    assert await engine.state(HERE) == first.turn


async def test_of_twenty_launches_one_begins(engine):
    racing = [engine.start(HERE, turn_id=f"l{i}", captain=f"captain {i}") for i in range(20)]
    results = await asyncio.gather(*racing, return_exceptions=True)
    begun = [result for result in results if not isinstance(result, BaseException)]
    assert len(begun) == 1
    assert all(isinstance(r, VoyageUnderWay) for r in results if isinstance(r, BaseException))
    assert await engine.state(HERE) == begun[0].turn


async def test_an_action_gives_the_next_turn(engine):
    turn = await _launch(engine)
    result = await engine.act(HERE, Wait(), turn_id="w", expected=turn.ref, actor="Bob")
    assert (result.turn.ref, result.turn.actor, result.repeated) == (TurnRef(1, 2), "Bob", False)
    assert await engine.state(HERE) == result.turn


async def test_a_repeated_action_gives_the_stored_turn_even_when_it_is_old(engine):
    turn = await _launch(engine)
    second = await _first(engine, turn, "b")
    third = await _first(engine, second, "c")
    result = await engine.act(HERE, Wait(), turn_id="b", expected=turn.ref, actor="Eve")
    assert (result.turn, result.repeated) == (second, True)
    assert await engine.state(HERE) == third


async def test_fifty_actions_on_one_turn_change_the_game_once(engine):
    turn = await _launch(engine)
    racing = [
        engine.act(HERE, Wait(), turn_id=f"c{i}", expected=turn.ref, actor=f"player {i}") for i in range(50)
    ]
    results = await asyncio.gather(*racing, return_exceptions=True)
    (won,) = [result for result in results if not isinstance(result, BaseException)]
    late = [result for result in results if isinstance(result, StaleTurn)]
    assert len(late) == 49
    assert all(error.newest == won.turn for error in late)
    assert [turn.n for turn in await engine.turns(HERE, after=TurnRef(0, 0))] == [1, 2]


async def test_fifty_deliveries_of_one_action_change_the_game_once(engine):
    turn = await _launch(engine)
    racing = [engine.act(HERE, Wait(), turn_id="same", expected=turn.ref, actor="Ada") for _ in range(50)]
    results = await asyncio.gather(*racing)
    assert sorted(result.repeated for result in results) == [False] + [True] * 49
    assert len({result.turn.n for result in results}) == 1
    assert (await engine.state(HERE)).n == 2


async def test_what_cannot_be_done_changes_nothing(engine):
    turn = await _launch(engine)
    with pytest.raises(UnknownChoice):
        await engine.act(HERE, Choose("no such thing"), turn_id="x", expected=turn.ref, actor="Ada")
    for words in ("", "xyzzy", "x" * (MAX_TEXT + 1)):
        with pytest.raises(ActionRefused) as caught:
            await engine.act(HERE, Say(words), turn_id="x", expected=turn.ref, actor="Ada")
        assert caught.value.sentence
    with pytest.raises(StaleTurn) as late:
        await engine.act(HERE, Wait(), turn_id="x", expected=TurnRef(1, 9), actor="Ada")
    assert late.value.newest == turn
    assert await engine.state(HERE) == turn


async def test_a_players_own_words_can_be_an_action(engine):
    turn = await _launch(engine)
    result = await engine.act(HERE, Say("1"), turn_id="x", expected=turn.ref, actor="Ada")
    assert result.turn.n == 2


async def test_an_unknown_session_is_told_from_an_ended_voyage(engine):
    with pytest.raises(UnknownSession):
        await engine.act(HERE, Wait(), turn_id="x", expected=TurnRef(1, 1), actor="Ada")
    turn = await _launch(engine)
    ended = await _abandon(engine, turn, "end")
    assert (ended.end.cause, ended.end.victory, ended.choices) == ("restart", False, ())
    with pytest.raises(VoyageOver):
        await engine.act(HERE, Wait(), turn_id="x", expected=ended.ref, actor="Ada")
    again = await engine.start(HERE, turn_id="second", captain="Bob")
    assert (again.turn.ref, again.turn.captain) == (TurnRef(2, 1), "Bob")


async def test_turns_are_listed_in_order_across_voyages(engine):
    turn = await _launch(engine)
    second = await _first(engine, turn, "b")
    ended = await _abandon(engine, second, "end")
    again = (await engine.start(HERE, turn_id="second", captain="Ada")).turn
    whole = [turn, second, ended, again]
    assert await engine.turns(HERE, after=TurnRef(0, 0)) == whole
    assert await engine.turns(HERE, after=turn.ref) == whole[1:]
    assert await engine.turns(HERE, after=turn.ref, limit=2) == whole[1:3]
    assert await engine.turns(HERE, after=again.ref) == []
    assert await engine.turns(THERE, after=TurnRef(0, 0)) == []


async def test_every_turn_of_the_past_can_be_drawn_again(engine):
    turn = await _launch(engine)
    first = await engine.frame(HERE, turn.ref)
    await _first(engine, turn, "b")
    picture = await engine.frame(HERE, turn.ref)
    assert picture == first
    assert (picture.width, picture.height) == (640, 360)
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.size == (640, 360)
        assert Image.MIME[image.format] == picture.media_type
    assert picture.suffix in (".webp", ".png", ".jpg")
    assert await engine.frame(HERE, TurnRef(1, 2)) != picture
    for ref in (TurnRef(1, 3), TurnRef(2, 1), TurnRef(0, 0)):
        with pytest.raises(UnknownSession):
            await engine.frame(HERE, ref)


async def test_the_chart_is_a_picture(engine):
    await _launch(engine)
    picture = await engine.chart(HERE)
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.size == (picture.width, picture.height)


async def test_what_leads_to_a_turn_is_drawn(engine):
    turn = await _launch(engine)
    assert await engine.between(HERE, turn.ref) == []
    drawn = []
    for i in range(6):
        turn = await _first(engine, turn, f"t{i}")
        drawn += await engine.between(HERE, turn.ref)
    assert drawn
    for picture in drawn:
        with Image.open(io.BytesIO(picture.data)) as image:
            assert image.size == (picture.width, picture.height)
            assert Image.MIME[image.format] == picture.media_type
    with pytest.raises(UnknownSession):
        await engine.between(HERE, TurnRef(1, 99))


async def test_the_ship_has_a_sheet(engine):
    turn = await _launch(engine)
    sheet = await engine.ship(HERE)
    assert isinstance(sheet, ShipSheet)
    assert sheet.ship == turn.ship
    assert sheet.stats
    assert await engine.ship(HERE) == sheet


async def test_a_save_begins_a_voyage_elsewhere(engine):
    turn = await _launch(engine)
    turn = await _first(engine, turn, "b")
    save = await engine.save(HERE)
    result = await engine.restore(THERE, save, turn_id="r", actor="Zoë 🚀")
    assert (result.turn.session_id, result.turn.ref, result.repeated) == (THERE, TurnRef(1, 1), False)
    assert result.turn.gauges == turn.gauges
    assert await engine.inventory(THERE) == await engine.inventory(HERE)
    again = await engine.restore(THERE, save, turn_id="r", actor="Zoë 🚀")
    assert (again.turn, again.repeated) == (result.turn, True)
    assert await engine.state(HERE) == turn


async def test_a_save_ends_the_voyage_that_is_under_way(engine):
    turn = await _launch(engine)
    save = await engine.save(HERE)
    result = await engine.restore(HERE, save, turn_id="r", actor="Ada")
    first, ended, begun = await engine.turns(HERE, after=TurnRef(0, 0))
    assert (first, begun) == (turn, result.turn)
    assert (ended.end.cause, begun.ref) == ("restart", TurnRef(2, 1))


async def test_what_is_no_save_is_refused_with_its_reason(engine):
    turn = await _launch(engine)
    save = await engine.save(HERE)
    for damaged in (b"", b"{}", b"\xff\x00", save[:-20], save + b" " * 2_000_000):
        with pytest.raises(ActionRefused) as caught:
            await engine.restore(HERE, damaged, turn_id="r", actor="Ada")
        assert caught.value.sentence
    assert await engine.turns(HERE, after=TurnRef(0, 0)) == [turn]


async def test_the_hold_and_its_prices(engine):
    await _launch(engine)
    inventory = await engine.inventory(HERE)
    assert isinstance(inventory, Inventory)
    assert 0 < inventory.used <= inventory.capacity
    prices = await engine.prices(HERE)
    assert isinstance(prices, PriceTable)
    assert {stack.item_id for stack in inventory.stacks} <= set(prices.prices)
    assert all(price >= 0 for price in prices.prices.values())


async def test_an_unknown_session_has_nothing(engine):
    assert await engine.state(HERE) is None
    assert await engine.list_sessions() == []
    for ask in (engine.chart, engine.inventory, engine.prices, engine.ship, engine.save):
        with pytest.raises(UnknownSession):
            await ask(HERE)
    with pytest.raises(UnknownSession):
        await engine.frame(HERE, TurnRef(1, 1))
    await engine.remove(HERE)


async def test_sessions_are_listed_newest_change_first(engine):
    turn = await _launch(engine, HERE, "Ada")
    there = await _launch(engine, THERE, "Bob")
    assert [s.session_id for s in await engine.list_sessions()] == [THERE, HERE]
    ended = await _abandon(engine, turn, "end")
    newest, other = await engine.list_sessions()
    assert (newest.session_id, newest.voyage, newest.turn, newest.active) == (HERE, 1, ended.n, False)
    assert (other.captain, other.active, other.place) == ("Bob", True, there.place.node)
    assert newest.updated_at == ended.at


async def test_stats_say_what_is_held(engine):
    await _launch(engine, HERE, "Ada")
    await _launch(engine, THERE, "Bob")
    stats = await engine.stats()
    assert (stats.active_sessions, stats.total_players) == (2, 2)
    assert set(stats.sessions) == {HERE, THERE}
    assert set(stats.sessions[HERE]) == {"turn_count", "wealth", "game_over", "victory"}


async def test_a_removed_session_is_gone_and_the_others_are_not(engine):
    turn = await _launch(engine, HERE)
    other = await _launch(engine, THERE)
    await _first(engine, turn, "b")
    await engine.remove(HERE)
    assert await engine.state(HERE) is None
    assert await engine.turns(HERE, after=TurnRef(0, 0)) == []
    assert await engine.state(THERE) == other
    assert (await _launch(engine, HERE)).ref == TurnRef(1, 1)


async def test_sessions_know_nothing_of_each_other(engine):
    async def play(number: int) -> list[Turn]:
        session_id = SessionId(f"s{number}")
        turns = [await _launch(engine, session_id, f"captain {number}")]
        for i in range(4):
            turns.append(await _first(engine, turns[-1], f"{number}:{i}"))
        return turns

    played = await asyncio.gather(*[play(number) for number in range(20)])
    for number, turns in enumerate(played):
        assert await engine.turns(SessionId(f"s{number}"), after=TurnRef(0, 0)) == turns
        assert {turn.captain for turn in turns} == {f"captain {number}"}
