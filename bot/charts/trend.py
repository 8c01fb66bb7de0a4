"""Draws a metric over voyages: a line from oldest to newest, its median, and the newest point in figures."""

import math
from statistics import median

from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.charts.canvas import GOOD, GRID, LABEL, MARK, SMALL, SOFT, Sheet
from bot.charts.models import Trend
from bot.charts.words import figure, voyages, with_unit

_LEFT, _BOTTOM, _WIDTH, _HEIGHT = 0.125, 0.13, 0.835, 0.65


def draw_trend(trend: Trend) -> bytes:
    """Draw a trend of at least one value as a PNG."""
    sheet = Sheet(trend.title, (_LEFT, _BOTTOM, _WIDTH, _HEIGHT))
    values = [math.nan if point.value is None else point.value for point in trend.points]
    known = [(x, value) for x, value in enumerate(values) if not math.isnan(value)]
    _draw_line(sheet, values, known)
    _tell_figures(sheet, [value for _, value in known], trend.unit)
    _label_axes(sheet, trend)
    return sheet.png()


def _draw_line(sheet: Sheet, values: list[float], known: list[tuple[int, float]]) -> None:
    axes = sheet.axes
    size = 9 if len(values) <= 30 else 5
    axes.axhline(median(value for _, value in known), color=SOFT, linewidth=1.8, linestyle=(0, (5, 4)))
    axes.fill_between(range(len(values)), values, 0.0, color=GOOD, alpha=0.16, linewidth=0)
    axes.plot(values, color=GOOD, linewidth=3.2, marker="o", markersize=size, zorder=3)
    axes.plot(*known[-1], marker="o", markersize=15, color=MARK, zorder=4, clip_on=False)
    axes.set_xlim(-0.4, len(values) - 0.6)


def _tell_figures(sheet: Sheet, values: list[float], unit: str) -> None:
    newest = f"newest {with_unit(values[-1], unit)}"
    sheet.write(0.97, 0.95, newest, LABEL, MARK, across=True, va="top", ha="right", weight="bold")
    if len(values) > 1:
        usual = f"– – median {figure(median(values))}"
        sheet.write(0.97, 0.87, usual, SMALL, SOFT, across=True, va="top", ha="right")


def _label_axes(sheet: Sheet, trend: Trend) -> None:
    axes, count = sheet.axes, len(trend.points)
    axes.grid(axis="y", color=GRID, linewidth=1.1)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figure(value)))
    axes.set_xticks([])
    right, middle = _LEFT + _WIDTH, _LEFT + _WIDTH / 2
    sheet.write(_LEFT, 0.035, trend.points[0].label, SMALL, SOFT, across=True)
    sheet.write(middle, 0.035, voyages(count), SMALL, SOFT, across=True, ha="center")
    if count > 1:
        sheet.write(right, 0.035, trend.points[-1].label, SMALL, SOFT, across=True, ha="right")
