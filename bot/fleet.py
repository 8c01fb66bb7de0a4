"""This process's part in a fleet: for which servers it may do what no player asked for, and which chores.

Countdowns, boards that are behind, resuming, tapes and notices to be posted: one process does them for each
shard, the one that holds its lease. What a player asks for is served wherever Discord sends it, so no click
asks anything here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.shards import Shards
from sessions.holding import Holding

CLEANUP = "cleanup"  # one process of the whole fleet clears away what is old


def lease_names(shards: Shards) -> list[str]:
    """Name the leases that a process with these shards wants."""
    return [*(shard_lease(shards, number) for number in sorted(shards.ids)), CLEANUP]


def shard_lease(shards: Shards, number: int) -> str:
    """Name a shard's lease; the count is in it, since another count deals the servers anew."""
    return f"shard:{number}/{shards.count}"


class Fleet:
    """Knows what this process is responsible for. `guild_of` gives the server of a session's board, or 0."""

    def __init__(self, shards: Shards, holding: Holding, guild_of: Callable[[str], Awaitable[int]]) -> None:
        self._shards = shards
        self.holding = holding
        self._guild_of = guild_of
        self._names = {number: shard_lease(shards, number) for number in shards.ids}

    def mine(self, guild_id: int) -> bool:
        """Say whether this process works for a server (0: for direct messages), now. Asks nobody."""
        name = self._names.get(self._shards.of(guild_id))
        return name is not None and self.holding.holds(name)

    async def works_for(self, session_id: str) -> bool:
        """Say whether this process works for a session, now. One without a board counts as a direct one."""
        return self.mine(await self._guild_of(session_id))

    def shard_of(self, guild_id: int) -> int:
        """Give the shard of a server, 0 for direct messages."""
        return self._shards.of(guild_id)

    def held(self) -> Mapping[int, int]:
        """Give the shards that are held now, each with a number that changes when it is gained anew."""
        held = self.holding.held
        return {number: held[name].gained for number, name in self._names.items() if name in held}
