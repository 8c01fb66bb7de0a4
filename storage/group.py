"""Many requests in one transaction. It must not commit: the caller does, and only then answers the requests.

First all run as if nothing could fail, which is the usual case and costs no SAVEPOINT. When one does fail,
the caller rolls back and runs them apart.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage.database import Batch, plain_error
from storage.savepoint import TransactionLost, savepoint

Results = list[Any]  # one per request: its value, or the exception that it gets


@dataclass(slots=True, eq=False)
class Request:
    """A unit, or an item of a batch, and the future of its caller."""

    future: asyncio.Future[Any]
    unit: Callable[[Connection], Any] | None = None
    batch: Batch[Any, Any] | None = None
    item: Any = None

    def answer(self, result: object) -> None:
        """Give the caller its result, if it still waits."""
        if self.future.done():
            return
        if isinstance(result, BaseException):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)


def run_at_once(conn: Connection, group: Sequence[Request]) -> Results:
    """Run usual items of one batch in one statement that commits itself; NOT_DONE for what did not fit."""
    batch = group[0].batch
    assert batch is not None
    return list(batch.at_once(conn, [request.item for request in group]))


def run_together(conn: Connection, group: Sequence[Request]) -> Results:
    """Run every request; give the results in order. Raises whatever one of them raises."""
    results: Results = [None] * len(group)
    for part in _parts(group):
        unit = group[part[0]].unit
        if unit is not None:
            results[part[0]] = unit(conn)
            continue
        for batch, indexes in _batches(group, part):
            _put(results, indexes, batch.together(conn, [group[index].item for index in indexes]))
    return results


def run_apart(conn: Connection, group: Sequence[Request]) -> Results:
    """Run every request so that one that fails is undone alone and gets its exception as its result.

    Raises what makes the whole transaction void (the connection broke, the disk is full).
    """
    results: Results = [None] * len(group)
    for part in _parts(group):
        unit = group[part[0]].unit
        if unit is not None:
            results[part[0]] = _run_apart(conn, unit)
            continue
        for batch, indexes in _batches(group, part):
            items = [group[index].item for index in indexes]
            answers = _run_apart(conn, lambda c, b=batch, i=items: b.apart(c, i))
            _put(results, indexes, [answers] * len(items) if isinstance(answers, Exception) else answers)
    return results


def _parts(group: Sequence[Request]) -> list[list[int]]:
    """Split a group where it must keep its order: units alone, what batches take between them together."""
    parts: list[list[int]] = []
    for index, request in enumerate(group):
        if request.unit is None and parts and group[parts[-1][0]].unit is None:
            parts[-1].append(index)
        else:
            parts.append([index])
    return parts


def _batches(group: Sequence[Request], part: Sequence[int]) -> list[tuple[Batch[Any, Any], list[int]]]:
    """Find the batches of a part, and which of its requests belong to each."""
    found: dict[int, tuple[Batch[Any, Any], list[int]]] = {}
    for index in part:
        batch = group[index].batch
        if batch is not None:
            found.setdefault(id(batch), (batch, []))[1].append(index)
    # In one order everywhere, so that two processes never wait for each other in a circle.
    return sorted(found.values(), key=lambda each: each[0].name)


def _put(results: Results, indexes: list[int], answers: Sequence[Any]) -> None:
    for index, answer in zip(indexes, answers, strict=True):
        results[index] = answer


def _run_apart(conn: Connection, unit: Callable[[Connection], Any]) -> Any:
    """Give the unit's value, or its exception with its writes undone. Raises when all is undone."""
    try:
        with savepoint(conn):
            return unit(conn)
    except Exception as error:
        if conn.invalidated or isinstance(error, TransactionLost):
            raise
        return plain_error(error)
