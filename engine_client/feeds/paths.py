"""A feed's JMESPath expressions, compiled once. Plain paths (`a.b.c`) skip the interpreter: it is slow."""

import re
from collections.abc import Callable
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

_PLAIN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_MAX_EXPRESSION = 1000  # characters
# What the interpreter raises when a list's value does not fit an expression.
_MISFITS = (
    JMESPathError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class BadPath(ValueError):
    """The text is no JMESPath expression, or the expression does not fit the value."""


class Path:
    """One expression. Calling it with a value of JSON gives what it selects, None for nothing."""

    __slots__ = ("_search", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > _MAX_EXPRESSION:
            raise BadPath(f"longer than {_MAX_EXPRESSION} characters")
        self._search = _plain(text) if _PLAIN.fullmatch(text) else _compiled(text)

    def __call__(self, value: Any) -> Any:
        """Select from a value. Raises BadPath when a function does not fit what it is given."""
        return self._search(value)

    def __repr__(self) -> str:
        return f"Path({self.text!r})"


def _plain(text: str) -> Callable[[Any], Any]:
    steps = text.split(".")

    def search(value: Any) -> Any:
        for step in steps:
            if not isinstance(value, dict):
                return None
            value = value.get(step)
        return value

    return search


def _compiled(text: str) -> Callable[[Any], Any]:
    try:
        expression = jmespath.compile(text)
    except JMESPathError as error:
        raise BadPath(_first_line(error)) from error

    def search(value: Any) -> Any:
        try:
            return expression.search(value)
        except _MISFITS as error:
            raise BadPath(f"{text}: {_first_line(error)}") from error

    return search


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
