"""A bounded cache for what can be made again: star maps, stat tables, prices. Its owner is the Content."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

Value = TypeVar("Value")


class BoundedCache:
    """Keeps the newest `limit` values. Safe between threads; a value may be made twice, never torn."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[Hashable, Any] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Give the value of `key`, made by `make` when it is not held. A value is never None."""
        found = self._values.get(key)
        if found is None:
            found = make()
            with self._lock:
                self._values[key] = found
                while len(self._values) > self._limit:
                    del self._values[next(iter(self._values))]
        return found

    def __len__(self) -> int:
        return len(self._values)
