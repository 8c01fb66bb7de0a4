"""Channel settings: kept in the store, refused whole when they make no sense."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sessions.channel_settings import ChannelSettings, Mode, SettingsBook, TapeFormat
from sessions.errors import BadSetting
from storage.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "x.sqlite3")
    yield opened
    await opened.close()


async def test_changes_are_kept_per_session(store: Store) -> None:
    book = SettingsBook(store.channel_settings)
    await book.change("1", countdown=60, auto_advance=True)
    await book.change("1", tape_format=TapeFormat.GIF)
    again = SettingsBook(store.channel_settings)
    assert await again.of("1") == ChannelSettings(60, True, Mode.FIRST, TapeFormat.GIF)
    assert await again.of("2") == ChannelSettings()
    assert await again.with_countdown() == ["1"]


@pytest.mark.parametrize(
    "changes",
    [{"countdown": 9}, {"countdown": 86_401}, {"countdown": -1}, {"auto_advance": True}, {"mode": Mode.VOTE}],
)
async def test_nonsense_is_refused_and_nothing_changes(store: Store, changes: dict[str, Any]) -> None:
    book = SettingsBook(store.channel_settings)
    with pytest.raises(BadSetting):
        await book.change("1", **changes)
    assert await book.of("1") == ChannelSettings()
    assert await store.channel_settings.get("1") is None


async def test_switching_the_countdown_off_switches_off_what_needs_it(store: Store) -> None:
    book = SettingsBook(store.channel_settings)
    await book.change("1", countdown=60, auto_advance=True, mode=Mode.VOTE)
    assert await book.change("1", countdown=0) == ChannelSettings()
    with pytest.raises(BadSetting):
        await book.change("1", countdown=0, mode=Mode.VOTE)
