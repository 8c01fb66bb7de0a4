"""Operations put together for the composition root: what a bot and a worker show of themselves.

A worker has a store and no Discord; `worker_operations` is all that it needs. `serving` opens the addresses
where OPS_PORT is set.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from discord.ext import commands

from bot.operations.endpoints import serve_operations
from bot.services import Services, Stored
from bot.settings import Settings
from engine_client.models import SessionId
from engine_client.telemetry.metrics import Metrics, Values
from engine_client.telemetry.readiness import Check, Readiness
from engine_client.telemetry.shown import Operations, operations_of

PROBE = SessionId("readyz")  # a session that nobody has


def worker_operations(services: Stored, clock: Callable[[], float]) -> Operations:
    """Show the store and the queues of a process without Discord."""
    _show_store(services.metrics, services, clock)
    return operations_of(services.metrics, Readiness(_store_checks(services)))


def bot_operations(
    bot: commands.AutoShardedBot, services: Services, clock: Callable[[], float]
) -> Operations:
    """Show a bot: the store, the engine, the gateway and the games."""
    _show_store(services.metrics, services, clock)
    _show_games(services.metrics, services)

    async def gateway() -> str | None:
        closed = [str(number) for number, shard in bot.shards.items() if shard.is_closed()]
        if not bot.is_ready() or bot.is_closed():
            return "not connected"
        return f"shard {', '.join(closed)} is not connected" if closed else None

    checks = _store_checks(services) | {"engine": _engine_check(services), "gateway": gateway}
    return operations_of(services.metrics, Readiness(checks))


@asynccontextmanager
async def serving(settings: Settings, shown: Operations) -> AsyncIterator[None]:
    """Serve the addresses while the block runs, where OPS_PORT is set. Raises CannotListen."""
    if not settings.ops_port:
        yield
        return
    async with serve_operations(shown, settings.ops_host, settings.ops_port):
        yield


def _store_checks(services: Stored) -> dict[str, Check]:
    async def store() -> None:
        await services.store.ping()

    return {"store": store}


def _engine_check(services: Services) -> Check:
    async def engine() -> None:
        await services.engine.state(PROBE)

    return engine


def _show_store(metrics: Metrics, services: Stored, clock: Callable[[], float]) -> None:
    store = services.store

    async def jobs() -> Values:
        return await store.jobs.count_by_phase()

    async def leases() -> Values:
        held: dict[tuple[str, ...], float] = {}
        for lease in await store.leases.list():
            if lease.owner and lease.until > clock():
                mine = "this" if lease.owner == services.owner else "another"
                kind = (lease.name.partition(":")[0], mine)
                held[kind] = held.get(kind, 0.0) + 1
        return held

    metrics.gauge("jobs", "Jobs in the store", ("kind", "phase"), jobs)
    metrics.gauge("leases", "Leases that are held now, by what they are for", ("kind", "process"), leases)
    text = "Writes that wait for their transaction"
    metrics.gauge("commits_waiting", text, (), lambda: {(): float(store.database.unanswered)})


def _show_games(metrics: Metrics, services: Services) -> None:
    async def behind() -> Values:
        return {(): float(len(await services.boards.all_behind()))}

    text = "Boards that do not show their newest turn yet"
    metrics.gauge("boards_behind", text, (), behind)
    text = "Frames on their way to the disk"
    metrics.gauge("frames_waiting", text, (), lambda: {(): float(services.play.keeping)})
    text = "Sessions in which a projection of the journal waits for its next round, or is tried again later"
    projector = services.projector
    metrics.gauge(
        "sessions_behind",
        text,
        ("projection",),
        lambda: {(name,): float(count) for name, count in projector.behind().items()},
    )
    manager = services.manager
    if manager is not None:
        text = "Sessions in memory"
        metrics.gauge("sessions_loaded", text, (), lambda: {(): float(manager.loaded)})
