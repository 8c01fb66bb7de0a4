"""How often a session's players may have the inventory taken. It refuses, and never waits."""

from collections.abc import Callable

from sessions.runs.errors import TooSoon

BURST = 3
SECONDS = 5.0  # until one more may be asked for
_MANY = 1_000


class Allowance:
    """A few requests at once for each session, then one every few seconds."""

    def __init__(self, clock: Callable[[], float], *, burst: int = BURST, seconds: float = SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._full = burst * seconds
        self._spent: dict[str, float] = {}  # when the session's allowance will be whole again

    def take(self, session_id: str) -> None:
        """Take one. Raises TooSoon."""
        now = self._clock()
        whole_at = max(now, self._spent.get(session_id, now)) + self._seconds
        if whole_at - now > self._full:
            raise TooSoon(whole_at - now - self._full)
        if len(self._spent) >= _MANY:
            self._spent = {key: at for key, at in self._spent.items() if at > now}
        self._spent[session_id] = whole_at
