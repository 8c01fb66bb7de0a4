"""Ends a process in bounded time: steps that each have a share of it, signals, and a last resort.

What is cut off here is never the only copy of anything: whatever was accepted is in the store. It knows
neither the bot nor the engine; both close themselves with it.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)

BUDGET_SECONDS = 10.0  # from the signal to the end of the process
LAST_RESORT_SECONDS = 9.7  # then the process ends, whatever its event loop does
CLEANING_SECONDS = 0.1  # for a step that was cut, to put its things down

Leave = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do before the end, and the seconds that it may take."""

    name: str
    seconds: float
    work: Callable[[], Awaitable[object]]


async def take_steps(steps: Sequence[Step]) -> list[str]:
    """Take steps in order, each within its share; give the names of those that were cut.

    A step that fails is logged like one that is cut, and stops none of the others.
    """
    return [step.name for step in steps if not await _take(step)]


async def _take(step: Step) -> bool:
    # Not asyncio.timeout: it waits for its block to end, and what hangs may not even take a cancellation.
    work = asyncio.ensure_future(step.work())
    if not (await asyncio.wait({work}, timeout=step.seconds))[0]:
        log.warning("stopping: %s: cut off after %.1f s", step.name, step.seconds)
        work.cancel()
        work.add_done_callback(_look_at)
        await asyncio.wait({work}, timeout=CLEANING_SECONDS)
        return False
    error = work.exception() if not work.cancelled() else None
    if error is not None:
        log.error("stopping: %s failed", step.name, exc_info=error)
    return True


def _look_at(work: "asyncio.Future[object]") -> None:
    """Fetch a cut step's error, so that it is not reported as forgotten."""
    if not work.cancelled() and (error := work.exception()) is not None:
        log.info("stopping: a step that was cut off failed: %r", error)


def on_signals(stop: Callable[[], object], *, leave: Leave | None = None) -> None:
    """Have `stop` called in this loop at the first SIGINT or SIGTERM; a second one ends the process at once.

    From the first one on, the process has LAST_RESORT_SECONDS left.
    """
    loop = asyncio.get_running_loop()
    leaving = leave or leave_now
    asked = False

    def hear(number: int) -> None:
        nonlocal asked
        if asked:
            log.warning("a second signal: leaving at once; every accepted turn is stored")
            leaving(128 + number)
            return
        asked = True
        begin_last_resort(LAST_RESORT_SECONDS, leaving)
        stop()

    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, hear, int(name))
        except NotImplementedError:  # Windows: Python's own handlers run in the main thread, beside the loop
            signal.signal(name, lambda number, _frame: loop.call_soon_threadsafe(hear, number))


def begin_last_resort(seconds: float, leave: Leave) -> threading.Timer:
    """End the process after so many seconds, if it has not ended by itself: its event loop may be stuck."""

    def give_up() -> None:
        said = "stopping took more than %.1f s; the process ends; every accepted turn is stored"
        _try(lambda: log.error(said, seconds))
        leave(1)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    return timer


def leave_now(code: int) -> None:
    """End the process without waiting for its threads: one of them may never come back."""
    _try(_flush)
    os._exit(code)


def _flush() -> None:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _try(work: Callable[[], object]) -> None:
    """Do something that may hang (a full pipe behind the log), but do not wait for it for long."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(CLEANING_SECONDS)
