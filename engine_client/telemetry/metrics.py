"""Metrics of one process, for Prometheus, in a registry that the composition root makes and passes down.

No label names a session, a channel or a player: the number of series does not grow with the players.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.platform_collector import PlatformCollector

from engine_client.telemetry.loop_lag import LoopLag

log = logging.getLogger(__name__)

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
LOOK_SECONDS = 1.0
PREFIX = "dead_reckoning_"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500)

Values = Mapping[tuple[str, ...], float]  # by the values of the labels
Look = Callable[[], Values | Awaitable[Values]]


class _Gauge(msgspec.Struct, frozen=True):
    name: str
    text: str
    labels: tuple[str, ...]
    look: Look


class Metrics:
    """The registry, and the gauges that are looked up when somebody asks."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._gauges: list[_Gauge] = []
        text = "Gauges that could not be looked up for an answer"
        self._failed = Counter(PREFIX + "scrape_failures", text, ["metric"], registry=registry)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)

    def gauge(self, name: str, text: str, labels: tuple[str, ...], look: Look) -> None:
        """Add a gauge whose values are looked up at each `render`, by the values of its labels."""
        self._gauges.append(_Gauge(PREFIX + name, text, labels, look))

    def counter(self, name: str, text: str, labels: tuple[str, ...]) -> Counter:
        """Add a counter."""
        return Counter(PREFIX + name, text, labels, registry=self.registry)

    def histogram(
        self, name: str, text: str, labels: tuple[str, ...] = (), buckets: tuple[float, ...] = SECONDS
    ) -> Histogram:
        """Add a histogram, by default of seconds."""
        return Histogram(PREFIX + name, text, labels, buckets=buckets, registry=self.registry)

    async def render(self) -> bytes:
        """Write everything in Prometheus's text format. A gauge that fails or takes too long is left out."""
        looked = await asyncio.gather(*(self._look(gauge) for gauge in self._gauges))
        found = _Found([family for family in looked if family is not None])
        return await asyncio.to_thread(self._write, found)

    def _write(self, found: "_Found") -> bytes:
        """Write the text; it takes some 10 ms, which players should not wait for."""
        return generate_latest(self.registry) + generate_latest(found)

    async def _look(self, gauge: _Gauge) -> GaugeMetricFamily | None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                values = gauge.look()
                if inspect.isawaitable(values):
                    values = await values
        except Exception as error:
            log.debug("gauge not looked up metric=%s", gauge.name, exc_info=error)
            self._failed.labels(gauge.name).inc()
            return None
        family = GaugeMetricFamily(gauge.name, gauge.text, labels=gauge.labels)
        for labels, value in values.items():
            family.add_metric(labels, value)
        return family


class _Found:
    """The gauges of one answer, as the library wants to collect them."""

    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """Give them."""
        return self._families


class CommitMetrics:
    """How large the store's transactions are and how long they take."""

    def __init__(self, metrics: Metrics) -> None:
        self._size = metrics.histogram(
            "commit_batch_size", "Writes that shared one transaction", buckets=SIZES
        )
        self._seconds = metrics.histogram(
            "commit_seconds", "From the transaction's begin until it was durable"
        )

    def committed(self, size: int, seconds: float) -> None:
        """Note one transaction. Any thread may call it."""
        self._size.observe(size)
        self._seconds.observe(seconds)


def add_lag(metrics: Metrics, lag: LoopLag) -> None:
    """Show how late the event loop runs."""
    text = "How late the event loop ran a timer: the last one, and the latest one of a minute"
    metrics.gauge("loop_lag_seconds", text, ("of",), lambda: {("last",): lag.newest, ("worst",): lag.worst})
