"""Counts how feeds answer. It passes every answer and error on."""

from prometheus_client import Counter

from engine_client.feeds.errors import FeedError
from engine_client.feeds.models import Answer
from engine_client.session_lists import SessionList
from engine_client.telemetry.metrics import Metrics


def counted(lists: SessionList, metrics: Metrics) -> SessionList:
    """Count the polls of each feed by outcome: ok, or the error's name."""
    text = "Polls of session lists"
    polls = metrics.counter("feed_polls", text, ("feed", "outcome"))
    return _CountedLists(lists, polls)


class _CountedLists:
    def __init__(self, lists: SessionList, polls: Counter) -> None:
        self._lists = lists
        self._polls = polls

    async def fetch(self, feed: str) -> Answer:
        """Ask once. Raises FeedError."""
        outcome = "ok"
        try:
            return await self._lists.fetch(feed)
        except FeedError as error:
            outcome = type(error).__name__
            raise
        finally:
            self._polls.labels(feed, outcome).inc()
