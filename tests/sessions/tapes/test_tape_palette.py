"""A GIF's colours: the large areas' and the small bright things'."""

import colorsys

import imageio.v3 as imageio
import numpy as np
import pytest

from sessions.channel_settings import TapeFormat
from sessions.tapes.models import TapeOptions
from sessions.tapes.palette import choose_colours, coarse, nearest_table, palette_of

LAMPS = [tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue / 12, 1, 0.95)) for hue in range(12)]


def shown(pixels: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Give the colours that pixels get."""
    return colours[nearest_table(colours)[coarse(pixels)]].astype(int)


def test_a_small_bright_thing_keeps_its_colour():
    random = np.random.default_rng(1)
    sky = random.integers(0, 60, (200, 300, 3), np.uint8)
    sky[5:9, 5:15] = (40, 220, 90)
    colours = choose_colours([sky], 255)
    assert len(colours) == 255
    assert np.abs(shown(sky[6, 6], colours) - (40, 220, 90)).max() <= 8
    assert np.abs(shown(sky, colours) - sky).mean() < 6


def test_every_colour_gets_its_nearest():
    colours = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 0, 255]], np.uint8)
    pixels = np.array([[20, 10, 0], [250, 240, 250], [200, 30, 30], [10, 30, 180]], np.uint8)
    assert nearest_table(colours)[coarse(pixels)].tolist() == [0, 1, 2, 3]


def test_fewer_colours_than_places_are_all_kept():
    rows = np.zeros((8, 8, 3), np.uint8)
    rows[:4] = (200, 100, 48)
    assert sorted(choose_colours([rows], 255).tolist()) == [[0, 0, 0], [200, 100, 48]]


def test_every_hue_is_there_though_no_picture_shows_it():
    grey = np.repeat(np.random.default_rng(2).integers(0, 256, (200, 300, 1), np.uint8), 3, axis=2)
    colours = palette_of([grey], 255)
    assert len(colours) <= 255
    lamps = np.array(LAMPS, np.uint8)
    assert np.abs(shown(lamps, colours) - lamps).max() <= 16
    assert np.abs(shown(grey, colours) - grey).mean() < 3, "and the greys are as fine as before"


def foggy(*, lit: bool) -> np.ndarray:
    """Draw grey fog in every shade, with or without twelve small lamps in it."""
    random = np.random.default_rng(5)
    slope = np.linspace(0, 255, 640)[None, :, None] * np.linspace(0.2, 1, 360)[:, None, None]
    rows = np.clip(slope + random.normal(0, 9, (360, 640, 1)), 0, 255).astype(np.uint8).repeat(3, axis=2)
    if lit:
        for number, lamp in enumerate(LAMPS):
            rows[40:50, 40 + 45 * number : 50 + 45 * number] = lamp
    return rows


@pytest.mark.parametrize("lit", [32, 31])  # every second turn is looked at when the colours are chosen
async def test_a_gif_keeps_small_lamps_that_burn_once(house, engine, encoded, monkeypatch, lit):
    dark, bright = (encoded(foggy(lit=on), "png") for on in (False, True))
    monkeypatch.setattr(engine, "picture", lambda turn: bright if turn.n == lit else dark)
    house.options = TapeOptions(format=TapeFormat.GIF)
    engine.fly("6", 85)
    path, sentence = await house.tapes.build("6", 1)
    assert path is not None, sentence
    pictures = imageio.imread(path, plugin="pillow")
    seen = pictures[:, 45, [45 + 45 * number for number in range(12)], :3].astype(int)
    wrong = np.abs(seen - np.array(LAMPS)).max(axis=(1, 2))
    (shown_on,) = np.flatnonzero(wrong <= 24)
    assert shown_on == lit + 1  # behind the two halves of the title
