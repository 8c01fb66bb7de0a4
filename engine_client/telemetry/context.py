"""Which interaction and which turn the running task works for, so that every log line of it can say so.

It only carries names. Nothing may be decided by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec


class Work(msgspec.Struct):
    """What is known by now; "" and 0 are not known. All tasks of one interaction share one of these."""

    session: str
    interaction: str = ""
    voyage: int = 0
    turn: int = 0


# At module level, as contextvars asks for: this is the name of a slot, and each task has a value of its own
# in it. No state is shared through it.
_WORK: ContextVar[Work | None] = ContextVar("dead_reckoning_work", default=None)


def current() -> Work | None:
    """Give what the running task works for."""
    return _WORK.get()


@contextmanager
def working_for(session: str, *, interaction: str = "", voyage: int = 0, turn: int = 0) -> Iterator[None]:
    """Name what the block, and the tasks that it starts, work for."""
    token = _WORK.set(Work(session, interaction, voyage, turn))
    try:
        yield
    finally:
        _WORK.reset(token)


def reached(session: str, voyage: int, turn: int) -> None:
    """Note the turn that the surrounding work has led to, also for the tasks that wait for this one."""
    work = _WORK.get()
    if work is not None and work.session == session:
        work.voyage, work.turn = voyage, turn
