"""The runs of every session: what players ask for, and the accounts of engines that keep none.

Everything that changes a session's books happens under the session's lock, in one transaction, and takes the
inventory through the engine client. Never Discord.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec

from engine_client.models import SessionId, Turn, TurnRef
from engine_client.protocol import GameEngineClient
from sessions.errors import NothingHere, VoyageEnded
from sessions.locks import SessionLocks
from sessions.runs import ledger
from sessions.runs.accounting import count
from sessions.runs.allowance import Allowance
from sessions.runs.codec import change_of, standing_of
from sessions.runs.errors import NoRun
from sessions.runs.models import PURSE, Account, OpenRun, Run, Standing, Step
from sessions.runs.phases import Hear, Phase, unheard
from storage.run_rows import Moment, RunBooks, RunChange


class RunRows(Protocol):
    """The store's part of it."""

    async def keep(
        self,
        session_id: str,
        decide: Callable[[RunBooks], RunChange],
        *,
        at: tuple[int, int] | None = None,
    ) -> RunChange | None: ...
    async def books(self, session_id: str) -> RunBooks: ...


class Begun(msgspec.Struct, frozen=True):
    """A run that a player began, and the one that was abandoned for it."""

    run: OpenRun
    abandoned: Run | None


class Progress(msgspec.Struct, frozen=True):
    """Where a session's voyage stands at one moment."""

    account: Account
    open: OpenRun | None
    now: float


def _is_known(account: Account, turn: Turn) -> bool:
    """Say whether a turn brings nothing new to a session's books."""
    if account.voyage != turn.voyage:
        return account.voyage > turn.voyage
    if account.ended_at is not None or turn.n <= account.n:
        return True
    return account.node_id == turn.place.node_id and turn.end is None


class RunBook:
    """Keeps the books. `accounted` says that the engine's transactions do, so no turn need be observed."""

    def __init__(
        self,
        engine: GameEngineClient,
        rows: RunRows,
        locks: SessionLocks,
        clock: Callable[[], float],
        *,
        accounted: bool,
        allowance: Allowance | None = None,
        hear: Hear = unheard,
    ) -> None:
        self._engine = engine
        self._rows = rows
        self._locks = locks
        self._clock = clock
        self._accounted = accounted
        self._allowance = allowance or Allowance(clock)
        self._hear = hear

    async def start(self, session_id: SessionId) -> Begun:
        """Begin a run here and now; one that is open is abandoned.

        Raises NothingHere, VoyageEnded, TooSoon, and the engine's EngineAway; then nothing has changed.
        """
        async with self._locks.of(session_id):
            turn = await self._under_way(session_id)
            self._allowance.take(session_id)
            moment = await self._moment(turn, self._clock())
            place = (turn.voyage, turn.n)
            step = await self._keep(session_id, lambda s: ledger.start(s, moment), at=place)
        assert step.open is not None
        return Begun(step.open, step.abandoned)

    async def finish(self, session_id: SessionId) -> Run:
        """End the open run and count it; can be asked for again when it failed.

        Raises NothingHere, NoRun, RunMovedOn, TooSoon, and the engine's EngineAway; then nothing has changed.
        """
        async with self._locks.of(session_id):
            turn = await self._newest(session_id)
            key = (await self._open_run(session_id)).key
            self._allowance.take(session_id)
            moment = await self._moment(turn, self._clock())
            self._hear(Phase.POST)
            step = await self._keep(session_id, lambda s: ledger.finish(s, moment, key, self._hear))
            self._hear(Phase.UPDATE)
            self._hear(Phase.RESET)
        assert step.completed is not None
        return step.completed

    async def pause(self, session_id: SessionId) -> tuple[OpenRun, float]:
        """Stop the open run's clock, or let it go on; give the run and its seconds so far.

        Raises NothingHere, NoRun.
        """
        async with self._locks.of(session_id):
            await self._newest(session_id)
            now = self._clock()
            step = await self._keep(session_id, lambda s: ledger.pause(s, now))
        assert step.open is not None
        return step.open, step.open.seconds_at(now)

    async def abandon(self, session_id: SessionId) -> Run:
        """Give the open run up: it counts for nothing. Raises NothingHere, NoRun."""
        async with self._locks.of(session_id):
            await self._newest(session_id)
            now = self._clock()
            step = await self._keep(session_id, lambda s: ledger.abandon(s, session_id, now))
        assert step.abandoned is not None
        return step.abandoned

    async def progress(self, session_id: SessionId) -> Progress:
        """Say where the newest voyage stands. Raises NothingHere."""
        standing = standing_of(await self._rows.books(session_id))
        if standing.account is None:
            raise NothingHere
        return Progress(standing.account, standing.open, self._clock())

    async def observe(self, turn: Turn) -> None:
        """Account a turn that was accepted; the caller holds the session's lock.

        Needed for engines that do not account in their own transaction; for others it does nothing. It may be
        called again for the same turn, or late: what could not be measured is recorded as abandoned, never
        guessed. Raises EngineAway; then the next call catches up.
        """
        if self._accounted:
            return
        account = standing_of(await self._rows.books(turn.session_id)).account
        if account is not None and account.voyage < turn.voyage and account.ended_at is None:
            await self._close_unseen(turn.session_id, account)
        if account is not None and _is_known(account, turn):
            return
        moment = await self._moment(turn, turn.at)
        self._hear(Phase.POST)
        move = ledger.end if turn.end else ledger.arrive
        place = (turn.voyage, turn.n)
        await self._keep(turn.session_id, lambda s: move(s, moment, self._hear), at=place)
        self._hear(Phase.UPDATE)
        self._hear(Phase.RESET)

    async def _close_unseen(self, session_id: str, account: Account) -> None:
        """Close the books of a voyage that ended while nobody looked, at the time of its last turn."""
        last = await self._last_turn(SessionId(session_id), account.voyage)
        at = last.at if last is not None else account.started_at
        cause = last.end.cause if last is not None and last.end else "unseen"

        def close(standing: Standing) -> Step:
            step = ledger.close_unseen(standing, session_id, at, cause)
            return step if step is not None else Step(account, open=standing.open)

        await self._keep(session_id, close)

    async def _last_turn(self, session_id: SessionId, voyage: int) -> Turn | None:
        after, last = TurnRef(voyage, 0), None
        while turns := await self._engine.turns(session_id, after=after):
            last = next((turn for turn in reversed(turns) if turn.voyage == voyage), last)
            if turns[-1].voyage > voyage:
                break
            after = turns[-1].ref
        return last

    async def _newest(self, session_id: SessionId) -> Turn:
        """Give the newest turn, with the books up to it."""
        turn = await self._engine.state(session_id)
        if turn is None:
            raise NothingHere
        await self.observe(turn)
        return turn

    async def _under_way(self, session_id: SessionId) -> Turn:
        turn = await self._newest(session_id)
        if turn.end is not None:
            raise VoyageEnded
        return turn

    async def _open_run(self, session_id: str) -> OpenRun:
        standing = standing_of(await self._rows.books(session_id))
        if standing.open is None:
            last = standing.account.last if standing.account is not None else None
            raise NoRun(last.node if last is not None else "")
        return standing.open

    async def _keep(
        self, session_id: str, move: Callable[[Standing], Step], *, at: tuple[int, int] | None = None
    ) -> Step:
        steps: list[Step] = []

        def decide(books: RunBooks) -> RunChange:
            steps.append(move(standing_of(books)))
            return change_of(steps[-1], session_id)

        await self._rows.keep(session_id, decide, at=at)
        return steps[-1]

    async def _moment(self, turn: Turn, at: float) -> Moment:
        """Take the inventory and the prices through the client."""
        session_id = SessionId(turn.session_id)
        held = count(await self._engine.inventory(session_id))
        table = await self._engine.prices(session_id)
        purse = next((gauge for gauge in turn.gauges if gauge.key == PURSE), None)
        quantities, names, prices = dict(held.quantities), dict(held.names), dict(table.prices)
        if purse is not None and PURSE not in quantities:
            quantities[PURSE], names[PURSE] = purse.value, purse.label
            prices.setdefault(PURSE, 1.0)
        return Moment(
            session_id=turn.session_id,
            voyage=turn.voyage,
            n=turn.n,
            at=at,
            region_id=turn.place.region_id,
            region=turn.place.region,
            node_id=turn.place.node_id,
            node=turn.place.node,
            held=quantities,
            prices=prices,
            names=names,
            level=turn.tallies.get("level", 0),
            ended=(turn.end.cause or "ended") if turn.end else "",
        )
