"""What a session list says, once a mapping has read it. Times are UTC seconds since 1970."""

from enum import StrEnum

import msgspec

MAX_NAMES = 128  # player names kept of one listing


class SessionState(StrEnum):
    """How far a multiplayer session is."""

    UNKNOWN = ""
    PREGAME = "pregame"
    INGAME = "ingame"
    POSTGAME = "postgame"
    PAUSED = "paused"


class Listing(msgspec.Struct, frozen=True, gc=False):
    """One row of a list. It holds only what its mapping names: everything else of the row is forgotten.

    `names` is sorted, because many lists shuffle their players. None means that the list does not say; a
    `max` of None also means "no limit". `ended` is the list's own word that the session is over. `scope` is
    the only server (guild id) that may see the listing, "" for all.
    """

    id: str
    name: str = ""
    mode: str = ""
    map: str = ""
    players: int | None = None
    max: int | None = None
    names: tuple[str, ...] = ()
    host: str = ""
    state: SessionState = SessionState.UNKNOWN
    locked: bool | None = None
    password: bool | None = None
    version: str = ""
    join: str = ""
    image: str = ""
    mod: str = ""
    mod_url: str = ""
    link: str = ""
    link_text: str = ""
    ended: bool = False
    scope: str = ""


class Reading(msgspec.Struct, frozen=True):
    """What a mapping makes of one body. `complete` means that a row's absence says something.

    `reason` is why it is not complete, "" otherwise; `notes` are small faults, at most a dozen;
    `source_time` is when the list itself was made, where it says so.
    """

    listings: tuple[Listing, ...]
    complete: bool
    reason: str = ""
    notes: tuple[str, ...] = ()
    source_time: float | None = None


class Answer(msgspec.Struct, frozen=True):
    """A reading with its place in time: `seq` counts the requests of a feed, in order of sending."""

    feed: str
    seq: int
    at: float
    reading: Reading
