"""When a feed is asked next, and how it has been doing. Pure but for the generator of chance it is given."""

import random
from dataclasses import dataclass, field

MAX_BACKOFF = 600.0  # seconds
MAX_WISH = 3600.0  # seconds that a server may ask us to stay away


@dataclass(slots=True)
class FeedClock:
    """One feed's next time and its failures in a row. Times are UTC seconds."""

    interval: float
    random: random.Random
    next_at: float = 0.0
    failures: int = 0
    reason: str = ""
    answered_at: float = field(default=0.0)

    def answered(self, now: float, doubt: str = "") -> bool:
        """Note a usable answer, and why it is doubted; give True when it is the recovery from failures."""
        recovered = self.failures > 0
        self.failures, self.reason, self.answered_at = 0, doubt, now
        self.next_at = now + self.interval
        return recovered

    def failed(self, now: float, reason: str, retry_after: float = 0.0) -> bool:
        """Note a failure and wait longer: full jitter up to MAX_BACKOFF, never less than the interval.

        Gives True when it is the first one in a row.
        """
        self.failures += 1
        self.reason = reason
        ceiling = min(MAX_BACKOFF, self.interval * 2 ** min(self.failures, 10))
        wait = self.random.uniform(self.interval, max(self.interval, ceiling))
        self.next_at = now + max(wait, min(retry_after, MAX_WISH))
        return self.failures == 1
