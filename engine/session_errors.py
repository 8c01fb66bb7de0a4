"""What a session can refuse, beside what the rules refuse.

SessionError
├── NoVoyage          no voyage was ever launched there
├── VoyageEnded       the voyage has ended; launch a new one
├── VoyageRunning     a launch where a voyage is under way
├── TurnPassed        the action was meant for another turn than the newest, `newest`
├── SaveRefused       the save file cannot be taken; the text says why
└── StoreAway         the store did not answer; nothing is lost, the turn may or may not have been kept
"""

from collections.abc import Iterator
from contextlib import contextmanager

from storage.errors import Conflict, StaleEpoch, StorageError
from storage.rows import TurnRow


class SessionError(Exception):
    """Base of everything that a session refuses. Nothing has changed."""


class NoVoyage(SessionError):
    """No voyage was ever launched in this session."""


class VoyageEnded(SessionError):
    """The session's last voyage has ended."""


class VoyageRunning(SessionError):
    """The session's voyage has not ended."""


class TurnPassed(SessionError):
    """The action was meant for another turn than the newest."""

    def __init__(self, newest: TurnRow) -> None:
        super().__init__(f"the newest turn is {newest.voyage}.{newest.n}")
        self.newest = newest


class SaveRefused(SessionError):
    """The save file is damaged, foreign or impossible. The text is for the player."""


class StoreAway(SessionError):
    """The store did not answer. The same turn id can be sent again."""


@contextmanager
def reaching_store() -> Iterator[None]:
    """Turn what the store cannot do into StoreAway. Conflict and StaleEpoch pass: they mean other things."""
    try:
        yield
    except (Conflict, StaleEpoch):
        raise
    except StorageError as error:
        raise StoreAway(str(error)) from error
