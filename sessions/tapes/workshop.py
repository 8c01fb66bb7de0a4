"""The threads that do the heavy work: as many as there are cores, behind the event loop's own.

Builders hold one tape each; decoders help a builder that is alone. Where several build, each does its own
decoding: more threads than cores would keep the one that holds the interpreter's lock off its core, and the
event loop waiting for it. Decoders never wait for a builder, so the two pools cannot block each other.
"""

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_POLITE = 10  # steps of niceness: a turn's own work goes first
_AHEAD = 4  # pictures decoded before the encoder asks for them


class Workshop:
    """A bounded pool for tapes and segments. `threads` None means one per core."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or os.cpu_count() or 1
        self._building = 0
        self._count = threading.Lock()
        self._builders = ThreadPoolExecutor(self.threads, "tape", _step_back)
        self._decoders = ThreadPoolExecutor(self.threads, "tape-decode", _step_back)

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do blocking work in a builder thread."""

        def counted() -> R:
            with self._count:
                self._building += 1
            try:
                return work(*args, **kwargs)
            finally:
                with self._count:
                    self._building -= 1

        return await asyncio.wrap_future(self._builders.submit(counted))

    @property
    def crowded(self) -> bool:
        """Say whether several builders are at work."""
        return self._building > 1

    def ahead(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Give work's results in order while decoders do the next ones. Call it in a builder thread."""
        coming: deque[Future[R]] = deque()
        try:
            for item in items:
                if self.crowded:
                    while coming:
                        yield coming.popleft().result()
                    yield work(item)
                    continue
                coming.append(self._decoders.submit(work, item))
                if len(coming) >= _AHEAD:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for left in coming:
                left.cancel()

    def aside(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin short work beside a builder's own, or do it at once. Call it in a builder thread."""
        if not self.crowded:
            return self._decoders.submit(work, *args, **kwargs)
        done: Future[R] = Future()
        done.set_result(work(*args, **kwargs))
        return done

    def close(self) -> None:
        """Let the threads end with the work that they have begun. Blocks."""
        self._builders.shutdown(wait=True, cancel_futures=True)
        self._decoders.shutdown(wait=True, cancel_futures=True)


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere niceness belongs to the process
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _POLITE)
