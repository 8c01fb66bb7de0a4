"""What crosses between the HTTP server of an engine and its HTTP transport: paths, bodies, picture headers.

Both sides import it, so they cannot differ. It knows no HTTP library and takes no decision; what a refusal
looks like is in `wire_problems`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec

from engine_client.models import Abandon, Action, Choose, Picture, Say, TurnRef, Wait

JSON = "application/json"
BYTES = "application/octet-stream"
PICTURE_TYPES = ("image/webp", "image/png", "image/jpeg")
PICTURES = "multipart/mixed; boundary=picture"
WIDTH, HEIGHT = "Picture-Width", "Picture-Height"  # headers of a picture, in pixels

ROOT = "/v1"
SESSIONS = ROOT + "/sessions"
REQUEST_ID = "Request-Id"  # the interaction that a request is made for: both sides write it into their logs
STATS = ROOT + "/stats"

MAX_BODY = 64 * 1024  # bytes of a request in JSON
MAX_SAVE = 1024 * 1024  # bytes of a save file
MAX_TURNS = 1000  # turns in one answer
MAX_NUMBER = 2**31 - 1  # of a voyage or turn; what the store can hold
MAX_TURN_ID = 64
MAX_NAME = 200

TURN_ID_PATTERN = "^[ -~]+$"
NAME_PATTERN = "^[^\\x00-\\x1f\\x7f]*$"
_DELIMITER = b"--picture"
_TURN_ID = re.compile(TURN_ID_PATTERN)
_NAME = re.compile(NAME_PATTERN)


class GiveUp(msgspec.Struct, frozen=True, tag="abandon"):
    """End the voyage under way."""

    cause: Literal["restart", "idle"]


TurnId = Annotated[
    str,
    msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_TURN_ID, "pattern": TURN_ID_PATTERN}),
]
Name = Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": MAX_NAME, "pattern": NAME_PATTERN})]
# JSON knows no integers: a whole number may be written 3.0.
Number = Annotated[float, msgspec.Meta(ge=0, le=MAX_NUMBER, extra_json_schema={"multipleOf": 1})]


class Ref(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names one turn of a session: its voyage and its number in it."""

    voyage: Number
    n: Number

    def __post_init__(self) -> None:
        """Check that both are whole numbers. Raises ValueError."""
        if not (float(self.voyage).is_integer() and float(self.n).is_integer()):
            raise ValueError("voyage and n are whole numbers")

    @classmethod
    def of(cls, ref: TurnRef) -> "Ref":
        """Put a reference into a body. Numbers beyond the range name no turn, nor do the range's ends."""
        return cls(min(max(ref.voyage, 0), MAX_NUMBER), min(max(ref.n, 0), MAX_NUMBER))

    def taken(self) -> TurnRef:
        """Give the reference as the protocol knows it."""
        return TurnRef(int(self.voyage), int(self.n))


class StartBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Launch a voyage. A `turn_id` that was accepted before gives its turn again."""

    turn_id: TurnId
    captain: Name

    def __post_init__(self) -> None:
        """Check both texts. Raises ValueError."""
        check_turn_id(self.turn_id)
        check_name("captain", self.captain)


class ActBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Apply an action to the turn `expected`. A `turn_id` that was accepted before gives its turn again."""

    action: Choose | Say | Wait | GiveUp
    turn_id: TurnId
    expected: Ref
    actor: Name

    def __post_init__(self) -> None:
        """Check the texts. Raises ValueError."""
        check_turn_id(self.turn_id)
        check_name("actor", self.actor)

    @classmethod
    def of(cls, action: Action, turn_id: str, expected: TurnRef, actor: str) -> "ActBody":
        """Put an action into a body. Raises ValueError for what the server would not take."""
        return cls(_outgoing(action), turn_id, Ref.of(expected), actor)

    def taken(self) -> Action:
        """Give the action as the protocol knows it."""
        return Abandon(self.action.cause) if isinstance(self.action, GiveUp) else self.action


def check_turn_id(turn_id: str) -> None:
    """Refuse what is no turn id. Raises ValueError."""
    if len(turn_id) > MAX_TURN_ID or _TURN_ID.fullmatch(turn_id) is None:
        raise ValueError(f"a turn id is 1 to {MAX_TURN_ID} visible ASCII characters or spaces")


def check_name(field: str, name: str) -> None:
    """Refuse a name that a database might not take. Raises ValueError."""
    if len(name) > MAX_NAME or _NAME.fullmatch(name) is None:
        raise ValueError(f"{field} is at most {MAX_NAME} characters, without control characters")


def picture_headers(picture: Picture) -> dict[str, str]:
    """Give the headers that a picture's size travels in."""
    return {WIDTH: str(picture.width), HEIGHT: str(picture.height)}


def read_picture(headers: Mapping[str, str], data: bytes) -> Picture:
    """Put a picture together from its headers and bytes. Raises ValueError."""
    media_type = headers.get("Content-Type", "")
    if media_type not in PICTURE_TYPES:
        raise ValueError(f"{media_type} is no picture")
    return Picture(data, media_type, int(headers.get(WIDTH, "")), int(headers.get(HEIGHT, "")))


def join_pictures(pictures: Iterable[Picture]) -> bytes:
    """Put pictures into one multipart body, each with its length, so that no byte of it is searched."""
    parts = bytearray()
    for picture in pictures:
        headers = picture_headers(picture)
        headers |= {"Content-Type": picture.media_type, "Content-Length": str(len(picture.data))}
        parts += _DELIMITER + b"\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode()
        parts += b"\r\n" + picture.data + b"\r\n"
    return bytes(parts + _DELIMITER + b"--\r\n")


def split_pictures(body: bytes) -> list[Picture]:
    """Take the pictures out of a body that `join_pictures` made. Raises ValueError for any other."""
    pictures: list[Picture] = []
    start = 0
    while body.startswith(_DELIMITER + b"\r\n", start):
        end = body.index(b"\r\n\r\n", start)
        lines = body[start:end].decode().split("\r\n")[1:]
        headers = dict(line.split(": ", 1) for line in lines)
        start = end + 4 + int(headers.get("Content-Length", ""))
        pictures.append(read_picture(headers, body[end + 4 : start]))
        start += 2
    if body[start:] != _DELIMITER + b"--\r\n":
        raise ValueError("the pictures are cut off")
    return pictures


def _outgoing(action: Action) -> Choose | Say | Wait | GiveUp:
    if not isinstance(action, Abandon):
        return action
    match action.cause:
        case "restart" | "idle" as cause:
            return GiveUp(cause)
        case _:
            raise ValueError("a voyage is given up by restart or idle")
