"""How long a chart takes, beside matplotlib's own plain plot of the same values, and how late the loop is."""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from statistics import median

from bot.charts.models import Bar, Point, Ranking, Trend
from bot.charts.studio import Charts

VALUES = [900 + 40 * n + 300 * (n % 5) for n in range(20)]
TREND = Trend("Gold per hour", "cr/h", tuple(Point(f"{n + 1} Jan", v) for n, v in enumerate(VALUES)))
AREAS = Ranking("Best areas", "cr/h", tuple(Bar(f"The Reach {n}", 1500.0 - 190 * n) for n in range(7)))


def run(quick: bool) -> list[dict[str, object]]:
    """Measure; times are medians in milliseconds."""
    return asyncio.run(_run(9 if quick else 31))


async def _run(runs: int) -> list[dict[str, object]]:
    charts = Charts()
    first = await _milliseconds(lambda: charts.trend(TREND))
    trend, ranking, plain = [], [], []
    for _ in range(runs):
        trend.append(await _milliseconds(lambda: charts.trend(TREND)))
        plain.append(await asyncio.to_thread(_time, _plain))
        ranking.append(await _milliseconds(lambda: charts.ranking(AREAS)))
    lag = await _loop_lag(charts, runs)
    await charts.close()
    floor = f"plain plot and savefig {median(plain):.0f} ms"
    return [
        _row("charts.trend_ms", median(trend), floor, runs),
        _row("charts.ranking_ms", median(ranking), floor, runs),
        _row("charts.first_ms", first, "with the import of matplotlib", 1),
        _row("charts.loop_lag_ms", lag, "an idle loop: 0", runs),
    ]


def _row(figure: str, value: float, peer: str, runs: int) -> dict[str, object]:
    return {"figure": figure, "value": value, "unit": "ms", "peer": peer, "runs": runs}


async def _milliseconds(draw: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await draw()
    return (time.perf_counter() - begun) * 1000


def _time(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _plain() -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=100)
    axes = figure.add_subplot()
    axes.plot(VALUES, marker="o")
    axes.set_title(TREND.title)
    figure.savefig(io.BytesIO(), format="png")


async def _loop_lag(charts: Charts, count: int) -> float:
    """Give the 99th percentile of how late the loop is while charts are drawn, in milliseconds."""
    late: list[float] = []
    drawing = asyncio.gather(*(charts.trend(TREND) for _ in range(count)))
    while not drawing.done():
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append((time.perf_counter() - begun - 0.001) * 1000)
    await drawing
    return sorted(late)[int(len(late) * 0.99)]
