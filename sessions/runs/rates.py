"""Value per hour, and how money is rounded. Pure."""

import math

SECONDS_PER_HOUR = 3600.0


def per_hour(value: float, seconds: float) -> float | None:
    """Give value / (seconds / 3600), in credits per hour; None without runtime."""
    if seconds <= 0:
        return None
    rate = value / (seconds / SECONDS_PER_HOUR)
    return rate if math.isfinite(rate) else None


def money(value: float) -> float:
    """Round to hundredths of a credit, so that sums of many runs stay exact; never minus zero."""
    return round(value, 2) + 0.0
