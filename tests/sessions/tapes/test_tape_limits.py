"""A tape never exceeds the upload limit, however many frames and however noisy."""

import io
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest
from PIL import Image

from sessions.channel_settings import TapeFormat
from sessions.tapes.assemble import assemble
from sessions.tapes.develop import Developer
from sessions.tapes.h264 import read_times
from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Look, TapeOptions
from sessions.tapes.order import Order
from sessions.tapes.workshop import Workshop

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def noise() -> list[bytes]:
    """Five pictures of pure noise, the worst that can come."""
    random = np.random.default_rng(4)
    pictures = []
    for _ in range(5):
        out = io.BytesIO()
        Image.fromarray(random.integers(0, 256, (360, 640, 3), np.uint8)).save(out, "PNG", compress_level=0)
        pictures.append(out.getvalue())
    return pictures


@pytest.fixture(scope="module")
def workshop():
    """Two builder threads."""
    made = Workshop(2)
    yield made
    made.close()


def order_of(tmp_path: Path, turns, noise: list[bytes], form: TapeFormat, limit: int) -> Order:
    options = TapeOptions(format=form, limit=limit)
    look = Look.of(options, "1", 1)
    nowhere = tmp_path / "nowhere"
    return Order(tmp_path / "tape", turns, options, look, nowhere, lambda turn: noise[turn.n % len(noise)])


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("mib", "frames"),
    [
        *((1, 5), (1, 40), (1, 600), (10, 5), (10, 110), (50, 5), (50, 60)),
        *(pytest.param(*pair, marks=pytest.mark.slow) for pair in ((10, 600), (50, 330), (50, 600))),
    ],
)
def test_noise_stays_under_the_limit_with_every_frame(tmp_path, engine, noise, workshop, mib, frames):
    order = order_of(tmp_path, engine.fly("1", frames), noise, TapeFormat.MP4, mib * MIB)
    product = assemble(order, workshop, Developer(Lettering()))
    assert product.path.stat().st_size == product.size <= 0.95 * mib * MIB
    assert (product.frames, product.left_out) == (frames, 0)
    assert len(read_times(product.path)) == frames + 3  # the title twice, and the end
    if frames <= 60:
        assert sum(1 for _ in imageio.imiter(product.path, plugin="pyav")) == frames + 3


@pytest.mark.parametrize("form", [TapeFormat.GIF, TapeFormat.WEBP])
def test_an_animation_that_cannot_fit_becomes_an_mp4(tmp_path, engine, noise, workshop, form):
    limit = 45_000
    order = order_of(tmp_path, engine.fly("1", 8), noise, form, limit)
    product = assemble(order, workshop, Developer(Lettering()))
    assert product.format is TapeFormat.MP4
    assert product.size <= 0.95 * limit
    assert product.frames == 8


@pytest.mark.parametrize("form", [TapeFormat.GIF, TapeFormat.WEBP])
def test_an_animation_shrinks_until_it_fits(tmp_path, engine, noise, workshop, form):
    order = order_of(tmp_path, engine.fly("1", 5), noise, form, MIB)
    product = assemble(order, workshop, Developer(Lettering()))
    assert product.format is form
    assert product.size <= 0.95 * MIB
    assert product.frames == 5


def test_nothing_is_left_behind_beside_the_tape(tmp_path, engine, noise, workshop):
    order = order_of(tmp_path, engine.fly("1", 5), noise, TapeFormat.GIF, MIB)
    product = assemble(order, workshop, Developer(Lettering()))
    assert list(tmp_path.iterdir()) == [product.path]
