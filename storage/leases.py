"""Leases with fencing epochs: at most one owner at a time does a thing, and a late one is refused.

The epoch grows with every change of hands. A write that must not come from a former owner calls
`check_lease` in its own transaction.
"""

import os
import secrets
import socket
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, Update, select, update

from storage.database import Database
from storage.errors import StaleEpoch
from storage.schema import lease
from storage.upsert import add_row


class Lease(msgspec.Struct, frozen=True):
    """A held lease. `until` is UTC seconds since 1970."""

    name: str
    owner: str
    epoch: int
    until: float


def fresh_owner() -> str:
    """Make a name for this process that no other, and no earlier one, has: host, process id, 8 hex digits."""
    return f"{socket.gethostname()[:64]}-{os.getpid()}-{secrets.token_hex(4)}"


class LeaseStore:
    """Leases by name. The caller's clocks must agree to within a fraction of a lease."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(self, name: str, owner: str, seconds: float, now: float) -> Lease | None:
        """Take a lease that is free or has run out, with the next epoch; None while another owner holds it.

        An owner that holds it already gets it with its epoch unchanged and a new end.
        """
        return await self._database.write(lambda conn: _acquire(conn, name, owner, now, now + seconds))

    async def renew(self, held: Lease, seconds: float, now: float) -> Lease:
        """Move the end of a held lease. Raises StaleEpoch when it has passed to another owner."""
        until = now + seconds
        await self._change(held, {"until": until})
        return msgspec.structs.replace(held, until=until)

    async def release(self, held: Lease) -> None:
        """Give a lease back before its end. Raises StaleEpoch when it has passed to another owner."""
        await self._change(held, {"owner": "", "until": 0.0})

    async def get(self, name: str) -> Lease | None:
        """Give a lease as it stands, held or not."""

        def unit(conn: Connection) -> Lease | None:
            row = conn.execute(select(*lease.c).where(lease.c.name == name)).first()
            return Lease(*row) if row else None

        return await self._database.read(unit)

    async def renew_all(self, owner: str, names: Iterable[str], seconds: float, now: float) -> list[Lease]:
        """Move the end of an owner's leases in one statement; those that have passed on are left out."""
        statement = update(lease).where(lease.c.owner == owner, lease.c.name.in_(names))
        moved = statement.values(until=now + seconds).returning(*lease.c)
        return await self._database.write(lambda conn: [Lease(*row) for row in conn.execute(moved)])

    async def release_all(self, owner: str, names: Iterable[str]) -> None:
        """Give an owner's leases back; those that have passed on are left alone."""
        await self._free(update(lease).where(lease.c.owner == owner, lease.c.name.in_(names)))

    async def free_all(self) -> None:
        """Free every lease: for a database that one process has to itself, so that all owners are dead."""
        await self._free(update(lease))

    async def _free(self, statement: Update) -> None:
        def unit(conn: Connection) -> None:
            conn.execute(statement.values(owner="", until=0.0))

        await self._database.write(unit)

    async def ends(self, names: Iterable[str]) -> dict[str, float]:
        """Say until when leases are held, in UTC seconds: 0 for a free one. Unknown ones are left out."""
        statement = select(lease.c.name, lease.c.until).where(lease.c.name.in_(names))

        def unit(conn: Connection) -> dict[str, float]:
            return {row.name: row.until for row in conn.execute(statement)}

        return await self._database.read(unit)

    async def _change(self, held: Lease, values: dict[str, object]) -> None:
        statement = update(lease).where(
            lease.c.name == held.name, lease.c.owner == held.owner, lease.c.epoch == held.epoch
        )

        def unit(conn: Connection) -> None:
            if conn.execute(statement.values(**values)).rowcount != 1:
                raise StaleEpoch(f"lease {held.name} has left {held.owner}")

        await self._database.write(unit)

    async def list(self) -> list[Lease]:
        """List all leases by name, held or not."""

        def unit(conn: Connection) -> list[Lease]:
            return [Lease(*row) for row in conn.execute(select(*lease.c).order_by(lease.c.name))]

        return await self._database.read(unit)


def check_lease(conn: Connection, held: Lease) -> None:
    """Refuse to go on in this transaction when the lease has changed hands. Raises StaleEpoch."""
    row = conn.execute(select(*lease.c).where(lease.c.name == held.name).with_for_update()).first()
    if row is None or row.epoch != held.epoch or row.owner != held.owner:
        raise StaleEpoch(f"lease {held.name} has left {held.owner}")


def _acquire(conn: Connection, name: str, owner: str, now: float, until: float) -> Lease | None:
    if add_row(conn, lease, {"name": name, "owner": owner, "epoch": 1, "until": until}):
        return Lease(name, owner, 1, until)
    row = conn.execute(select(*lease.c).where(lease.c.name == name).with_for_update()).one()
    if row.owner not in ("", owner) and row.until > now:
        return None
    epoch = row.epoch if row.owner == owner else row.epoch + 1
    values = {"owner": owner, "epoch": epoch, "until": until}
    conn.execute(update(lease).where(lease.c.name == name).values(**values))
    return Lease(name, owner, epoch, until)
