"""The HUD: readable text over any sky, marks that do not depend on colour, nothing outside its place."""

import msgspec
import numpy as np
import pytest

from engine.pictures import Painter
from engine.pictures.hud import compact
from engine.rules.scene import Gauges, Motif, NodeKind, Scene

GAUGES = Gauges(80, 100, 60, 100, 40, 60, 90, 100, 1234, 12, 50)
BARS = {"hull": 14, "fuel": 170, "food": 326, "health": 482}


def scene(**changes: object) -> Scene:
    plain = Scene(
        seed=1,
        turn=3,
        region="glass",
        region_name="Glass",
        node_name="Lens",
        node_kind=NodeKind.STAR,
        node_seed=4,
        motif=Motif.CALM,
        ship_type="scout",
        gauges=GAUGES,
        look=("#e0f0ff", "#ffffff", "#ffffff"),
    )
    return msgspec.structs.replace(plain, **changes)


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter(64 * 2**20)


def luminance(values: np.ndarray) -> np.ndarray:
    """Give the relative luminance of sRGB values 0..255 (WCAG 2.1)."""
    part = values / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.asarray((0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("motif", list(Motif))
@pytest.mark.parametrize(
    "box", [(8, 8, 200, 62), (530, 6, 626, 84), (14, 298, 158, 326), (482, 298, 626, 326)]
)
def test_text_stands_out_from_what_is_behind_it(
    painter: Painter, motif: Motif, box: tuple[int, int, int, int]
) -> None:
    left, top, right, bottom = box
    shown = scene(motif=motif, node_kind=NodeKind.NEBULA, node_name="WWWWWWWW", region_name="MMMMMMMM")
    bare = painter.draw_view(shown)[top:bottom, left:right]
    written = np.asarray(painter.draw(shown))[top:bottom, left:right]
    ink = luminance(written.astype(float))
    letters = np.median(ink[ink > 0.8 * ink.max()])
    ground = np.quantile(luminance(bare.astype(float)), 0.95)
    assert (letters + 0.05) / (ground + 0.05) >= 4.5


def bar(painter: Painter, gauges: Gauges, left: int) -> np.ndarray:
    picture = np.asarray(painter.draw(scene(gauges=gauges))).astype(int)
    return picture[329:347, left : left + 144]


@pytest.mark.parametrize(
    ("field", "left"), [("ship_condition", 14), ("fuel", 170), ("food", 326), ("health", 482)]
)
def test_a_bar_is_as_long_as_its_gauge(painter: Painter, field: str, left: int) -> None:
    maximum = getattr(GAUGES, field + "_max")
    lit = []
    for share in (0.0, 0.3, 0.6, 1.0):
        filled = msgspec.structs.replace(GAUGES, **{field: round(maximum * share)})
        row = luminance(bar(painter, filled, left)[6].astype(float))
        lit.append(int((row > 0.06).sum()))
    assert lit[0] <= 2
    assert 30 < lit[1] < 55
    assert 70 < lit[2] < 92
    assert lit[3] > 125


def test_a_low_gauge_is_marked_without_colour(painter: Painter) -> None:
    low = msgspec.structs.replace(GAUGES, fuel=24)
    fine = msgspec.structs.replace(GAUGES, fuel=26)
    grey = [np.asarray(painter.draw(scene(gauges=gauges)).convert("L")).astype(int) for gauges in (low, fine)]
    sign = [picture[300:325, 170:194] for picture in grey]
    assert np.abs(sign[0] - sign[1]).mean() > 15, "another sign"
    stripes = grey[0][333:343, 174:200].std(axis=1).mean()
    plain = grey[1][333:343, 174:182].std(axis=1).mean()
    assert stripes > plain + 10, "stripes in the bar"


def test_danger_and_damage_are_written(painter: Painter) -> None:
    safe = np.asarray(painter.draw(scene())).astype(int)
    deadly = np.asarray(painter.draw(scene(danger=5))).astype(int)
    assert np.abs(safe - deadly)[64:90, 12:134].mean() > 10
    hurt = np.asarray(painter.draw(scene(damage=12, motif=Motif.CALM))).astype(int)
    assert np.abs(safe - hurt)[268:296, 12:70].mean() > 8


def test_long_names_stay_out_of_the_purse(painter: Painter) -> None:
    long = scene(region_name="W" * 300, node_name="The Extremely Long Name of a Place " * 9)
    short = scene(region_name="a", node_name="a")
    both = [np.asarray(painter.draw(one)).astype(int) for one in (long, short)]
    assert np.abs(both[0] - both[1])[:90, 450:].max() == 0


def test_a_name_that_cannot_be_drawn_is_not_left_blank(painter: Painter) -> None:
    pictures = [
        np.asarray(painter.draw(scene(node_name=name)))[:64, :300] for name in ("\u6f22\u5b57", "Unnamed")
    ]
    assert (pictures[0] == pictures[1]).all()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (9_999, "9,999"), (10_000, "10.0k"), (12_345, "12.3k"), (123_456, "123k"), (-4, "−4"),
        (-12_345, "−12.3k"), (4_500_000, "4.5M"), (10**9, "1.0B"), (10**14, "100T"), (10**30, "999T+"),
    ],
)  # fmt: skip
def test_numbers_are_short(value: int, text: str) -> None:
    assert compact(value) == text
    assert len(compact(value)) <= 7
