"""What is deployed is what the program has: compose.yaml, Dockerfile and systemd units against the code."""

import asyncio
import configparser
import fnmatch
import os
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from bot.__main__ import _parser
from bot.operations.endpoints import build_app
from bot.settings import Settings
from engine_client.closing import BUDGET_SECONDS
from engine_client.feeds.catalog import SHIPPED
from engine_client.telemetry.metrics import Metrics
from engine_client.telemetry.readiness import Readiness
from engine_client.telemetry.shown import operations_of

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
BOTS = {name: service for name, service in OURS.items() if service["command"][-1] == "run"}
UNITS = sorted((ROOT / "deploy").glob("*.service"))


def settings_of(service: dict[str, Any]) -> Settings:
    """Give the settings that a service starts with, as the program checks them."""
    unknown = {name for name in service["environment"] if name.lower() not in Settings.model_fields}
    assert unknown == set(), "variables that are no settings"
    values = {name.lower(): value for name, value in service["environment"].items()}
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def test_there_are_two_bots_a_worker_and_a_database():
    assert sorted(OURS) == ["bot-0", "bot-1", "worker"]
    assert sorted(BOTS) == ["bot-0", "bot-1"]
    assert set(COMPOSE["services"]) == {*OURS, "postgres"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_and_its_value_is_accepted(name: str):
    settings = settings_of(OURS[name])
    assert settings.database_url.startswith("postgresql://")
    assert settings.ops_port == 9100
    assert settings.log_format == "json"
    assert OURS[name]["env_file"] == ".env"


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str):
    python, flag, package, *words = OURS[name]["command"]
    assert (python, flag, package) == ("python", "-m", "bot")
    assert "start" in _parser().parse_args(words)


def test_the_bots_share_the_shards_and_leave_the_tapes_to_the_worker():
    settings = [settings_of(service) for service in BOTS.values()]
    (count,) = {each.shard_count for each in settings}
    assert sorted(int(each.shard_ids) for each in settings) == list(range(count or 0))
    assert {each.tape_threads for each in settings} == {0}
    assert settings_of(OURS["worker"]).tape_threads > 0
    volumes = {tuple(service["volumes"]) for service in OURS.values()}
    assert volumes == {("files:/data",)}, "what one records, another films"
    assert {str(settings_of(service).data_dir) for service in OURS.values()} == {"/data"}


@pytest.mark.parametrize("name", OURS)
def test_every_process_is_watched_restarted_and_given_time_to_stop(name: str):
    service = OURS[name]
    path = re.search(r"127\.0\.0\.1:(\d+)(/\w+)", " ".join(service["healthcheck"]["test"]))
    assert path is not None
    assert int(path[1]) == settings_of(service).ops_port
    shown = operations_of(Metrics(CollectorRegistry()), Readiness({}))
    served = {resource.canonical for resource in build_app(shown).router.resources()}
    assert path[2] in served
    assert service["restart"] == "unless-stopped"
    assert seconds(service["stop_grace_period"]) > BUDGET_SECONDS
    assert service["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_port_is_open_and_no_secret_is_written(name: str):
    service = COMPOSE["services"][name]
    assert "ports" not in service
    for variable, value in service["environment"].items():
        if re.search("TOKEN|PASSWORD|KEY", variable):
            assert value.startswith("${"), variable
    assert re.fullmatch(r"postgres:1[5-9]-bookworm|dead-reckoning", service["image"]), (
        "a pinned major version"
    )
    assert service["logging"]["options"]["max-size"], "a log that fills no disk"


def compose_program() -> list[str] | None:
    """Find docker's compose, as a plugin or as a program of its own."""
    plugins = [
        Path.home() / ".docker",
        *(Path(f"/usr/{part}/docker") for part in ("libexec", "lib", "local/lib")),
    ]
    if shutil.which("docker") and any((path / "cli-plugins/docker-compose").exists() for path in plugins):
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


@pytest.mark.skipif(compose_program() is None, reason="no docker compose on this machine")
@pytest.mark.parametrize("password", ["abc123", ""])
async def test_compose_takes_the_file_and_refuses_to_start_without_a_password(tmp_path, password):
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(f"{example}\nPOSTGRES_PASSWORD={password}\n", encoding="utf-8")
    program = compose_program()
    assert program is not None
    process = await asyncio.create_subprocess_exec(
        *program,
        "config",
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, refused = await process.communicate()
    if not password:
        assert process.returncode != 0
        assert b"set it in .env" in refused
        return
    assert process.returncode == 0, refused.decode()
    services = yaml.safe_load(said)["services"]
    assert services["bot-1"]["environment"]["SHARD_IDS"] == "1"
    assert "abc123@postgres" in services["worker"]["environment"]["DATABASE_URL"]


def copied() -> list[str]:
    """List what the Dockerfile copies out of this folder."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)
    return [name for line in lines for name in line.split()[:-1]]


def test_the_image_holds_every_package_and_what_they_read():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = wanted["tool"]["setuptools"]["packages"]["find"]["include"]
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    ours = {name for name in folders if any(fnmatch.fnmatch(name, each) for each in packages)}
    assert ours <= set(copied())
    assert SHIPPED.relative_to(ROOT).as_posix() in copied()
    assert all((ROOT / name).exists() for name in copied())


def test_the_build_sees_what_it_copies_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert sorted(rule[1:] for rule in rules if rule.startswith("!")) == sorted(copied())


def unit_of(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]  # systemd's names have capitals
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_what_there_is_and_gives_it_time_to_stop(path: Path):
    service = unit_of(path)["Service"]
    program, flag, package, *words = service["ExecStart"].split()
    assert program == "/opt/dead-reckoning/.venv/bin/python"
    assert (flag, package) == ("-m", "bot")
    assert "start" in _parser().parse_args(words)
    assert service["Restart"] == "always"
    assert service["KillSignal"] == "SIGTERM"
    assert float(service["TimeoutStopSec"]) > BUDGET_SECONDS
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}", "where it may write"


def _with_another_program(path: Path, folder: Path) -> Path:
    text = path.read_text(encoding="utf-8").replace("/opt/dead-reckoning/.venv/bin/python", "/bin/true")
    copy = folder / path.name
    copy.write_text(text, encoding="utf-8")
    return copy


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
async def test_systemd_takes_the_unit(path: Path, tmp_path: Path):
    """The program and the file of settings are not on this machine; everything else is as it is deployed."""
    copy = await asyncio.to_thread(_with_another_program, path, tmp_path)
    process = await asyncio.create_subprocess_exec(
        "systemd-analyze",
        "verify",
        str(copy),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert path.name not in said.decode(), said.decode()


def test_alerts_ask_for_what_is_measured():
    """Every name in the rules stands in docs/operations.md, and every name there in the program."""
    rules = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"dead_reckoning_(\w+)", rule["expr"])}
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    documented = {
        name
        for row in re.findall(r"^\| (`[a-z_]+[`{].*?) \|", told, re.M)
        for name in re.findall(r"`([a-z_]+)(?:\{[a-z,]+\})?`", row)
    }
    assert asked
    assert {re.sub(r"_(count|bucket|sum)$", "", name) for name in asked} <= documented
    places = [*ROOT.glob("bot/operations/*.py"), *ROOT.glob("engine_client/telemetry/*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in places)
    missing = {name for name in documented if f'"{name.removesuffix("_total")}"' not in source}
    assert missing == set()
    measured = set(re.findall(r"(?:gauge|counter|histogram)\(\s*\"([a-z_]+)\"", source))
    assert measured <= documented | {name.removesuffix("_total") for name in documented}


def test_there_is_a_unit_for_the_bot_and_one_for_the_worker():
    assert [path.stem for path in UNITS] == ["dead-reckoning-worker", "dead-reckoning"]
