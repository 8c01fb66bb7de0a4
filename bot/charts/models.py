"""What a chart shows, and what comes out. Plain values; labels are cleaned when they are drawn."""

import msgspec


class Point(msgspec.Struct, frozen=True):
    """One point of a trend; `value` is None where there is none. `label` is short: a date."""

    label: str
    value: float | None


class Trend(msgspec.Struct, frozen=True):
    """A metric over voyages, oldest to newest. `unit` stands behind every figure."""

    title: str
    unit: str
    points: tuple[Point, ...]


class Bar(msgspec.Struct, frozen=True):
    """One bar."""

    label: str
    value: float


class Ranking(msgspec.Struct, frozen=True):
    """Bars, best or worst first. `warns` says that much of it is bad."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    warns: bool = False


class Drawn(msgspec.Struct, frozen=True):
    """A finished chart: a PNG, and its figures in words for those who cannot see it."""

    data: bytes
    name: str
    alt: str
