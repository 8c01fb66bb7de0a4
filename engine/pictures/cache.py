"""A cache bounded in bytes, safe to share between threads.

A value is made outside the lock: two threads may make the same one at the same time, which costs time but
changes nothing, because drawing is deterministic.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Protocol, TypeVar


class Weighed(Protocol):
    """Anything that knows how much memory it holds."""

    @property
    def nbytes(self) -> int:
        """Say the bytes held."""
        ...


Value = TypeVar("Value", bound=Weighed)


class ByteCache:
    """Keeps the most recently used values while their bytes together stay within `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = max(0, limit)
        self._lock = Lock()
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._nbytes = 0

    @property
    def limit(self) -> int:
        """Say the bound in bytes."""
        return self._limit

    @property
    def nbytes(self) -> int:
        """Say the bytes held now; never more than the limit."""
        return self._nbytes

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Give the value of `key`, made now when it is not kept."""
        with self._lock:
            kept = self._values.get(key)
            if kept is not None:
                self._values.move_to_end(key)
                return kept
        value = make()
        self._keep(key, value)
        return value

    def _keep(self, key: Hashable, value: Weighed) -> None:
        size = value.nbytes
        if size > self._limit:
            return
        with self._lock:
            if key in self._values:
                return
            self._values[key] = value
            self._nbytes += size
            while self._nbytes > self._limit:
                _, dropped = self._values.popitem(last=False)
                self._nbytes -= dropped.nbytes
