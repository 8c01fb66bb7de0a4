"""Whatever a server answers, reading it gives a Reading or one named error."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_client.feeds.catalog import load_catalog
from engine_client.feeds.documents import BadBody
from engine_client.feeds.models import Listing, Reading
from engine_client.feeds.reading import read_body, read_document

CATALOG = load_catalog()
NAMES = CATALOG.names()
WORDS = """
    id ID name Name Sessions items list servers response fields info map players Players names clients
    Level GameMode Mods Game Mod Status State IsLocked PlayerCount Player PlayerTypes Max Metadata ListServer
    Rebellion Timestamp Success $id $type $data $ref root session sessions level state ip port address
    addresses max_players maxPlayers playerslist modInfo active session_id voyage captain guild
"""
KEYS = st.sampled_from(WORDS.split())
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
DOCUMENTS = st.recursive(
    SCALARS, lambda kids: st.lists(kids, max_size=5) | st.dictionaries(KEYS, kids, max_size=6), max_leaves=30
)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(("-tf2", "-gmod", "-bz98r"))])
@settings(max_examples=60, deadline=None)
@given(document=DOCUMENTS)
def test_any_document_is_read(name, document):
    reading = read_document(CATALOG.get(name), document, 1_767_225_600.0)
    assert reading.complete or reading.reason
    for listing in reading.listings:
        assert isinstance(listing, Listing)
        assert listing.id
        assert len(listing.id) <= 300
        assert all(isinstance(one, str) for one in listing.names)
        assert listing.players is None or isinstance(listing.players, int)


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(DOCUMENTS, max_size=8), cut=st.integers(0, 60))
def test_any_lines_are_read_or_refused(lines, cut):
    body = "\n".join(map(json.dumps, lines)).encode()
    body = body[: max(0, len(body) - cut)]
    reading = read_or_none("msl_v2-bzcc", body)
    if reading is not None and reading.complete and reading.listings:
        assert b'"root"' in body


def read_or_none(name: str, body: bytes) -> Reading | None:
    """Read a body; None where it is refused by name."""
    try:
        return read_body(CATALOG.get(name), body, 0.0)
    except BadBody:
        return None


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    for name in ("northstar", "msl_v2-bzcc"):
        reading = read_or_none(name, body)
        assert reading is None or reading.complete or reading.reason
