"""The nine phases of a run's end, and who may listen to them."""

from collections.abc import Callable
from enum import IntEnum


class Phase(IntEnum):
    """In the order of the account. UPDATE and RESET are one transaction: a crash leaves both or neither."""

    POST = 1  # the inventory was taken
    DIFF = 2
    VALUE = 3
    SNAPSHOT = 4  # what the session added up to before
    UPDATE = 5
    NOTIFY = 6
    LOG = 7
    PROGRESS = 8
    RESET = 9


Hear = Callable[[Phase], None]


def unheard(phase: Phase) -> None:
    """Listen to nothing."""
