"""The shipped mappings: over payloads of our own, and over real ones where they are at hand."""

import json
from pathlib import Path

import pytest

from engine_client.feeds.catalog import SHIPPED, Catalog, load_catalog, read_feed_file
from engine_client.feeds.errors import BadFeed, MissingSecret, UnknownFeed
from engine_client.feeds.models import Listing, Reading, SessionState
from engine_client.feeds.reading import read_body
from engine_client.feeds.spec import FIELD_TYPES, parse_feed

NOW = 1_767_225_610.0
OURS = Path(__file__).parent / "payloads"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "feeds"
CATALOG = load_catalog()


def read(feed: str, document: object, now: float = NOW) -> Reading:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_body(CATALOG.get(feed), body, now)


def test_every_named_source_ships():
    stems = {file.stem for file in SHIPPED.glob("*.toml")}
    assert stems == {
        "msl_v1",
        "msl_v2",
        "northstar",
        "factorio",
        "beammp",
        "luanti",
        "retroarch",
        "steam",
        "ddnet",
        "dead_reckoning",
    }
    assert len(CATALOG.names()) == len(set(CATALOG.names())) >= 14


def test_multiplayer_session_list_1():
    reading = read("msl_v1-bzcc", (OURS / "msl_v1.json").read_bytes())
    assert reading.complete, reading.reason
    assert reading.source_time == 1_767_225_605.123456
    assert reading.listings == (
        Listing(
            id="Rebellion:aa@1",
            name="evening match",
            mode="Strategy",
            map="Dunes",
            players=3,
            max=10,
            names=("Ada", "Kim", "Zoe"),
            host="Ada",
            state=SessionState.INGAME,
            locked=False,
            password=True,
            version="2.0.1",
            image="https://img.example/dunes.png",
            mod="Better Sand",
            mod_url="http://mods.example/77",
        ),
        Listing(id="Rebellion:bb@2", name="x", map="old.bzn", state=SessionState.PREGAME),
    )


def test_multiplayer_session_list_1_doubts_a_stale_or_failed_source():
    document = json.loads((OURS / "msl_v1.json").read_bytes())
    assert not read("msl_v1-bzcc", document, NOW + 901).complete
    document["Metadata"]["ListServer"]["Rebellion"]["Success"] = False
    assert not read("msl_v1-bzcc", document).complete
    document["Metadata"]["ListServer"] = {}
    assert read("msl_v1-bzcc", document | {"Sessions": []}).complete


def test_northstar():
    row = {
        "id": "f1",
        "name": "[EU] Attrition",
        "playerCount": 11,
        "maxPlayers": 16,
        "map": "mp_angel_city",
        "playlist": "aitdm",
        "hasPassword": True,
        "modInfo": {
            "Mods": [{"Name": "Maps", "RequiredOnClient": False}, {"Name": "Big", "RequiredOnClient": True}]
        },
    }
    reading = read("northstar", [row, {"id": "f2"}])
    assert reading.complete
    assert reading.listings[0] == Listing(
        id="f1",
        name="[EU] Attrition",
        mode="aitdm",
        map="angel city",
        players=11,
        max=16,
        password=True,
        mod="Big",
    )


def test_factorio():
    row = {
        "game_id": 5,
        "name": "[color=red]Space[/color] [img=item/x]age",
        "max_players": 0,
        "application_version": {"game_version": "2.0.1"},
        "has_password": "true",
        "host_address": "203.0.113.9:34197",
        "has_mods": True,
        "players": ["Zoe", "Ada"],
    }
    reading = read("factorio", [row, {"game_id": 6, "name": "b", "max_players": 4}])
    assert reading.listings == (
        Listing(
            id="5",
            name="Space age",
            mode="modded",
            players=2,
            names=("Ada", "Zoe"),
            password=True,
            version="2.0.1",
        ),
        Listing(id="6", name="b", players=0, max=4),
    )
    error = read("factorio", {"message": "Token doesn't match.", "status": 401})
    assert not error.complete
    assert "the source says: Token" in error.reason


def test_beammp():
    row = {
        "players": "2",
        "playerslist": "Zoe;Ada;",
        "maxplayers": "10",
        "ip": "203.0.113.12",
        "port": "30814",
        "map": "/levels/west_coast_usa/info.json",
        "private": False,
        "sname": "^1Drift^r Club",
        "version": "3.4.1",
        "owner": "someone#0001",
    }
    found = read("beammp", [row]).listings[0]
    assert found == Listing(
        id=found.id,
        name="Drift Club",
        map="west coast usa",
        players=2,
        max=10,
        names=("Ada", "Zoe"),
        host="someone",
        password=False,
        version="3.4.1",
    )
    assert "203" not in found.id[:3]


def test_luanti():
    row = {
        "address": "203.0.113.1",
        "port": 30000,
        "name": "quiet",
        "gameid": "nodecore",
        "clients": 1,
        "clients_max": 15,
        "clients_list": ["Ada"],
        "version": "5.12.0",
        "creative": True,
    }
    found = read("luanti", {"total": {}, "list": [row]}).listings[0]
    assert (found.name, found.mode, found.map) == ("quiet", "creative", "nodecore")
    assert (found.players, found.max, found.names) == (1, 15, ("Ada",))
    assert not read("luanti", {"total": {}}).complete


def test_retroarch():
    fields = {
        "id": 3,
        "username": "Juno",
        "game_name": "Fighter",
        "core_name": "Core",
        "ip": "203.0.113.55",
        "player_count": 2,
        "has_password": False,
        "retroarch_version": "1.19.1",
    }
    assert read("retroarch", [{"fields": fields}]).listings == (
        Listing(
            id="3",
            name="Fighter",
            mode="Core",
            players=2,
            names=("Juno",),
            host="Juno",
            password=False,
            version="1.19.1",
        ),
    )


def test_steam():
    row = {
        "addr": "203.0.113.70:1",
        "steamid": "9",
        "name": "CS",
        "players": 9,
        "max_players": 20,
        "map": "d2",
    }
    found = read("steam-cs2", {"response": {"servers": [row]}}).listings[0]
    assert (found.name, found.players, found.max, found.map) == ("CS", 9, 20, "d2")
    assert read("steam-cs2", {"response": {}}) == Reading((), True)
    assert not read("steam-cs2", {}).complete
    cut = read("steam-cs2", {"response": {"servers": [row | {"steamid": str(n)} for n in range(5000)]}})
    assert (len(cut.listings), cut.complete) == (5000, False)


def test_ddnet():
    server = {
        "addresses": ["tw-0.6+udp://203.0.113.80:8303"],
        "info": {
            "max_clients": 64,
            "passworded": False,
            "game_type": "DDraceNetwork",
            "name": "GER10",
            "map": {"name": "Kobra 4"},
            "version": "0.6.4, 18.0",
            "clients": [{"name": "Zoe"}, {"name": ""}],
        },
    }
    found = read("ddnet", {"servers": [server]}).listings[0]
    assert found == Listing(
        id=found.id,
        name="GER10",
        mode="DDraceNetwork",
        map="Kobra 4",
        players=2,
        max=64,
        names=("Zoe",),
        password=False,
        version="18.0",
    )


REAL = {
    "01_msl_v1_bzcc_four_sessions.json": ("msl_v1-bzcc", 4),
    "02_msl_v1_bzcc_hidden_player.json": ("msl_v1-bzcc", 2),
    "03_msl_v1_bzcc_ctf_18_mods.json": ("msl_v1-bzcc", 4),
    "06_msl_v1_bz98r_derived.json": ("msl_v1-bz98r", 4),
    "07_msl_v2_bzcc_derived.ndjson": ("msl_v2-bzcc", 4),
    "08_msl_v1_bzcc_gog_player.json": ("msl_v1-bzcc", 2),
    "09_msl_v1_bzcc_ten_players.json": ("msl_v1-bzcc", 3),
    "10_northstar_client_servers.json": ("northstar", 2),
    "11_factorio_get_games.json": ("factorio", 2),
    "12_beammp_servers_info.json": ("beammp", 2),
    "13_luanti_list.json": ("luanti", 2),
    "14_retroarch_lobby_list.json": ("retroarch", 1),
    "15_steam_getserverlist.json": ("steam-cs2", 1),
    "15b_steam_empty.json": ("steam-cs2", 0),
    "16_ddnet_servers.json": ("ddnet", 1),
}


@pytest.mark.parametrize("name", REAL)
def test_real_answers_are_read_whole(name):
    file = SHARED / name
    if not file.is_file():
        pytest.skip("the shared payloads are not here: ../shared/feeds is absent")
    feed, count = REAL[name]
    body = file.read_bytes()
    reading = read(feed, body)
    if reading.source_time is not None:
        assert "stale" in reading.reason
        reading = read(feed, body, reading.source_time + 60)
    assert reading.complete, reading.reason
    assert reading.notes == ()
    assert len(reading.listings) == count
    for listing in reading.listings:
        assert listing.id
        assert listing.name
        assert listing.players is not None
        assert "203.0.113" not in repr(listing), "an address got through"
        assert len(listing.names) <= max(listing.players, 1) or not listing.players


def test_addresses_carry_secrets_only_when_they_are_there():
    spec = CATALOG.get("factorio")
    with pytest.raises(MissingSecret, match="FACTORIO_USERNAME, FACTORIO_TOKEN"):
        CATALOG.address(spec)
    given = Catalog([spec], {"FACTORIO_USERNAME": "a b", "FACTORIO_TOKEN": "x&y"})
    assert given.address(spec).endswith("?username=a%20b&token=x%26y")
    assert "game=bigboat:battlezone_98_redux" in CATALOG.address(CATALOG.get("msl_v1-bz98r"))
    with pytest.raises(UnknownFeed):
        CATALOG.get("nothing")


def test_a_folder_of_ones_own_adds_and_replaces(tmp_path):
    text = (SHIPPED / "northstar.toml").read_text().replace("Northstar (Titanfall 2)", "Mine")
    (tmp_path / "northstar.toml").write_text(text)
    (tmp_path / "other.toml").write_text(text)
    catalog = load_catalog(SHIPPED, tmp_path)
    assert catalog.get("northstar").title == "Mine"
    assert "other" in catalog.names()
    (tmp_path / "broken.toml").write_text("title = ")
    with pytest.raises(BadFeed, match="broken"):
        load_catalog(tmp_path)
    (tmp_path / "broken.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFeed, match=r"broken\.toml"):
        read_feed_file(tmp_path / "broken.toml")


def test_the_documentation_tells_the_truth():
    text = (SHIPPED.parent / "docs" / "feeds.md").read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    (spec,) = parse_feed(example, "myleague")
    assert spec.name == "myleague-chess"
    named = text.partition("**Fields**: `")[2].partition("`.")[0].split()
    assert named == list(FIELD_TYPES)
    for name in CATALOG.names():
        assert f"`{name}`" in text, name
