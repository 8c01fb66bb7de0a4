"""The page carries our name and our files."""

from pathlib import Path

import simcord.preview

from bot.demo.page import dress, own_file

PREVIEW_PAGE = Path(simcord.preview.__file__).with_name("static") / "index.html"


def test_the_previews_own_page_gets_our_name_and_files() -> None:
    dressed = dress(PREVIEW_PAGE.read_text(encoding="utf-8"))
    assert "<title>Dead Reckoning</title>" in dressed
    assert dressed.count("/demo.css") == dressed.count("/demo.js") == 1
    assert dressed.index("/demo.css") > dressed.index("/preview.css"), "ours comes last, so that it wins"


def test_only_our_files_are_given() -> None:
    script = own_file("/demo.js")
    assert script is not None
    assert script.content_type == "application/javascript"
    assert own_file("/app.js") is None
    assert own_file("/../server.py") is None
