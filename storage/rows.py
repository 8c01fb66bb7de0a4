"""The rows that the store takes and gives: frozen structs of plain values.

Times are UTC seconds since 1970. A voyage is named by (session_id, voyage), voyage counting from 1 in its
session; a turn by (session_id, voyage, n), n counting from 1 in its voyage (the launch is turn 1).
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection


class VoyageLaunch(msgspec.Struct, frozen=True):
    """What is known of a voyage when it is launched."""

    seed: int
    captain: str
    ship: str


class VoyageFinish(msgspec.Struct, frozen=True):
    """How a voyage ended. Its tape job is queued in the same transaction."""

    cause: str
    title: str
    victory: bool


class TurnCommit(msgspec.Struct, frozen=True):
    """One accepted turn, to be committed whole or not at all.

    `expected_version` is the session row's version that the turn was computed from, 0 where the session has
    none yet; the commit makes it one more. `state`, `action` and `outcome` are the engine's own encodings.
    `also` are units that run in the same transaction, after the turn is written; they may run again.

    On a shared database the commit is refused unless the session row still has the owner (`held_by`) and the
    `epoch` under which its state was read, whatever its version; it makes `owner` the owner until then.
    """

    session_id: str
    expected_version: int
    voyage: int
    n: int
    turn_id: str
    actor: str
    at: float
    action: bytes
    outcome: bytes
    state: bytes
    launch: VoyageLaunch | None = None
    finish: VoyageFinish | None = None
    also: tuple[Callable[[Connection], None], ...] = ()
    held_by: str = ""
    epoch: int = 0
    owner: str = ""
    owned_until: float = 0.0

    @property
    def next_epoch(self) -> int:
        """Give the epoch that the session has after this turn: one more where it changes hands."""
        return self.epoch if self.owner == self.held_by else self.epoch + 1


class TurnRow(msgspec.Struct, frozen=True):
    """One row of the journal."""

    session_id: str
    voyage: int
    n: int
    turn_id: str
    actor: str
    at: float
    action: bytes
    outcome: bytes


class SessionRow(msgspec.Struct, frozen=True):
    """A session's newest state. `active` is false when its last voyage has ended.

    On a shared database `owner` is the process that has it in memory, "" nobody; a turn of an earlier `epoch`
    is refused.
    """

    session_id: str
    version: int
    voyage: int
    n: int
    active: bool
    state: bytes
    updated_at: float
    owner: str = ""
    epoch: int = 0
    owned_until: float = 0.0


class OwnerRow(msgspec.Struct, frozen=True):
    """A process that serves sessions: how many, and when the last of its claims runs out."""

    owner: str
    sessions: int
    until: float


class VoyageRow(msgspec.Struct, frozen=True):
    """One voyage. The last five are None or 0 while it is under way."""

    session_id: str
    voyage: int
    seed: int
    captain: str
    ship: str
    started_at: float
    turns: int
    ended_at: float | None = None
    cause: str | None = None
    title: str | None = None
    victory: bool = False


class FrameRow(msgspec.Struct, frozen=True):
    """The picture of one turn. `file` is relative to the session's folder, with forward slashes."""

    session_id: str
    voyage: int
    n: int
    file: str
    media_type: str
    at: float


class TapeRow(msgspec.Struct, frozen=True):
    """A finished tape. `file` is relative to the session's folder; `message_id` 0 until it is posted."""

    session_id: str
    voyage: int
    file: str
    media_type: str
    frames: int
    left_out: int
    seconds: float
    size: int
    built_at: float
    message_id: int = 0


class JobRow(msgspec.Struct, frozen=True):
    """A piece of background work: claimed by (owner, attempt), parked with its error after too many tries.

    `progress` is 0..1 of the attempt under way, as its worker last reported it.
    """

    job_id: int
    kind: str
    session_id: str
    voyage: int
    attempt: int
    owner: str
    not_before: float
    error: str = ""
    progress: float = 0.0


class OpenJob(NamedTuple):
    """A job that waits, or is being worked on: then `not_before` is the end of its worker's lease."""

    session_id: str
    voyage: int
    attempt: int
    owner: str
    progress: float
    not_before: float
    error: str


class BoardRow(msgspec.Struct, frozen=True):
    """Where a session's board stands. `dirty` means that it does not show the newest turn yet.

    `upload_limit` is what its guild takes as a file, in bytes; 0 where nobody has noted it.
    """

    session_id: str
    guild_id: int
    channel_id: int
    message_id: int
    voyage: int
    n: int
    dirty: bool
    upload_limit: int = 0
