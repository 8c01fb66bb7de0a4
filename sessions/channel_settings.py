"""What a channel has chosen: countdown, voting, tape format. Stored as one small JSON text per session."""

from enum import StrEnum
from typing import Protocol

import msgspec

from sessions.errors import BadSetting

COUNTDOWN_SECONDS = (10, 86_400)  # shortest and longest; 0 switches it off


class Mode(StrEnum):
    """Who decides a turn: the first click, or the most votes when the countdown ends."""

    FIRST = "first"
    VOTE = "vote"


class TapeFormat(StrEnum):
    """What kind of file a tape is."""

    MP4 = "mp4"
    GIF = "gif"
    WEBP = "webp"


class ChannelSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """One channel's choices. `countdown` is in seconds, 0 for none; `flipbook` None is the bot's default."""

    countdown: int = 0
    auto_advance: bool = False
    mode: Mode = Mode.FIRST
    tape_format: TapeFormat = TapeFormat.MP4
    vhs: bool = False
    flipbook: bool | None = None


class SettingsRows(Protocol):
    """The store's part of it."""

    async def get(self, session_id: str) -> str | None: ...
    async def put(self, session_id: str, settings: str) -> None: ...
    async def all(self) -> dict[str, str]: ...


def check(settings: ChannelSettings) -> ChannelSettings:
    """Refuse settings that make no sense. Raises BadSetting, whose text says what to do."""
    low, high = COUNTDOWN_SECONDS
    if settings.countdown and not low <= settings.countdown <= high:
        raise BadSetting(f"A countdown lasts {low} to {high} seconds; 0 switches it off.")
    if settings.auto_advance and not settings.countdown:
        raise BadSetting("`auto_advance` needs a countdown, for example `countdown:60`.")
    if settings.mode is Mode.VOTE and not settings.countdown:
        raise BadSetting("`mode: vote` needs a countdown that ends the vote, for example `countdown:60`.")
    return settings


class SettingsBook:
    """Reads and changes channel settings; keeps those it has read, unless other processes share the store."""

    def __init__(self, rows: SettingsRows, *, shared: bool = False) -> None:
        self._rows = rows
        self._shared = shared
        self._read: dict[str, ChannelSettings] = {}

    async def of(self, session_id: str) -> ChannelSettings:
        """Give a session's settings, the defaults where it has chosen nothing."""
        if self._shared or session_id not in self._read:
            text = await self._rows.get(session_id)
            read = _decode(text) if text else ChannelSettings()
            if self._shared:
                return read
            self._read.setdefault(session_id, read)
        return self._read[session_id]

    async def with_countdown(self) -> list[str]:
        """List the sessions that have a countdown; reads all settings, for a start."""
        found = {key: _decode(text) for key, text in (await self._rows.all()).items()}
        if not self._shared:
            self._read = found | self._read
        return [session_id for session_id, settings in found.items() if settings.countdown]

    async def change(self, session_id: str, **changes: object) -> ChannelSettings:
        """Change the named settings, leave the others. Raises BadSetting; then nothing has changed."""
        given = {name: value for name, value in changes.items() if value is not None}
        if given.get("countdown") == 0:  # what needs a countdown goes with it
            given = {"auto_advance": False, "mode": Mode.FIRST} | given
        settings = check(msgspec.structs.replace(await self.of(session_id), **given))
        await self._rows.put(session_id, msgspec.json.encode(settings).decode())
        self._read[session_id] = settings
        return settings


def _decode(text: str) -> ChannelSettings:
    return msgspec.json.decode(text, type=ChannelSettings)
