"""One tape from a voyage's segments, planes and frames: the wanted format, else an MP4 that fits. Blocks.

It runs in a builder thread and touches neither the store nor the event loop.
"""

import contextlib
import os
from pathlib import Path
from uuid import uuid4

import msgspec

from sessions.channel_settings import TapeFormat
from sessions.tapes.animation import Animation
from sessions.tapes.develop import Developer
from sessions.tapes.film import Film
from sessions.tapes.models import SAFE_SHARE, Product
from sessions.tapes.order import Order, TooLarge
from sessions.tapes.workshop import Workshop


def assemble(order: Order, workshop: Workshop, developer: Developer) -> Product:
    """Write the tape to its target, whole or not at all.

    Raises TooFewFrames, TooLarge, OSError, av.FFmpegError.
    """
    order.target.parent.mkdir(parents=True, exist_ok=True)
    half = order.target.with_name(f".{order.target.name}.{uuid4().hex}.part")
    try:
        product = _make(order, workshop, developer, half)
        _flush(half)
        path = order.target.with_suffix("." + product.format.value)
        half.replace(path)
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
    return msgspec.structs.replace(product, path=path)


def _make(order: Order, workshop: Workshop, developer: Developer, half: Path) -> Product:
    cap = int(order.options.limit * SAFE_SHARE)
    if order.options.format is not TapeFormat.MP4:
        with contextlib.suppress(TooLarge):
            return Animation(order, workshop, developer, cap).make(half)
    return Film(order, workshop, developer, cap).make(half)


def _flush(path: Path) -> None:
    """Bring a file to the disk before anybody is told of it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
