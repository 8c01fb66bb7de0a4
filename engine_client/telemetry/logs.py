"""Log lines as text or JSON, each with what its task works for, without secrets and forged lines.

Text from players, feeds and Discord may stand in any message, so whatever a terminal or a log reader would
obey (line ends, escape sequences, direction marks) is written as its code. Secrets are taken out of the
finished line, wherever they came from: a library's debug message, a URL in an error, a traceback.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

import msgspec

from engine_client.telemetry.context import current

HIDDEN = "***"
_SHORTEST_SECRET = 4  # a shorter one would blot out half the log
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

# Control characters, separators that end lines, direction marks, invisible characters, half surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SECRETS = (
    re.compile(r"(?<=://)[^\s/'\"]*(?=@)"),  # user and password of a URL
    re.compile(r"(?<=/webhooks/)(\d+)/[^\s/?'\"]+"),
    re.compile(r"(?<=/interactions/)(\d+)/[^\s/?'\"]+"),
    re.compile(r"(?i)\b(Bearer|Bot)\s+[\w.~+/=-]{16,}"),
    re.compile(r"""(?i)(['"](?:token|authorization|password)['"]\s*:\s*)['"][^'"]*['"]"""),
)
_SHOWN = (HIDDEN, rf"\1/{HIDDEN}", rf"\1/{HIDDEN}", rf"\1 {HIDDEN}", rf'\1"{HIDDEN}"')


def visible(text: str) -> str:
    """Write everything that is not plain text as its code, so that one message is one line."""
    return _UNSAFE.sub(_code_of, text)


def _code_of(match: re.Match[str]) -> str:
    number = ord(match[0])
    short = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}.get(number)
    return short or (f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}")


class Redactor:
    """Takes secrets out of text: those it was told, and what looks like a token in its usual place."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        told = {form for secret in secrets for form in _forms(secret) if len(form) >= _SHORTEST_SECRET}
        longest_first = sorted(told, key=len, reverse=True)
        self._told = re.compile("|".join(map(re.escape, longest_first))) if told else None

    def clean(self, text: str) -> str:
        """Give the text without them."""
        if self._told is not None:
            text = self._told.sub(HIDDEN, text)
        for pattern, shown in zip(_SECRETS, _SHOWN, strict=True):
            text = pattern.sub(shown, text)
        return text


def _forms(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), unquote(secret)}


def password_in(url: str) -> str:
    """Give the password of a URL, or ""."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


class TextLines(logging.Formatter):
    """One line per record for people; a traceback follows indented, so that no line of it passes for one."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__(_FORMAT)
        self._redactor = redactor

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Write the record's own line."""
        return visible(super().formatMessage(record) + _suffix(record))

    def formatException(self, ei: object) -> str:
        """Write a traceback."""
        lines = super().formatException(ei).split("\n")  # type: ignore[arg-type]
        return "\n".join("    " + visible(line) for line in lines)

    def formatStack(self, stack_info: str) -> str:
        """Write a stack."""
        return "\n".join("    " + visible(line) for line in stack_info.split("\n"))

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return self._redactor.clean(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object per line: at, level, logger, message; session, interaction, voyage, turn; error."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        line: dict[str, str | int] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._clean(record.getMessage()),
        }
        line |= _names()
        if record.exc_info:
            line["error"] = self._clean(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = self._clean(record.stack_info)
        return msgspec.json.encode(line).decode()

    def _clean(self, text: str) -> str:
        return visible(self._redactor.clean(text))


def _names() -> dict[str, str | int]:
    """Give what the running task works for, as far as it is known."""
    work = current()
    return {name: value for name, value in msgspec.structs.asdict(work).items() if value} if work else {}


def _suffix(record: logging.LogRecord) -> str:
    said = record.getMessage()
    return "".join(f" {name}={value}" for name, value in _names().items() if f"{name}=" not in said)


def set_up_log(
    level: str, *, as_json: bool, secrets: Iterable[str] = (), quieter: Mapping[str, int] | None = None
) -> None:
    """Send the process's log to standard error, unless it goes somewhere already.

    `quieter` are the least levels of single loggers.
    """
    redactor = Redactor(secrets)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(redactor) if as_json else TextLines(redactor))
    logging.basicConfig(level=level, handlers=[handler])
    for name, least in (quieter or {}).items():
        logging.getLogger(name).setLevel(least)
