"""A bounded cache for what can be made again: star maps, stat tables, prices. Its owner is the Content."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

Value = TypeVar("Value")


class BoundedCache:
    """Keeps the newest `limit` values. Safe between threads; a value may be made twice, never torn."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Give the value of `key`, made by `make` when it is not held."""
        found = self._values.get(key)
        if found is None:
            found = make()
            with self._lock:
                self._values[key] = found
                while len(self._values) > self._limit:
                    self._values.popitem(last=False)
        return found  # type: ignore[return-value]  # a key always names the same kind of value

    def __len__(self) -> int:
        return len(self._values)
