"""Where Discord is: its REST API and its gateway, or a proxy before them.

discord.py keeps both addresses in class attributes, so they are state of the whole process. `point_at` is
called where a process of ours begins to speak with Discord, before it logs in (`bot/running.py`, and
`bot/doctor.py`): nothing else may change them, and the tests and the demo never do. What wins over what in
discord.py 2.7:

- REST: every route begins with `Route.BASE`.
- A new gateway session begins at `DEFAULT_GATEWAY` where the number of shards is known before the
  connection, as it always is here (`bot/app.py`); what `GET /gateway/bot` names is never used.
- A session is resumed at the address that READY names, which is Discord's own even where a plain proxy
  stands before it. So, when a gateway is set, that answer is not listened to.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import yarl

_VERSION = "/v10"  # the only one that discord.py 2 speaks
API_PATH = f"/api{_VERSION}"
_INTERNAL_NAMES = (".local", ".internal", ".localhost")


class _Fixed:
    """An attribute that keeps the value it was made with, whatever is assigned to it."""

    def __init__(self, value: yarl.URL) -> None:
        self._value = value

    def __get__(self, _instance: object, _owner: type | None = None) -> yarl.URL:
        return self._value

    def __set__(self, _instance: object, _value: Any) -> None:
        """Ignore the address that READY names."""


def point_at(api: str, gateway: str) -> None:
    """Let discord.py speak to these addresses from now on; an empty one leaves Discord's own.

    Both must have passed `check_api` and `check_gateway`.
    """
    # Here and not above: the settings use the checks, and every subcommand reads the settings.
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    if api:
        Route.BASE = api_base(api)
    if gateway:
        address = yarl.URL(gateway)
        DiscordWebSocket.DEFAULT_GATEWAY = address
        DiscordWebSocket.gateway = _Fixed(address)  # type: ignore[assignment]


def api_base(url: str) -> str:
    """Give what every route begins with: the URL, with Discord's own path where it has none."""
    bare = url.rstrip("/")
    return bare if urlsplit(bare).path else bare + API_PATH


def check_api(url: str) -> str:
    """Give the URL back when it can be a REST API's. Raises ValueError that says why not."""
    _check(url, secure="https", plain="http")
    path = urlsplit(url).path.rstrip("/")
    if path and not path.endswith(_VERSION):
        raise ValueError(f"its path is empty or ends with {_VERSION}, as {API_PATH} does")
    return url


def check_gateway(url: str) -> str:
    """Give the URL back when it can be a gateway's. Raises ValueError that says why not."""
    _check(url, secure="wss", plain="ws")
    return url


def _check(url: str, *, secure: str, plain: str) -> None:
    """Refuse what is no address, carries a secret, or would send the token over the internet unencrypted."""
    parts = urlsplit(url)
    if parts.scheme not in (secure, plain) or not parts.hostname or parts.port == 0:
        raise ValueError(f"an address begins with {secure}:// or {plain}:// and names a host")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("an address is host, port and path only, without a user name or a password")
    if parts.scheme == plain and not is_near(parts.hostname):
        said = f"{plain}:// is for this machine and private networks only, the bot's token goes that way;"
        raise ValueError(f"{said} use {secure}://")


def is_near(host: str) -> bool:
    """Say whether a host is this machine, in a private network, or a bare name as compose gives one."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_INTERNAL_NAMES)
    return address.is_loopback or address.is_private
