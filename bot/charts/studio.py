"""Where charts are asked for: one worker thread draws them, one after the other.

matplotlib keeps state of its own that two threads must not share; one thread also bounds the memory.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.charts.models import Drawn, Ranking, Trend
from bot.charts.words import ranking_alt, trend_alt


class Charts:
    """Draws charts off the event loop. `cache` is a folder for matplotlib's list of fonts."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="charts")

    async def trend(self, trend: Trend) -> Drawn:
        """Draw a trend. Raises ValueError when it has no value at all."""
        if all(point.value is None for point in trend.points):
            raise ValueError("a trend without a value cannot be drawn")
        return Drawn(await self._draw(lambda: _trend(trend)), "trend.png", trend_alt(trend))

    async def ranking(self, ranking: Ranking) -> Drawn:
        """Draw a ranking. Raises ValueError when it has no bar."""
        if not ranking.bars:
            raise ValueError("a ranking without a bar cannot be drawn")
        return Drawn(await self._draw(lambda: _ranking(ranking)), "areas.png", ranking_alt(ranking))

    async def close(self) -> None:
        """End the thread once it is done."""
        await asyncio.to_thread(self._worker.shutdown, wait=True)

    async def _draw(self, draw: Callable[[], bytes]) -> bytes:
        def work() -> bytes:
            if self._cache is not None:
                os.environ.setdefault("MPLCONFIGDIR", str(self._cache))
            return draw()

        return await asyncio.get_running_loop().run_in_executor(self._worker, work)


def _trend(trend: Trend) -> bytes:
    from bot.charts.trend import draw_trend

    return draw_trend(trend)


def _ranking(ranking: Ranking) -> bytes:
    from bot.charts.bars import draw_ranking

    return draw_ranking(ranking)
