"""What the program imports is what its own dependencies bring, not what only a test tool happens to bring."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "engine", "engine_client", "sessions", "storage")
OF_THE_DEMO = {"simcord", "jinja2"}


def test_the_running_program_needs_nothing_of_the_tests() -> None:
    brought = closure(project()["dependencies"])
    missing = {name for name, owners in imported().items() if not owners & brought} - OF_THE_DEMO
    assert missing == set()


def test_postgresql_works_where_only_the_program_is_installed() -> None:
    # SQLAlchemy needs it for asyncio and names it only in an extra; a browser driver of the tests hid that.
    assert {"greenlet", "asyncpg"} <= closure(project()["dependencies"])


def project() -> dict[str, list[str]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def closure(wanted: list[str]) -> set[str]:
    """Follow requirements, with their extras, through what is installed."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in wanted]
    while waiting:
        needed, extra = waiting.pop()
        if needed.marker is not None and not needed.marker.evaluate({"extra": extra}):
            continue
        for chosen in ("", *needed.extras):
            place = (canonicalize_name(needed.name), chosen)
            if place not in found:
                found.add(place)
                waiting += [(Requirement(text), chosen) for text in required_by(needed.name)]
    return {name for name, _extra in found}


def required_by(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # for another system or Python
        return []


def imported() -> dict[str, set[str]]:
    """Give the distributions of each foreign module that our rooms import."""
    owners = packages_distributions()
    return {
        name: {canonicalize_name(owner) for owner in owners.get(name, [])}
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        for name in modules_of(file)
        if name not in sys.stdlib_module_names and name not in ROOMS
    }


def modules_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
