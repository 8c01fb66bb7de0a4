"""Readable saves: state.json and history.json beside each session, and the save file that a player can keep.

The store is the truth; these files are for people, and for taking a voyage to another session. It must not
decide anything: a save that the rules cannot go on from is refused with its reason.
"""

import re
from pathlib import Path

import msgspec

from engine.content.catalogue import Content
from engine.restore import fault_of
from engine.rules.codec import decode_outcome
from engine.rules.state import GameState
from engine.session_errors import SaveRefused
from storage.rows import TurnRow, VoyageRow

FORMAT = "dead-reckoning-save"
VERSION = 1
STATE, HISTORY = "state.json", "history.json"
MAX_SAVE_BYTES = 256 * 1024

_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Save(msgspec.Struct, frozen=True):
    """A save file. `saved_at` is UTC seconds since 1970."""

    format: str
    version: int
    session_id: str
    voyage: int
    saved_at: float
    state: GameState


class Passage(msgspec.Struct, frozen=True):
    """One turn as history.json tells it."""

    n: int
    at: float
    actor: str
    action: str
    title: str
    story: str


class History(msgspec.Struct, frozen=True):
    """A session's voyages, newest first, and the turns of the newest one, oldest first."""

    session_id: str
    voyages: list[VoyageRow]
    turns: list[Passage]


def session_folder(folder: Path, session_id: str) -> Path:
    """Give the folder of a session under the data folder. Raises ValueError for what is no session id."""
    if _SESSION_ID.fullmatch(session_id) is None:
        raise ValueError(f"no session id: {session_id!r}")
    return folder / "sessions" / session_id


def make_history(session_id: str, voyages: list[VoyageRow], turns: list[TurnRow]) -> History:
    """Tell the journal's newest voyage."""
    passages = []
    for row in turns:
        outcome = decode_outcome(row.outcome)
        passages.append(Passage(row.n, row.at, row.actor, outcome.action, outcome.title, outcome.story))
    return History(session_id, voyages, passages)


def keys_of(session_id: str) -> list[str]:
    """Name both files."""
    return [f"sessions/{session_id}/{name}" for name in (STATE, HISTORY)]


def encode_files(save: Save, history: History) -> dict[str, bytes]:
    """Write both files, by key."""
    return dict(zip(keys_of(save.session_id), (encode_save(save), _readable(history)), strict=True))


def remove_empty(folder: Path, session_id: str) -> None:
    """Remove a session's folder when nothing is in it any more."""
    home = session_folder(folder, session_id)
    if home.is_dir() and not any(home.iterdir()):
        home.rmdir()


def encode_save(save: Save) -> bytes:
    """Write a save file: UTF-8 JSON, indented."""
    return _readable(save)


def decode_save(content: Content, data: bytes) -> Save:
    """Read a save file that somebody hands in. Raises SaveRefused with the reason, for the player."""
    if len(data) > MAX_SAVE_BYTES:
        raise SaveRefused(f"The file is larger than a save can be ({MAX_SAVE_BYTES // 1024} KiB).")
    try:
        head = msgspec.json.decode(data, type=_Head)
    except msgspec.MsgspecError as error:
        raise SaveRefused("The file is no save of this game.") from error
    if head.format != FORMAT:
        raise SaveRefused("The file is no save of this game.")
    if head.version != VERSION:
        raise SaveRefused(f"The save has version {head.version}; this game reads version {VERSION}.")
    try:
        save = msgspec.json.decode(data, type=Save)
    except msgspec.MsgspecError as error:
        raise SaveRefused(f"The save is damaged: {error}.") from error
    fault = fault_of(content, save.state)
    if fault:
        raise SaveRefused(f"The save cannot be flown: {fault}.")
    return save


class _Head(msgspec.Struct):
    format: str
    version: int


def _readable(value: Save | History) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
