"""What the demo tells the page about an upload."""

import pytest

from bot.demo.media import MediaFacts, first_frame, media_facts
from tests.bot.demo.small_bot import film, picture


@pytest.mark.parametrize("form", ["WEBP", "PNG", "JPEG", "GIF"])
def test_pictures_keep_their_type_and_size(form: str) -> None:
    facts = media_facts(picture(1, form).read())
    assert facts == MediaFacts(f"image/{form.lower()}", "image", 640, 360)


def test_a_film_is_a_video() -> None:
    assert media_facts(film(2).read()) == MediaFacts("video/mp4", "video")


@pytest.mark.parametrize("blob", [b"", b"hello", b"\x89PNG\r\n\x1a\n broken", b"RIFF????WEBP"])
def test_unknown_and_broken_bytes_are_a_plain_file(blob: bytes) -> None:
    assert media_facts(blob) == MediaFacts("application/octet-stream", "file")


def test_a_films_first_frame_is_a_picture_of_its_size() -> None:
    frame = first_frame(film(3).read())
    assert frame is not None
    assert media_facts(frame) == MediaFacts("image/png", "image", 320, 180)


def test_a_broken_film_has_no_first_frame() -> None:
    assert first_frame(film(3).read()[:60]) is None
