"""Outlines in a hull's own units (see `shipyard.Hull`): boxes, ellipses, half rings, and points as text."""

import numpy as np

from engine.pictures.shipyard import Point


def at(text: str) -> tuple[Point, ...]:
    """Read points written in hundredths, as in "-55,-10 -95,-50"."""
    pairs = (pair.split(",") for pair in text.split())
    return tuple((int(x) / 100, int(y) / 100) for x, y in pairs)


def box(left: float, top: float, right: float, bottom: float, cut: float = 0.03) -> tuple[Point, ...]:
    """Give a rectangle with cut corners."""
    return (
        (left + cut, top),
        (right - cut, top),
        (right, top + cut),
        (right, bottom - cut),
        (right - cut, bottom),
        (left + cut, bottom),
        (left, bottom - cut),
        (left, top + cut),
    )


def disc(x: float, y: float, across: float, down: float, corners: int = 28) -> tuple[Point, ...]:
    """Give an ellipse."""
    return arc((x, y), (across, down), 0, 2 * np.pi * (corners - 1) / corners, corners)


def arc(middle: Point, reach: Point, start: float, end: float, corners: int) -> tuple[Point, ...]:
    """Give points on an ellipse from one angle to another, in radians, clockwise from the right."""
    turns = np.linspace(start, end, corners)
    return tuple(
        (float(middle[0] + reach[0] * np.cos(turn)), float(middle[1] + reach[1] * np.sin(turn)))
        for turn in turns
    )


def band(middle: Point, outer: Point, inner: Point, front: bool) -> tuple[Point, ...]:
    """Give the near (lower) or far (upper) half of a ring between two ellipses."""
    start, end = (0.0, np.pi) if front else (np.pi, 2 * np.pi)
    return arc(middle, outer, start, end, 40) + arc(middle, inner, end, start, 40)


def half_hoop(middle: Point, outer: Point, inner: Point, *, near: bool) -> tuple[Point, ...]:
    """Give the near (right) or far (left) half of a hoop that stands across the hull."""
    start, end = (-np.pi / 2, np.pi / 2) if near else (np.pi / 2, 3 * np.pi / 2)
    return arc(middle, outer, start, end, 40) + arc(middle, inner, end, start, 40)
