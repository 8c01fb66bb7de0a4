"""A GIF's colours: the large areas' and the small bright things'."""

import numpy as np

from sessions.tapes.palette import choose_colours, coarse, nearest_table


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
