"""Draws a ranking: one bar for each area, its name in front and its figure behind."""

from bot.charts.canvas import BAD, GOOD, GRID, INK, LABEL, Sheet, letters
from bot.charts.models import Ranking
from bot.charts.words import with_unit

MOST = 7  # bars that a phone still shows legibly
_NAME = 16  # characters


def draw_ranking(ranking: Ranking) -> bytes:
    """Draw a ranking of at least one bar as a PNG: the first MOST of them."""
    sheet = Sheet(ranking.title, (0.36, 0.05, 0.42, 0.77))
    bars = ranking.bars[:MOST]
    values = [bar.value for bar in bars]
    rows = range(len(bars))
    sheet.axes.barh(rows, values, height=0.62, color=BAD if ranking.warns else GOOD, zorder=3)
    sheet.axes.axvline(0, color=GRID, linewidth=2, zorder=2)
    sheet.axes.set_ylim(max(len(bars), 3) - 0.4, -0.6)
    low, high = min(0.0, *values), max(0.0, *values)
    sheet.axes.set_xlim(low, high if high > low else low + 1)
    sheet.axes.set_axis_off()
    room = (high - low or 1.0) * 0.03
    for row, bar in zip(rows, bars, strict=True):
        name = f"{row + 1} {letters(bar.label, _NAME)}"
        sheet.write(low - room, row, name, LABEL, INK, va="center", ha="right")
        end = max(bar.value, 0.0) + room
        sheet.write(end, row, with_unit(bar.value, ranking.unit), LABEL, INK, va="center", weight="bold")
    return sheet.png()
