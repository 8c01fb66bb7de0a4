"""A feed's TOML file, read and checked: an unknown key, a wrong type or a bad expression is refused with its
place. It knows no answers and asks no servers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from engine_client.feeds import coerce
from engine_client.feeds.errors import BadFeed
from engine_client.feeds.paths import BadPath, Path

INTERVAL = (10, 3600)  # fewest and most seconds between two questions
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_VALUE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")

# The type of each field of a Listing; `image` and `mod_url` fall away silently when they are no web links.
FIELD_TYPES: Mapping[str, Callable[[Any], Any]] = {
    "id": coerce.as_text,
    "name": coerce.as_text,
    "mode": coerce.as_text,
    "map": coerce.as_text,
    "players": coerce.as_int,
    "max": coerce.as_int,
    "names": coerce.as_names,
    "host": coerce.as_text,
    "state": coerce.as_state,
    "locked": coerce.as_bool,
    "password": coerce.as_bool,
    "version": coerce.as_text,
    "join": coerce.as_text,
    "image": coerce.as_link,
    "mod": coerce.as_text,
    "mod_url": coerce.as_link,
    "link": coerce.as_link,
    "link_text": coerce.as_text,
    "ended": coerce.as_bool,
    "scope": coerce.as_text,
}
NEVER_VOLATILE = {"id", "ended", "scope"}


class RawField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"as_": "as"}):
    """A field as the file writes it."""

    path: str
    as_: Literal["int", "bool", "text"] | None = None
    split: str = ""
    map: dict[str, str | int | bool] = {}
    sub: list[tuple[str, str]] = []
    lookup: str = ""
    pick: str = "@"
    digest: bool = False


class RawValidity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an answer may be believed, as the file writes it."""

    ok: str = ""
    error: str = ""
    empty_if: str = ""
    source_time: str = ""
    source_ok: str = ""
    max_age: float = 900.0
    cap: int = 0


class RawVariant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One feed of several that share a mapping."""

    title: str
    values: dict[str, str | int] = {}


class RawFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A feed's file."""

    title: str
    url: str
    items: str
    fields: dict[str, str | RawField]
    site: str = ""
    format: Literal["json", "ndjson"] = "json"
    interval: float = 60.0
    rounds: Literal["join", "split"] = "join"
    volatile: list[str] = []
    secrets: list[str] = []
    lookups: dict[str, str] = {}
    validity: RawValidity = RawValidity()
    variants: dict[str, RawVariant] = {}


@dataclass(frozen=True, slots=True)
class Field:
    """How one field of a Listing is read from a row."""

    name: str
    path: Path
    convert: Callable[[Any], Any]
    cast: Callable[[Any], Any] | None = None
    split: str = ""
    table: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[tuple[re.Pattern[str], str], ...] = ()
    lookup: str = ""
    pick: Path | None = None
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Validity:
    """When an answer may be believed. `max_age` is in seconds; `cap` rows mean that the list was cut."""

    ok: Path | None
    error: Path | None
    empty_if: Path | None
    source_time: Path | None
    source_ok: Path | None
    max_age: float
    cap: int


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed. `url` may hold {NAME} of `values` or of `secrets`; `interval` is in seconds."""

    name: str
    title: str
    url: str
    site: str
    format: Literal["json", "ndjson"]
    interval: float
    split_rounds: bool
    volatile: frozenset[str]
    secrets: tuple[str, ...]
    values: Mapping[str, str]
    items: Path
    lookups: Mapping[str, Path]
    fields: tuple[Field, ...]
    validity: Validity


def parse_feed(text: str, name: str) -> list[FeedSpec]:
    """Read one TOML text into its feeds: one named `name`, or one `name-variant` for each variant.

    Raises BadFeed.
    """
    if _NAME.fullmatch(name) is None:
        raise BadFeed(f"{name}: a feed's name is 1 to 32 of a-z, 0-9, _ and -")
    try:
        raw = msgspec.toml.decode(text, type=RawFeed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFeed(f"{name}: {error}") from error
    if not raw.variants:
        return [_feed(raw, name, raw.title, {})]
    found = []
    for variant, part in raw.variants.items():
        if _NAME.fullmatch(f"{name}-{variant}") is None:
            raise BadFeed(f"{name}: variants.{variant}: name-variant is 1 to 32 of a-z, 0-9, _ and -")
        found.append(_feed(raw, f"{name}-{variant}", part.title, part.values))
    return found


def _feed(raw: RawFeed, name: str, title: str, values: Mapping[str, str | int]) -> FeedSpec:
    _check_url(raw, name, values)
    low, high = INTERVAL
    if not low <= raw.interval <= high:
        raise BadFeed(f"{name}: interval: {low} to {high} seconds, not {raw.interval:g}")
    if not title.strip() or len(title) > 100:
        raise BadFeed(f"{name}: title: 1 to 100 characters")
    for wrong in [key for key in raw.volatile if key not in FIELD_TYPES or key in NEVER_VOLATILE]:
        raise BadFeed(f"{name}: volatile: {wrong!r} cannot be volatile; use one of {_others()}")
    if "id" not in raw.fields:
        raise BadFeed(f"{name}: fields: `id` is missing; every row needs one")
    fields = tuple(_field(raw, name, key, given) for key, given in raw.fields.items())
    return FeedSpec(
        name=name,
        title=title.strip(),
        url=raw.url,
        site=raw.site,
        format=raw.format,
        interval=raw.interval,
        split_rounds=raw.rounds == "split",
        volatile=frozenset(raw.volatile),
        secrets=tuple(raw.secrets),
        values={key: str(value) for key, value in values.items()},
        items=_path(raw.items, name, "items"),
        lookups={key: _path(text, name, f"lookups.{key}") for key, text in raw.lookups.items()},
        fields=fields,
        validity=_validity(raw.validity, name),
    )


def _check_url(raw: RawFeed, name: str, values: Mapping[str, object]) -> None:
    if not raw.url.startswith(("http://", "https://", "engine:")):
        raise BadFeed(f"{name}: url: http:// or https:// expected")
    if raw.site and not raw.site.startswith(("http://", "https://")):
        raise BadFeed(f"{name}: site: http:// or https:// expected")
    host = raw.url.split("?", 1)[0]
    for wanted in _VALUE.findall(raw.url):
        if wanted not in values and wanted not in raw.secrets:
            raise BadFeed(f"{name}: url: {{{wanted}}} is neither a variant's value nor named in `secrets`")
        if wanted in raw.secrets and f"{{{wanted}}}" in host:
            raise BadFeed(f"{name}: url: the secret {{{wanted}}} belongs after the question mark")


def _field(raw: RawFeed, name: str, key: str, given: str | RawField) -> Field:
    if key not in FIELD_TYPES:
        raise BadFeed(f"{name}: fields.{key}: no such field; use one of {', '.join(FIELD_TYPES)}")
    place = f"fields.{key}"
    part = RawField(path=given) if isinstance(given, str) else given
    if part.lookup and part.lookup not in raw.lookups:
        raise BadFeed(f"{name}: {place}.lookup: there is no lookups.{part.lookup}")
    if part.digest and key != "id":
        raise BadFeed(f"{name}: {place}.digest: only `id` can be digested")
    casts: dict[str | None, Callable[[Any], Any]] = {"int": coerce.as_int, "bool": coerce.as_bool}
    return Field(
        name=key,
        path=_path(part.path, name, place),
        convert=FIELD_TYPES[key],
        cast=casts.get(part.as_),
        split=part.split,
        table=part.map,
        rules=tuple(_rule(pattern, text, name, place) for pattern, text in part.sub),
        lookup=part.lookup,
        pick=_path(part.pick, name, f"{place}.pick") if part.lookup else None,
        digest=part.digest,
    )


def _rule(pattern: str, text: str, name: str, place: str) -> tuple[re.Pattern[str], str]:
    try:
        compiled = re.compile(pattern)
        compiled.sub(text, "")
    except (re.error, IndexError) as error:
        raise BadFeed(f"{name}: {place}.sub: {pattern!r} is no regular expression: {error}") from error
    return compiled, text


def _validity(raw: RawValidity, name: str) -> Validity:
    if raw.max_age <= 0 or raw.cap < 0:
        raise BadFeed(f"{name}: validity: max_age must be above 0, cap 0 or more")

    def path(key: str) -> Path | None:
        text: str = getattr(raw, key)
        return _path(text, name, f"validity.{key}") if text else None

    return Validity(
        path("ok"),
        path("error"),
        path("empty_if"),
        path("source_time"),
        path("source_ok"),
        raw.max_age,
        raw.cap,
    )


def _path(text: str, name: str, place: str) -> Path:
    try:
        return Path(text)
    except BadPath as error:
        raise BadFeed(f"{name}: {place}: not a JMESPath expression: {error}") from error


def _others() -> str:
    return ", ".join(key for key in FIELD_TYPES if key not in NEVER_VOLATILE)
