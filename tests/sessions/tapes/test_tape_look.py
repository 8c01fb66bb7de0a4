"""Cards, overlay and planes: any text, any picture, and colours that are what they were."""

import io

import numpy as np
import pytest
from PIL import Image

from sessions.tapes.cards import Cards
from sessions.tapes.develop import Developer
from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Caption, Look, Size, Story
from sessions.tapes.overlay import Overlay
from sessions.tapes.pixels import BadPicture, decode, from_image, plane
from sessions.tapes.sheet import Sheet

TEXTS = [
    "",
    "Albatross",
    "W" * 400,
    "word " * 200,
    "🚀 \u202egnitsaorht\u202c \x00\x07\n\tend",
    "Ωmega Ёлка 船 نجم",
    "a\u0301" * 50,
]
PLAIN = Look(vhs=False, flipbook=True, grain=7)
WORN = Look(vhs=True, flipbook=True, grain=7)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def colours(frame) -> np.ndarray:
    """Convert planes to RGB by BT.601's own formula."""
    luma = (plane(frame, 0).astype(float) - 16) * 255 / 219
    blue, red = ((plane(frame, k).astype(float).repeat(2, 0).repeat(2, 1) - 128) * 255 / 224 for k in (1, 2))
    rows = (luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue)
    return np.stack(rows, axis=-1).clip(0, 255)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_fits_the_cards(text):
    story = Story(text, text, 1, text, text, text, False, tuple((text, text) for _ in range(12)))
    cards = Cards(Lettering())
    for card in (cards.title(story), cards.end(story)):
        assert (card.width, card.height) == (640, 360)
        assert plane(card, 0)[:, -30:].max() < 190  # letters stay inside; a star may be there


@pytest.mark.parametrize("text", TEXTS)
def test_letters_are_large_enough_for_a_telephone(text, monkeypatch):
    sizes: set[int] = set()
    mask = Lettering.mask
    monkeypatch.setattr(Lettering, "mask", lambda self, said, size: sizes.add(size) or mask(self, said, size))
    story = Story(text, text, 1, text, text, text, False, tuple((text, text) for _ in range(12)))
    developer = Developer(Lettering())
    developer.title(story, PLAIN)
    developer.end(story, PLAIN)
    developer.turn(encoded(Image.new("RGB", (640, 360)), "PNG"), Caption(7, text), None)
    assert min(sizes) * 390 / 640 >= 12


@pytest.mark.parametrize("text", TEXTS)
def test_lettering_never_exceeds_its_width(text):
    lettering = Lettering()
    fitted, pixels = lettering.fit(text, 40, 200)
    assert lettering.mask(fitted, pixels).shape[1] <= 201
    assert all(lettering.width(line, 17) <= 200 for line in lettering.wrap(text, 17, 200, 3))


def test_characters_that_cannot_be_drawn_are_dropped():
    assert Lettering().clean("  a\u202eb\n🚀c  ") == "a b c"


@pytest.mark.parametrize("vhs", [PLAIN, WORN])
def test_a_title_card_is_bright_where_its_letters_are(vhs):
    story = Story("Albatross", "Ann", 1, "Here", "Lost", "Gone.", False, ())
    frame = Developer(Lettering()).title(story, vhs)
    assert plane(frame, 0)[74:130, 40:300].max() > 180
    assert plane(frame, 0).min() >= 16


def test_cards_say_the_same_at_any_size_and_never_draw_on_their_ground():
    story = Story("Albatross", "Ann", 1, "Here", "Lost", "Gone.", False, (("Hull", "3 / 100"),))
    whole = Developer(Lettering())
    half = whole.resized(Size(320, 180))
    for draw in (Developer.title, Developer.end):
        first, again = colours(draw(whole, story, PLAIN)), colours(draw(whole, story, PLAIN))
        assert np.array_equal(first, again)
        smaller = colours(draw(half, story, PLAIN))
        assert np.abs(first.reshape(180, 2, 320, 2, 3).mean(axis=(1, 3)) - smaller).mean() < 1.5


@pytest.mark.parametrize("ink", [(255, 92, 72), (118, 226, 160), (236, 240, 248), (0, 0, 255)])
@pytest.mark.parametrize(("x", "y"), [(40, 20), (41, 20), (40, 21), (41, 21)])
def test_a_sheet_puts_colours_where_they_belong(ink, x, y):
    sheet = Sheet(from_image(Image.new("RGB", (640, 360), (12, 11, 26)), Size()))
    sheet.stamp(x, y, np.full((30, 50), 255, np.uint8), ink)
    sheet.bar(200, 100, 64, 4, ink)
    seen = colours(sheet.frame)
    assert np.abs(seen[y + 2 : y + 28, x + 2 : x + 48] - ink).max() <= 3
    assert np.abs(seen[100:104, 200:264] - ink).max() <= 3
    assert np.abs(seen[60:90, 300:600] - (12, 11, 26)).max() <= 3
    assert plane(sheet.frame, 0)[y - 1].max() < 40
    assert plane(sheet.frame, 0)[y + 30].max() < 40


def test_a_stamp_over_the_edge_is_cut_off():
    sheet = Sheet(from_image(Image.new("RGB", (640, 360)), Size()))
    sheet.stamp(621, 351, np.full((30, 50), 255, np.uint8), (255, 255, 255))
    assert plane(sheet.frame, 0)[359, 639] == 235
    assert plane(sheet.frame, 0)[300].max() == 16


def test_the_overlay_stays_in_its_corner():
    frame = from_image(Image.new("RGB", (640, 360), (90, 90, 90)), Size())
    before = plane(frame, 0).copy()
    Overlay(Lettering()).draw(frame, Caption(12, "Ember Reach"))
    rows, columns = np.nonzero(plane(frame, 0) != before)
    assert 250 <= rows.min() < rows.max() < 296  # above the gauges
    assert 280 <= columns.min() < columns.max() < 640
    assert plane(frame, 0).max() > 200
    assert plane(frame, 2).max() > 200  # the red dot


@pytest.mark.parametrize("size", [Size(16, 16), Size(80, 44), Size(160, 90), Size(1280, 720)])
@pytest.mark.parametrize("region", ["", "R", "A very long name of a region " * 4])
def test_the_overlay_can_be_drawn_at_any_size(size, region):
    frame = from_image(Image.new("RGB", (640, 360), (90, 90, 90)), size)
    Overlay(Lettering()).draw(frame, Caption(1234, region))


def test_vhs_is_the_same_in_every_frame_and_differs_between_tapes():
    developer = Developer(Lettering())
    grey = encoded(Image.new("RGB", (640, 360), (90, 120, 60)), "PNG")
    caption = Caption(1, "")

    def worn(grain: int) -> np.ndarray:
        look = Look(True, True, grain)
        return plane(developer.turn(grey, caption, developer.wear(look)), 0).copy()

    assert np.array_equal(worn(1), worn(1))
    assert not np.array_equal(worn(1), worn(2))


PATCHES = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 100, 50), (30, 60, 120)]


@pytest.mark.parametrize("colour", PATCHES)
@pytest.mark.parametrize(
    ("kind", "options", "slack"),
    [
        ("PNG", {}, 2),
        ("JPEG", {"quality": 95}, 4),
        ("WEBP", {"quality": 95}, 6),
        ("WEBP", {"lossless": True}, 2),
    ],
)
def test_colours_survive_decoding(colour, kind, options, slack):
    frame = decode(encoded(Image.new("RGB", (640, 360), colour), kind, **options), Size())
    assert np.abs(colours(frame)[100:200, 100:200] - colour).max() <= slack
    assert (frame.colorspace, frame.color_range) == (6, 1)
    assert (frame.color_primaries, frame.color_trc) == (1, 1)


def test_decoding_one_picture_after_another_does_not_add_them_up():
    first = encoded(Image.new("RGB", (640, 360), (200, 10, 10)), "PNG")
    second = encoded(Image.new("RGB", (640, 360), (10, 10, 200)), "PNG")
    decode(first, Size())
    assert np.abs(colours(decode(second, Size()))[50, 50] - (10, 10, 200)).max() <= 2


def test_alpha_is_put_on_black():
    half = Image.new("RGBA", (640, 360), (200, 100, 50, 128))
    assert np.abs(colours(decode(encoded(half, "PNG"), Size()))[9, 9] - (100, 50, 25)).max() <= 2
    palette = half.convert("RGB").quantize(4)
    assert decode(encoded(palette, "PNG"), Size()).width == 640


@pytest.mark.parametrize("shape", [(640, 360), (641, 361), (100, 100), (1, 1), (1920, 1080), (360, 640)])
def test_other_shapes_are_letterboxed(shape):
    frame = decode(encoded(Image.new("RGB", shape, (250, 250, 250)), "PNG"), Size())
    assert (frame.width, frame.height) == (640, 360)
    luma = plane(frame, 0)
    assert luma[180, 320] > 200
    if shape == (100, 100):
        assert luma[180, 5] == 16


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b"\xff\xd8\xff\xe0"]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(BadPicture):
        decode(data, Size())


def test_a_picture_that_would_fill_the_memory_is_refused():
    data = bytearray(encoded(Image.new("L", (8, 8)), "PNG"))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(BadPicture, match="too large"):
        decode(bytes(data), Size())
