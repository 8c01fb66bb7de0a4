"""Which of Discord's shards this process has, and which shard a server belongs to.

Pure arithmetic on numbers and on the two settings SHARD_COUNT and SHARD_IDS. It asks Discord nothing and
holds no lease: that two processes may have the same shards (one works, one stands by) is not its matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SHARDS = 16_384  # Far above the largest bots; a mistyped number should not open sockets for minutes.
DIRECT_MESSAGES = 0  # The guild id under which direct messages are filed; Discord sends them to shard 0.
_PART = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class Shards:
    """`count` shards share the bot's servers; this process has `ids` of them."""

    count: int
    ids: frozenset[int]

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MAX_SHARDS:
            raise ValueError(f"there are 1 to {MAX_SHARDS} shards")
        if not self.ids:
            raise ValueError("a process has at least one shard")
        if min(self.ids) < 0 or max(self.ids) >= self.count:
            raise ValueError(f"with {self.count} shards, ids are 0 to {self.count - 1}")

    @classmethod
    def parse(cls, count: int, ids: str) -> Shards:
        """Read SHARD_IDS: "0", "0,2", "0-3", "0-1,4"; empty means all. Raises ValueError that says why."""
        return cls(count, parse_ids(ids) or frozenset(range(count)))

    def of(self, guild_id: int) -> int:
        """Give the shard of a server (0 for direct messages), by Discord's own formula.

        Source: https://discord.com/developers/docs/events/gateway#sharding-sharding-formula
        """
        return (guild_id >> 22) % self.count

    def mine(self, guild_id: int) -> bool:
        """Say whether this process is sent the events of a server (0: of direct messages)."""
        return self.of(guild_id) in self.ids


def parse_ids(text: str) -> frozenset[int]:
    """Read a list of shard ids and ranges; empty text gives no ids. Raises ValueError that says why."""
    ids: set[int] = set()
    for part in text.split(",") if text.strip() else ():
        found = _PART.fullmatch(part.strip())
        if found is None:
            raise ValueError("shard ids are numbers and ranges, as 0 or 0,2 or 0-3")
        first = int(found[1])
        last = int(found[2] or first)
        if last < first or last >= MAX_SHARDS:
            raise ValueError(f"the range {part.strip()} goes backwards or beyond {MAX_SHARDS - 1}")
        ids.update(range(first, last + 1))
    return frozenset(ids)
