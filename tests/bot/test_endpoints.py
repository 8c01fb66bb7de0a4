"""Where Discord is: which addresses are taken, and what becomes of them."""

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.endpoints import api_base, check_api, check_gateway, is_near, point_at
from bot.settings import SettingsError, load_settings


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example",
        "https://proxy.example/discord/api/v10",
        "http://127.0.0.1:3000",
        "http://[::1]:3000/api/v10/",
        "http://proxy:3000",
        "http://10.0.0.7:3000",
        "http://proxy.internal",
    ],
)
def test_an_address_of_the_rest_api(url: str) -> None:
    assert check_api(url) == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("proxy:3000", "begins with https"),
        ("ws://proxy", "begins with https"),
        ("http://:80", "names a host"),
        ("http://proxy:0", "names a host"),
        ("http://proxy:99999", "ort"),
        ("https://ada:secret@proxy.example", "password"),
        ("https://proxy.example?key=secret", "path only"),
        ("https://proxy.example/api/v9", "ends with /v10"),
        ("http://proxy.example", "private networks only"),
        ("http://8.8.8.8", "private networks only"),
    ],
)
def test_what_is_no_address_is_refused(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_api(url)


def test_a_gateway_is_a_websocket() -> None:
    assert check_gateway("ws://127.0.0.1:7878") == "ws://127.0.0.1:7878"
    assert check_gateway("wss://gateway.example/x") == "wss://gateway.example/x"
    for wrong in ("http://127.0.0.1", "ws://gateway.example", "wss://a:b@gateway.example"):
        with pytest.raises(ValueError, match=r"begins with wss|private networks|password"):
            check_gateway(wrong)


def test_discords_own_path_is_added_where_there_is_none() -> None:
    assert api_base("http://proxy:3000/") == "http://proxy:3000/api/v10"
    assert api_base("http://proxy:3000/x/v10/") == "http://proxy:3000/x/v10"


@pytest.mark.parametrize(("host", "near"), [("localhost", True), ("192.168.1.2", True), ("a.b", False)])
def test_what_is_near(host: str, near: bool) -> None:
    assert is_near(host) is near


def test_discord_py_is_pointed_elsewhere_and_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    monkeypatch.setattr(DiscordWebSocket, "gateway", None, raising=False)
    point_at("http://proxy:3000", "ws://proxy:7878")
    assert Route("GET", "/gateway/bot").url == "http://proxy:3000/api/v10/gateway/bot"
    assert yarl.URL("ws://proxy:7878") == DiscordWebSocket.DEFAULT_GATEWAY
    socket = DiscordWebSocket.__new__(DiscordWebSocket)
    socket.gateway = yarl.URL("wss://gateway-us-east1-b.discord.gg")  # as READY tells it to
    assert socket.gateway == yarl.URL("ws://proxy:7878")


def test_nothing_set_changes_nothing() -> None:
    before = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    point_at("", "")
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    assert "gateway" not in vars(DiscordWebSocket)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SHARD_COUNT": "0"}, "SHARD_COUNT"),
        ({"SHARD_COUNT": "two"}, "SHARD_COUNT"),
        ({"SHARD_COUNT": "2", "SHARD_IDS": "2"}, "SHARD_IDS"),
        ({"SHARD_COUNT": "2", "SHARD_IDS": "1-0"}, "SHARD_IDS"),
        ({"SHARD_IDS": "0"}, "SHARD_COUNT must be set"),
        ({"DISCORD_API_URL": "https://a:hidden@x.example"}, "DISCORD_API_URL"),
        ({"DISCORD_GATEWAY_URL": "ws://hidden.example"}, "DISCORD_GATEWAY_URL"),
    ],
)
def test_a_wrong_setting_of_the_fleet_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path, values: dict[str, str], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=named) as caught:
        load_settings()
    assert "hidden" not in str(caught.value)
    assert "\n" not in str(caught.value), "one fault is one line"


def test_empty_settings_of_the_fleet_are_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SHARD_COUNT", "SHARD_IDS", "DISCORD_API_URL", "DISCORD_GATEWAY_URL"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert (settings.shard_count, settings.shard_ids) == (None, "")
