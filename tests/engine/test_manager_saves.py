"""Save files: given out, taken back, and refused with a reason when they are not what they seem."""

import itertools
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from engine.content import Content, load_content
from engine.journal import decode_entry, replay
from engine.manager import SessionManager
from engine.rules.codec import encode
from engine.rules.moves import Choose
from engine.session_errors import NoVoyage, SaveRefused, StoreAway
from storage.errors import FilesAway
from storage.files_local import LocalFiles
from storage.store import Store


@pytest.fixture(scope="module")
def content() -> Content:
    """Give the game's own content."""
    return load_content()


@pytest.fixture
async def manager(tmp_path: Path, content: Content) -> AsyncIterator[SessionManager]:
    """Give a manager with session 7 some turns into its voyage."""
    store = await Store.open(tmp_path / "store.sqlite3")
    seeds = itertools.count(5).__next__
    made = SessionManager(store, content, clock=lambda: 1000.0, seeds=seeds, folder=tmp_path)
    await made.launch("7", turn_id="a", captain="Ada")
    for i in range(8):
        await _act(made, "7", i)
    yield made
    await store.close()


async def _act(manager: SessionManager, session_id: str, number: int) -> None:
    session = await manager.get_session(session_id)
    choices = session.outcome.choices
    move, turn_id = Choose(choices[number % len(choices)].id), f"{session_id}.{session.place}"
    await manager.act(session_id, move, turn_id=turn_id, expected=session.place, actor="Ada")


async def test_a_save_goes_on_in_another_session(manager, content):
    saved = (await manager.get_session("7")).state
    data = await manager.export_save("7")
    accepted = await manager.import_save("8", data, turn_id="import", actor="Bob")
    session = await manager.get_session("8")
    assert (session.place, session.captain, session.wealth) == ((1, 1), "Ada", saved.wealth)
    assert session.state.inventory == saved.inventory
    assert 1 <= len(accepted.outcome.choices) <= 5
    for i in range(5):
        await _act(manager, "8", i)
    rows = await manager.turns_after("8", 0, 0, 100)
    turns = replay(content, [decode_entry(row.action) for row in rows])
    assert [encode(outcome) for _, outcome in turns] == [row.outcome for row in rows]
    assert (await manager.get_session("7")).state == saved


async def test_an_import_ends_the_voyage_under_way_and_repeats_nothing(manager):
    data = await manager.export_save("7")
    first = await manager.import_save("7", data, turn_id="import", actor="Ada")
    again = await manager.import_save("7", data, turn_id="import", actor="Ada")
    assert (first.repeated, again.repeated, again.row) == (False, True, first.row)
    assert (await manager.get_session("7")).place == (2, 1)


async def test_there_is_no_save_without_a_voyage(manager):
    with pytest.raises(NoVoyage):
        await manager.export_save("nobody")


def _changed(data: bytes, **changes: object) -> bytes:
    save = json.loads(data)
    save["state"].update(changes)
    return json.dumps(save).encode()


NODES = {"seed": 5, "size": 60, "known": [500], "visited": [], "path": [], "spent": []}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"health": -5}, "health is -5"),
        ({"wealth": 10**12}, "wealth is"),
        ({"wealth": "rich"}, "damaged"),
        ({"ship_type": "deathstar"}, "no ship 'deathstar'"),
        ({"inventory": {"ring": 1}}, "no item 'ring'"),
        ({"inventory": {"ore": 0}}, "impossible quantity"),
        ({"inventory": {"ore": 10**6}}, "too full"),
        ({"pod_augmentations": ["wings"]}, "no augmentation 'wings'"),
        ({"temp_effects": [{"id": "luck", "turns": 3}]}, "no effect 'luck'"),
        ({"star_map": NODES}, "star map is another one"),
        ({"current_node_id": "n999"}, "nowhere on the star map"),
        ({"current_region_id": "elsewhere"}, "nowhere on the star map"),
        ({"seed": -1}, "seed is out of range"),
        ({"captain": ""}, "no captain"),
        ({"captain": "x" * 500}, "no captain"),
        ({"captain": "A\0da"}, "no captain"),
        ({"game_over": True}, "voyage has ended"),
        ({"screen": "over"}, "voyage has ended"),
        ({"screen": "battle", "battle": None}, "half in a battle"),
        ({"screen": "event", "current_event": "tea party"}, "no event 'tea party'"),
    ],
)
async def test_an_impossible_state_is_refused_with_its_reason(manager, changes, reason):
    data = _changed(await manager.export_save("7"), **changes)
    with pytest.raises(SaveRefused, match=reason):
        await manager.import_save("8", data, turn_id="x", actor="Ada")
    assert await manager.get_session("8") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"[]",
        b"{}",
        b'{"format": "another-game", "version": 1}',
        b'{"format": "dead-reckoning-save", "version": 99}',
        b'{"format": "dead-reckoning-save", "version": 1}',
        b"[" * 10_000,
        b'{"format": "dead-reckoning-save", "version": 1, "x": "' + b"y" * 300_000 + b'"}',
    ],
)
async def test_a_foreign_file_is_refused_and_nothing_is_overwritten(manager, data):
    before = await manager.export_save("7")
    with pytest.raises(SaveRefused):
        await manager.import_save("7", data, turn_id="x", actor="Ada")
    assert await manager.export_save("7") == before


async def test_a_save_that_was_cut_off_is_refused(manager):
    data = await manager.export_save("7")
    for length in range(0, len(data) - 2, 97):
        with pytest.raises(SaveRefused):
            await manager.import_save("8", data[:length], turn_id="x", actor="Ada")
    assert await manager.get_session("8") is None


class _AwayFiles(LocalFiles):
    async def delete(self, keys: Iterable[str]) -> None:
        raise FilesAway("the place of the files is away")


async def test_a_session_whose_saves_cannot_be_removed_stays_whole(tmp_path, content):
    store = await Store.open(tmp_path / "store.sqlite3")
    files = _AwayFiles(tmp_path)
    manager = SessionManager(
        store, content, clock=lambda: 1000.0, seeds=lambda: 5, folder=tmp_path, files=files
    )
    await manager.launch("7", turn_id="a", captain="Ada")
    with pytest.raises(StoreAway):
        await manager.remove_session("7")
    assert (await manager.get_session("7")).active
    await store.close()
