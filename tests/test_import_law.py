"""Imports go one way (docs/architecture.md). Each offence is named as file:line."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"bot", "engine_client", "engine", "sessions", "storage"}
# upkeep.py is `python -m bot move` and `backup`: it opens stores by the settings, as doctor.py does.
COMPOSITION = (
    "bot/app.py",
    "bot/services.py",
    "bot/tracking.py",
    "bot/doctor.py",
    "bot/doctor_store.py",
    "bot/running.py",
    "bot/worker.py",
    "bot/doctor_files.py",
    "bot/upkeep.py",
)
# The engine's own process has no bot/app.py, so it has a composition root of its own.
ENGINE_ROOT = "engine_client/engine_process.py"
SERVING = ("engine_client/server.py", "engine_client/serving/")
HTTP_TRANSPORTS = ("engine_client/http", "engine_client/session_lists")
STDLIB = set(sys.stdlib_module_names)
IMPURE = {"asyncio", "time", "datetime", "socket", "subprocess", "secrets", "uuid", "os"}
SEAM = {
    "engine_client",
    "engine_client.models",
    "engine_client.errors",
    "engine_client.protocol",
    "engine_client.feeds.models",
    "engine_client.feeds.errors",
}


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted module) of every import, also those inside functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def rules_law(file: str, module: str, top: str) -> str | None:
    """Rules are pure; content adds files."""
    if file.startswith("engine/rules/") and top in IMPURE:
        return "rules know no clock, no I/O, no asyncio"
    if file.startswith(("engine/rules/", "engine/content/")):
        ours = module.startswith(("engine.rules", "engine.content"))
        return None if ours or top in STDLIB | {"msgspec"} else "rules and content: msgspec only"
    return None


def engine_law(file: str, module: str, top: str) -> str | None:
    """The engine knows only itself."""
    if not file.startswith("engine/"):
        return None
    if file.startswith("engine/pictures/"):
        pure = top in STDLIB | {"msgspec", "PIL", "numpy"} or module.startswith(
            ("engine.rules", "engine.pictures")
        )
        return None if pure else "pictures add Pillow and numpy only"
    if top in OURS - {"engine"}:
        stateful = file.startswith(("engine/manager", "engine/session"))
        return (
            None if top == "storage" and stateful else "engine knows only itself; its manager, the store too"
        )
    return None


def storage_law(file: str, _module: str, top: str) -> str | None:
    """The store knows nobody."""
    return (
        "storage knows none of the others"
        if file.startswith("storage/") and top in OURS - {"storage"}
        else None
    )


def sessions_law(file: str, module: str, top: str) -> str | None:
    """Sessions know the protocol and the store."""
    if not file.startswith("sessions/"):
        return None
    if top in {"discord", "aiohttp", "httpx", "fastapi", "bot", "engine"}:
        return "sessions: the engine protocol and storage; never Discord, never HTTP"
    names_seam = any(module == seam or module.startswith(seam + ".") for seam in SEAM - {"engine_client"})
    if top == "engine_client" and module != "engine_client" and not names_seam:
        return "sessions use the protocol, its models and errors"
    return None


def client_law(file: str, module: str, top: str) -> str | None:
    """The engine client knows the engine in one transport only."""
    if module.startswith("engine_client.engine_process") and file != SERVING[0]:
        return "only server.py starts the engine's own process"
    if not file.startswith("engine_client/") or (file == ENGINE_ROOT and top in {"engine", "storage"}):
        return None
    if top in {"bot", "sessions", "discord", "storage"}:
        return "engine_client knows neither bot, sessions nor storage"
    if top == "engine" and not file.startswith("engine_client/embedded"):
        return "only the embedded transport imports the engine"
    if top == "aiohttp" and not file.startswith(HTTP_TRANSPORTS):
        return "aiohttp only in the HTTP transports"
    web = top in {"fastapi", "starlette", "uvicorn"} and not file.startswith(SERVING)
    return "FastAPI only in server.py and serving/" if web else None


def telemetry_law(file: str, module: str, top: str) -> str | None:
    """Every kind of process uses the telemetry, so it must not bring any of them along."""
    if not file.startswith("engine_client/telemetry/"):
        return None
    known = ("engine_client.telemetry", *SEAM - {"engine_client"})
    ours = module == "engine_client" or any(module == name or module.startswith(name + ".") for name in known)
    free = top in STDLIB | {"msgspec", "prometheus_client"}
    return None if ours or free else "telemetry: the protocol, msgspec and prometheus_client only"


def bot_law(file: str, _module: str, top: str) -> str | None:
    """Only the composition root builds concrete classes."""
    concrete = file.startswith("bot/") and top in {"engine", "storage"} and file not in COMPOSITION
    return "only the composition root imports engine and storage" if concrete else None


def product_law(_file: str, _module: str, top: str) -> str | None:
    """What is shipped stands alone."""
    return "product code imports no tests or benchmarks" if top in {"tests", "benchmarks"} else None


LAWS = (
    rules_law,
    engine_law,
    storage_law,
    sessions_law,
    client_law,
    telemetry_law,
    bot_law,
    product_law,
)


def offences_in(file: str, source: str) -> list[str]:
    """List every offence of one file."""
    found = []
    for line, module in imports(source):
        top = module.partition(".")[0]
        found += [f"{file}:{line}: {module}: {said}" for law in LAWS if (said := law(file, module, top))]
    return found


def offences() -> list[str]:
    """List every offence of the tree."""
    paths = (path for package in sorted(OURS) for path in sorted((ROOT / package).rglob("*.py")))
    return [
        said
        for path in paths
        for said in offences_in(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]


def test_imports_go_one_way() -> None:
    assert offences() == []


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("engine/rules/x.py", "import time"),
        ("engine/rules/x.py", "from engine.pictures import painter"),
        ("engine/content/x.py", "import yaml"),
        ("engine/pictures/x.py", "import storage.rows"),
        ("engine/intents.py", "from sessions import play"),
        ("storage/x.py", "def f():\n    import engine"),
        ("sessions/x.py", "import discord"),
        ("sessions/x.py", "from engine_client.embedded import EmbeddedEngineClient"),
        ("engine_client/http.py", "from engine.rules import game"),
        ("engine_client/http.py", "import fastapi"),
        ("engine_client/serving/app.py", "import aiohttp"),
        ("engine_client/serving/app.py", "from storage.store import Store"),
        ("engine_client/telemetry/x.py", "from engine_client.http import HttpEngineClient"),
        ("engine_client/telemetry/x.py", "import aiohttp"),
        ("bot/x.py", "from engine_client.engine_process import open_engine"),
        ("bot/cogs/x.py", "from storage.store import Store"),
        ("bot/cogs/x.py", "import tests"),
    ],
)
def test_the_law_names_file_and_line(file: str, source: str) -> None:
    said = offences_in(file, source)
    assert said
    assert said[0].startswith(f"{file}:{source.count(chr(10)) + 1}: ")
