"""Charts are pictures of the figures: opened, measured, and read in words."""

import asyncio
import io
import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image

from bot import limits
from bot.charts.models import Bar, Point, Ranking, Trend
from bot.charts.studio import Charts
from bot.charts.words import figure, ranking_alt, trend_alt

TREND = Trend("Gold per hour", "cr/h", tuple(Point(f"{n} Jan", 100.0 * n) for n in range(1, 11)))
AREAS = Ranking("Best areas", "cr/h", (Bar("The Rim", 900), Bar("Core", 450), Bar("Void", 300)))


@pytest.fixture
async def charts(tmp_path):
    """The studio, with a cache of its own."""
    studio = Charts(tmp_path)
    yield studio
    await studio.close()


def opened(drawn) -> np.ndarray:
    """Open a chart as an array of RGB pixels."""
    image = Image.open(io.BytesIO(drawn.data))
    assert image.format == "PNG"
    assert image.size == (800, 450)
    return np.asarray(image.convert("RGB")).astype(int)


def close_to(pixels, colour, tolerance=40):
    """Say which pixels have about a colour."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return np.abs(pixels - wanted).sum(axis=2) <= tolerance


async def test_bars_are_as_long_as_their_figures(charts):
    teal = close_to(opened(await charts.ranking(AREAS)), "#5fd0c5")
    rows = teal.sum(axis=1)
    lengths = [rows[y] for y in (150, 235, 325)]
    bars = sorted({int(n) for n in rows if n > 20}, reverse=True)
    assert bars[0] / bars[-1] == pytest.approx(3, rel=0.05)
    assert lengths[0] / lengths[1] == pytest.approx(2, rel=0.05)


async def test_dangerous_areas_have_another_colour(charts):
    pixels = opened(await charts.ranking(Ranking("Where", "flees", (Bar("Rim", 2.5),), warns=True)))
    assert close_to(pixels, "#ff9f5a").sum() > 1000
    assert close_to(pixels, "#5fd0c5").sum() == 0


async def test_a_rising_trend_rises(charts):
    teal = close_to(opened(await charts.trend(TREND)), "#5fd0c5", 30)[:, 120:740]
    tops = [int(np.argmax(column)) for column in teal.T if column.any()]
    assert tops[5] > tops[len(tops) // 2] > tops[-20]


async def test_the_newest_point_is_marked(charts):
    mark = close_to(opened(await charts.trend(TREND)), "#ffd866")[110:400]
    assert np.argwhere(mark)[:, 1].min() > 650


async def test_missing_values_leave_a_gap(charts):
    values = [100.0, 100.0, 100.0, None, 100.0, 100.0, 100.0]
    trend = Trend("T", "", tuple(Point(str(n), value) for n, value in enumerate(values)))
    line = close_to(opened(await charts.trend(trend)), "#5fd0c5", 30).any(axis=0)
    inside = line[170:700]
    assert not inside.all()
    assert inside.mean() > 0.5


@pytest.mark.parametrize(
    "points",
    [
        (Point("1 Jan", 5.0),),
        (Point("1 Jan", 0.0), Point("2 Jan", 0.0)),
        (Point("1 Jan", -5.0), Point("2 Jan", None)),
        tuple(Point(str(n), (-1) ** n * 1e12) for n in range(100)),
    ],
)
async def test_any_values_can_be_drawn(charts, points):
    opened(await charts.trend(Trend("T", "cr", points)))


@pytest.mark.parametrize(
    "name", ["$x^2$ \\frac{", "星の海", "💰" * 30, "a" * 500, "\u202eback\x00", "", "%s {x}"]
)
async def test_any_name_can_be_drawn(charts, name):
    opened(await charts.ranking(Ranking(name, name, (Bar(name, 3.0), Bar(name, -1.0)))))
    opened(await charts.trend(Trend(name, name, (Point(name, 1.0),))))


async def test_more_bars_than_fit_are_left_to_the_text(charts):
    many = Ranking("R", "", tuple(Bar(f"Area {n}", 50.0 - n) for n in range(40)))
    assert len(ranking_alt(many)) <= limits.ALT_TEXT
    opened(await charts.ranking(many))


async def test_nothing_to_draw_is_refused(charts):
    with pytest.raises(ValueError):
        await charts.ranking(Ranking("R", "", ()))
    with pytest.raises(ValueError):
        await charts.trend(Trend("T", "", (Point("1", None),)))


async def test_charts_are_drawn_in_one_thread_of_their_own(charts, monkeypatch):
    import bot.charts.studio as studio

    threads = []
    real = studio._trend
    monkeypatch.setattr(
        studio, "_trend", lambda t: (threads.append(threading.current_thread().name), real(t))[1]
    )
    await asyncio.gather(*(charts.trend(TREND) for _ in range(4)))
    assert set(threads) == {"charts_0"}
    assert len(threads) == 4


def test_matplotlib_is_not_loaded_before_the_first_chart():
    code = "import bot.charts.studio, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def luminance(colour):
    """WCAG 2 relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_ink_is_readable_on_the_sheet():
    from bot.charts import canvas

    sheet = luminance(canvas.SHEET)
    for ink in (canvas.INK, canvas.SOFT, canvas.GOOD, canvas.BAD, canvas.MARK):
        assert (luminance(ink) + 0.05) / (sheet + 0.05) >= 4.5, ink


async def test_the_sheet_is_opaque_so_that_no_theme_shines_through(charts):
    image = Image.open(io.BytesIO((await charts.trend(TREND)).data))
    assert image.mode == "RGB"


def test_the_words_carry_the_figures():
    said = trend_alt(
        Trend("Gold per hour", "cr/h", (Point("a", 1206.0), Point("b", None), Point("c", 1556.07)))
    )
    assert "2 voyages" not in said
    assert "3 voyages" in said
    assert "Newest 1556 cr/h" in said
    assert said.endswith("Values: 1206, none, 1556.")
    assert ranking_alt(AREAS) == (
        "Bar chart: Best areas. 1. The Rim 900 cr/h; 2. Core 450 cr/h; 3. Void 300 cr/h."
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (12.25, "12.2"), (99.95, "100.0"), (887.4, "887"), (9999, "9999"), (11025, "11.0k"),
     (123456, "123k"), (2.5e6, "2.5M"), (-80, "−80"), (-1.5e9, "−1.5G"), (5, "5"),
     (-0.04, "0"), (-1e-12, "0"), (-0.06, "−0.1")],
)  # fmt: skip
def test_figures_are_short(value, said):
    assert figure(value) == said
