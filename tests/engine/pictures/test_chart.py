"""The star map: everything is shown by form as well as colour, labels keep apart, odd charts draw."""

import numpy as np
import pytest

from engine.pictures import Painter
from engine.pictures.chart import _box_of, _marks
from engine.pictures.chart_layout import Room, lay_out
from engine.rules.scene import Chart, ChartNode, NodeKind


def node(x: float, y: float, name: str = "Haven", known: bool = True, visited: bool = True) -> ChartNode:
    return ChartNode(x, y, "cradle", name if known else "", NodeKind.PLANET, known, visited)


def chart(**changes: object) -> Chart:
    values: dict[str, object] = {
        "seed": 3,
        "nodes": (
            node(0.1, 0.5, "Haven"),
            node(0.4, 0.4, "Old Mercy"),
            node(0.5, 0.8, "Plumb", visited=False),
            node(0.8, 0.3, known=False),
            node(0.9, 0.9, known=False),
        ),
        "lanes": ((0, 1), (1, 2), (1, 3)),
        "path": (0, 1),
        "here": 1,
        "reachable": (2,),
        "regions": {"cradle": "The Cradle"},
    }
    return Chart(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter(16 * 2**20)


def shown(painter: Painter, one: Chart) -> np.ndarray:
    image = painter.draw_chart(one)
    assert image.size == (640, 360)
    assert image.mode == "RGB"
    return np.asarray(image.convert("L")).astype(int)


def around(picture: np.ndarray, one: Chart, index: int, reach: int = 22) -> np.ndarray:
    x, y = lay_out(one).spots[index]
    return picture[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]


@pytest.mark.parametrize(
    ("changes", "index"),
    [
        ({"reachable": ()}, 2),
        ({"path": ()}, 1),
        ({"here": 0}, 1),
        ({"goal": 4}, 4),
        ({"quest": 4}, 4),
        ({"lanes": ((0, 1), (1, 2))}, 3),
    ],
)
def test_each_mark_shows_in_grey(painter: Painter, changes: dict[str, object], index: int) -> None:
    plain, other = chart(), chart(**changes)
    change = np.abs(
        around(shown(painter, plain), plain, index, 34) - around(shown(painter, other), other, index, 34)
    )
    assert change.max() > 40


def test_unknown_space_is_darker(painter: Painter) -> None:
    picture = shown(painter, chart(lanes=(), path=(), reachable=(), here=0))
    assert around(picture, chart(), 1, 40).mean() > around(picture, chart(), 4, 40).mean() + 8


def test_the_same_chart_gives_the_same_pixels(painter: Painter) -> None:
    assert (shown(painter, chart()) == shown(Painter(0), chart())).all()


def test_region_and_node_names_are_written(painter: Painter) -> None:
    named, silent = chart(), chart(regions={"cradle": "W"})
    assert (shown(painter, named) != shown(painter, silent)).sum() > 200


@pytest.mark.parametrize(
    "changes",
    [
        {"nodes": (), "lanes": (), "path": (), "here": 0, "reachable": ()},
        {
            "lanes": ((0, 99), (-1, 2)),
            "path": (77, -5),
            "here": -1,
            "reachable": (50, -9),
            "goal": 88,
            "quest": -3,
        },
        {"nodes": (node(float("nan"), 7.0), node(-3.0, float("inf"))), "lanes": ((0, 1),), "path": (0, 0, 1)},
        {"nodes": tuple(node(0.5, 0.5, "\U0001f680" * 40) for _ in range(80)), "path": (), "here": 79},
        {"regions": {}, "looks": {"cradle": ("#zz", "", "x")}},
        {"regions": {"cradle": "\u202e" + "x" * 900}},
    ],
)
def test_odd_charts_draw(painter: Painter, changes: dict[str, object]) -> None:
    assert shown(painter, chart(**changes)).std() > 5


def test_labels_do_not_touch() -> None:
    room = Room(((320, 180), (350, 180)), ())
    boxes = []
    for _ in range(6):
        spot = room.find((320, 180), 90, 20)
        if spot is not None:
            boxes.append((spot[0], spot[1], spot[0] + 90, spot[1] + 20))
    assert len(boxes) >= 3
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart


def test_labels_keep_off_the_signs_beside_nodes() -> None:
    one = chart(goal=4, quest=2)
    layout = lay_out(one)
    room = Room(layout.spots, layout.reachable)
    boxes = [_box_of(layout, mark) for mark in _marks(layout)]
    assert len(boxes) == 3
    room.take(*boxes)
    for left, top, right, bottom in boxes:
        spot = room.near(left, top, 60, 22)
        assert spot is not None
        assert not (spot[0] < right and left < spot[0] + 60 and spot[1] < bottom and top < spot[1] + 22)
