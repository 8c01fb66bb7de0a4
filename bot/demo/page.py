"""The page around simcord's preview: our name on it, our style sheet and script, and the list of places.

It must not know simcord: it is given the page's text and gives it back with our parts in it.
"""

import json
from pathlib import Path
from typing import Final

from aiohttp import web

STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {"/demo.css": "text/css", "/demo.js": "application/javascript"}
_HEAD: Final = (
    '<link rel="icon" type="image/png" href="/demo.png">'
    '<link rel="stylesheet" href="/demo.css"><script type="module" src="/demo.js"></script></head>'
)


def dress(html: str) -> str:
    """Put our title, style sheet and script into the preview's page."""
    named = html.replace("<title>SimCord Preview</title>", "<title>Dead Reckoning</title>")
    return named.replace("</head>", _HEAD)


def own_file(path: str) -> web.Response | None:
    """Give our style sheet or script, or None where the path is not one of them."""
    content_type = _TYPES.get(path)
    if content_type is None:
        return None
    return web.Response(text=(STATIC / path[1:]).read_text(encoding="utf-8"), content_type=content_type)


def json_file(value: object) -> web.Response:
    """Give a value as a JSON answer."""
    return web.Response(text=json.dumps(value), content_type="application/json")


def picture_file(png: bytes) -> web.Response:
    """Give a PNG picture as an answer."""
    return web.Response(body=png, content_type="image/png")
