"""What the parts of the tape hand to each other. No work is done here."""

import zlib
from enum import StrEnum
from pathlib import Path

import msgspec
from av.video.frame import VideoFrame

from sessions.channel_settings import TapeFormat
from sessions.files import TAPES, session_key

LOOK_VERSION = 2  # one more whenever overlay or look change: older segments are then encoded again
DEFAULT_LIMIT = 10 * 1024 * 1024  # bytes that Discord takes where a guild has no boosts
SAFE_SHARE = 0.95  # of the upload limit, never more

MEDIA_TYPES = {
    TapeFormat.MP4: "video/mp4",
    TapeFormat.GIF: "image/gif",
    TapeFormat.WEBP: "image/webp",
}


class TapeOptions(msgspec.Struct, frozen=True):
    """How a channel wants its tapes. `limit` is the guild's upload limit in bytes."""

    format: TapeFormat = TapeFormat.MP4
    vhs: bool = False
    flipbook: bool = True
    limit: int = DEFAULT_LIMIT


class Size(msgspec.Struct, frozen=True):
    """Width and height in pixels, both even (4:2:0 needs it)."""

    width: int = 640
    height: int = 360

    def scaled(self, factor: float) -> "Size":
        """Give this size times a factor, rounded down to even numbers and at least 16."""
        return Size(max(16, int(self.width * factor) // 2 * 2), max(16, int(self.height * factor) // 2 * 2))


class Look(msgspec.Struct, frozen=True):
    """What is burnt into a tape's pictures. `grain` seeds the static noise of one tape."""

    vhs: bool
    flipbook: bool
    grain: int

    @classmethod
    def of(cls, options: TapeOptions, session_id: str, voyage: int) -> "Look":
        """Give the look of one voyage's tape."""
        return cls(options.vhs, options.flipbook, zlib.crc32(f"{session_id}/{voyage}".encode()))

    @property
    def key(self) -> str:
        """Name the look; segments of another look cannot be used."""
        return f"{LOOK_VERSION}{'v' if self.vhs else 'p'}{'f' if self.flipbook else 'h'}"


class BeatKind(StrEnum):
    """What a picture of the tape is."""

    TITLE = "t"
    BETWEEN = "b"
    TURN = "n"
    END = "e"


class Beat(msgspec.Struct, frozen=True, array_like=True):
    """One picture of a tape: its kind and the turn that it belongs to (0 for cards)."""

    kind: BeatKind
    n: int = 0


class Coded(msgspec.Struct, frozen=True):
    """One encoded picture: an Annex B access unit, whether it starts a group, and what it shows."""

    data: bytes
    key: bool
    beat: Beat


Strip = tuple[tuple[Beat, VideoFrame], ...]  # one turn: its in-betweens, then its picture


class Story(msgspec.Struct, frozen=True):
    """What the cards say, cut and cleaned by whoever draws them."""

    ship: str
    captain: str
    voyage: int
    where: str
    title: str
    sentence: str
    victory: bool
    figures: tuple[tuple[str, str], ...]


class Caption(msgspec.Struct, frozen=True):
    """What the overlay says on one turn's picture."""

    n: int
    region: str


class Product(msgspec.Struct, frozen=True):
    """A tape file that was written. `method` says how: segments, scratch or fitted."""

    path: Path
    format: TapeFormat
    frames: int
    left_out: int
    seconds: float
    size: int
    method: str


class Tape(msgspec.Struct, frozen=True):
    """A stored tape. `message_id` is 0 until it is posted.

    `path` is where it is on this machine; where files are kept elsewhere, there may be only a copy or none.
    """

    session_id: str
    voyage: int
    path: Path
    media_type: str
    frames: int
    left_out: int
    seconds: float
    size: int
    built_at: float
    message_id: int = 0

    @property
    def key(self) -> str:
        """Name the file among the session's."""
        return session_key(self.session_id, f"{TAPES}/{self.path.name}")


class Queued(msgspec.Struct, frozen=True):
    """A tape that waits or is being built. `builder` is the process at it, "" nobody; `due` UTC seconds.

    Where somebody is at it, `due` is when another may take over.
    """

    session_id: str
    voyage: int
    builder: str
    share: float
    due: float
    failed_before: bool


class Outcome(msgspec.Struct, frozen=True):
    """What became of one voyage's tape: a tape, or None with the sentence that says why."""

    session_id: str
    voyage: int
    tape: Tape | None
    sentence: str
    will_retry: bool = False
    away: bool = False  # only what it needs could not be reached: no try is counted
