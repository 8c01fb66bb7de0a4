"""Charts in words, with their figures; and how a figure is written. Pure."""

from statistics import median

from bot import clean, limits
from bot.charts.models import Ranking, Trend

_LABEL = 60


def figure(value: float) -> str:
    """Write a figure as people read it: at most four digits, then k and M; one decimal when it is small."""
    if abs(value) < 0.05:
        return "0"
    if value < 0:
        return "−" + figure(-value)
    for least, size, sign in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= least:
            scaled = value / size
            return f"{scaled:.0f}{sign}" if scaled >= 100 else f"{scaled:.1f}{sign}"
    return f"{value:.0f}" if value >= 100 or value == round(value) else f"{value:.1f}"


def with_unit(value: float, unit: str) -> str:
    """Write a figure with its unit."""
    return f"{figure(value)} {unit}".rstrip()


def voyages(count: int) -> str:
    """Count voyages in words."""
    return "1 voyage" if count == 1 else f"{count} voyages"


def trend_alt(trend: Trend) -> str:
    """Say what a trend's chart shows."""
    values = [point.value for point in trend.points if point.value is not None]
    if not values:
        return f"{trend.title}: no voyage has a figure yet."
    said = (
        f"Line chart: {trend.title}, {voyages(len(trend.points))}, oldest to newest. "
        f"Newest {with_unit(values[-1], trend.unit)}, median {with_unit(median(values), trend.unit)}, "
        f"lowest {with_unit(min(values), trend.unit)}, highest {with_unit(max(values), trend.unit)}. Values: "
    )
    listed = ", ".join("none" if p.value is None else figure(p.value) for p in trend.points)
    return _fit(said + listed + ".")


def ranking_alt(ranking: Ranking) -> str:
    """Say what a ranking's chart shows."""
    listed = "; ".join(
        f"{number}. {clean.plain(bar.label, _LABEL)} {with_unit(bar.value, ranking.unit)}"
        for number, bar in enumerate(ranking.bars, start=1)
    )
    return _fit(f"Bar chart: {ranking.title}. {listed}.")


def _fit(said: str) -> str:
    return limits.shorten(said, limits.ALT_TEXT)
