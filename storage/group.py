"""Many requests in one transaction: units one by one, items of the same batch together.

It must not commit: the caller does, and only then answers the requests.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage.database import plain_error

Results = list[Any]  # one per request: its value, or the exception that it gets


@dataclass(slots=True, eq=False)
class Request:
    """A unit, or an item of a batch, and the future of its caller."""

    future: asyncio.Future[Any]
    unit: Callable[[Connection], Any] | None = None
    batch: Callable[[Connection, Sequence[Any]], Sequence[Any]] | None = None
    item: Any = None

    def answer(self, result: object) -> None:
        """Give the caller its result, if it still waits."""
        if self.future.done():
            return
        if isinstance(result, BaseException):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)


def run_group(conn: Connection, group: Sequence[Request]) -> Results:
    """Run every request inside the connection's transaction; give the results in order.

    Raises what makes the whole transaction void (the connection broke, the disk is full), and whatever a
    request raises that is alone in its group.
    """
    if len(group) == 1:
        return [_run(conn, group[0])]
    results: Results = [None] * len(group)
    batches: dict[Callable[..., Any], list[int]] = {}
    for index, request in enumerate(group):
        if request.unit is not None:
            results[index] = _run_apart(conn, request.unit)
        elif request.batch is not None:
            batches.setdefault(request.batch, []).append(index)
    for batch, indexes in batches.items():
        for index, answer in zip(indexes, _run_batch(conn, batch, [group[i] for i in indexes]), strict=True):
            results[index] = answer
    return results


def _run(conn: Connection, request: Request) -> Any:
    if request.unit is not None:
        return request.unit(conn)
    assert request.batch is not None
    return request.batch(conn, [request.item])[0]


def _run_batch(conn: Connection, batch: Callable[..., Any], requests: list[Request]) -> Sequence[Any]:
    answers = _run_apart(conn, lambda c: batch(c, [request.item for request in requests]))
    return [answers] * len(requests) if isinstance(answers, Exception) else answers


def _run_apart(conn: Connection, unit: Callable[[Connection], Any]) -> Any:
    """Give the unit's value, or its exception with its writes undone."""
    savepoint = conn.begin_nested()
    try:
        result = unit(conn)
    except Exception as error:
        if conn.invalidated:
            raise
        savepoint.rollback()
        return plain_error(error)
    savepoint.commit()
    return result
