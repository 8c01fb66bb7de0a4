"""From the bytes of an answer to one JSON value that a mapping can search.

NDJSON is MultiplayerSessionList's second format: lines of {"$type", "$id", "$data"} that name each other by
{"$ref": "#/type/id"}. Later lines add to earlier ones of the same name. The result is one object:
{"root": …, "sessions": […], "sources": {…}, "datums": {type: {id: data}}, "rootless": bool} with the
references of root and sessions followed.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

_MAX_DEPTH = 12  # references and objects inside each other
_MAX_NODES = 400_000  # objects made while references are followed; more is an attack, not a list
_MAX_LINES = 200_000


class BadBody(ValueError):
    """The bytes are not what the feed promised."""


def read_json(body: bytes) -> Any:
    """Decode a JSON body. Raises BadBody."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise BadBody("the answer is a web page, not JSON")
    try:
        return msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadBody(f"the answer is not JSON: {error}") from error


def read_ndjson(body: bytes) -> tuple[Any, list[str]]:
    """Decode an NDJSON body and follow its references; give it with notes on unreadable lines.

    Raises BadBody when no line can be read.
    """
    datums: dict[str, dict[str, Any]] = {}
    notes: list[str] = []
    read = 0
    for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if number > _MAX_LINES:
            raise BadBody(f"more than {_MAX_LINES} lines")
        if not line.strip():
            continue
        try:
            _add(datums, read_json(line))
            read += 1
        except BadBody as error:
            notes.append(f"line {number}: {error}")
    if notes and not read:
        raise BadBody(notes[0].partition(": ")[2])
    return _Resolver(datums).document(), notes


def _add(datums: dict[str, dict[str, Any]], datum: Any) -> None:
    if not isinstance(datum, dict):
        raise BadBody("a line that is no object")
    kind, name, data = datum.get("$type"), datum.get("$id"), datum.get("$data")
    if not isinstance(kind, str) or not isinstance(name, str) or not isinstance(data, dict):
        raise BadBody("a line without $type, $id and $data")
    known = datums.setdefault(kind, {}).setdefault(name, {})
    _merge(known, data)


def _merge(known: dict[str, Any], data: dict[str, Any], depth: int = 0) -> None:
    for key, value in data.items():
        old = known.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and "$ref" not in value and depth < _MAX_DEPTH:
            _merge(old, value, depth + 1)
        else:
            known[key] = value


class _Resolver:
    """Follows references, with a limit on depth (which also ends circles) and on the whole size."""

    def __init__(self, datums: dict[str, dict[str, Any]]) -> None:
        self._datums = datums
        self._nodes = 0

    def document(self) -> dict[str, Any]:
        roots = list(self._datums.get("root", {}).values())
        root: dict[str, Any] = {}
        for one in roots:
            _merge(root, {key: value for key, value in one.items() if key != "sessions"})
        return {
            "root": self._follow(root, 0),
            "sessions": list(self._sessions(roots)),
            "sources": {name: self._follow(data, 0) for name, data in self._datums.get("source", {}).items()},
            "datums": self._datums,
            "rootless": not roots,
        }

    def _sessions(self, roots: list[dict[str, Any]]) -> Iterator[Any]:
        """Give the sessions that the roots name; without a root, all there are."""
        known = self._datums.get("session", {})
        names: dict[str, None] = {}
        for root in roots:
            listed = root.get("sessions")
            names.update(dict.fromkeys(_target(ref)[1] for ref in _values(listed)))
        for name in names if roots else known:
            data = known.get(name)
            yield {"$id": name, **self._follow(data, 1)} if data is not None else {"$missing": name}

    def _follow(self, value: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise BadBody("the references make the answer too large")
        if depth > _MAX_DEPTH:
            return None
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                kind, name = _target(value)
                return self._follow(self._datums.get(kind, {}).get(name), depth + 1)
            return {key: self._follow(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self._follow(item, depth + 1) for item in value]
        return value


def _values(listed: Any) -> list[Any]:
    if isinstance(listed, dict):
        return list(listed.values())
    return listed if isinstance(listed, list) else []


def _target(ref: Any) -> tuple[str, str]:
    """Read "#/type/id", a JSON pointer of two parts."""
    text = ref.get("$ref") if isinstance(ref, dict) else None
    parts = text.split("/") if isinstance(text, str) else []
    if len(parts) != 3 or parts[0] != "#":
        return "", repr(ref)[:60]
    kind, name = (part.replace("~1", "/").replace("~0", "~") for part in parts[1:])
    return kind, name
