"""Every setting of the bot, read from the environment or `.env` and checked before anything starts.

`.env.example` lists the same names with the same defaults; a test compares the two.
"""

import os
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.endpoints import check_api, check_gateway
from bot.shards import MAX_SHARDS, Shards, parse_ids
from engine_client.telemetry.logs import password_in


class SettingsError(Exception):
    """A setting is wrong; the text names the variable and says why."""


class CommandSync(StrEnum):
    """When slash commands are sent to Discord."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class LogFormat(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


class Settings(BaseSettings):
    """The bot's settings. A field's description is the line that `.env.example` shows."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    discord_token: SecretStr = Field(
        SecretStr(""), description="The bot's token from the Discord developer portal; only `run` needs it."
    )
    discord_api_url: str = Field(
        "",
        description="A REST proxy, as http://proxy:3000 (a path ends with /v10); empty: Discord's own.",
    )
    discord_gateway_url: str = Field(
        "", description="A gateway proxy, as ws://proxy:7878; empty: Discord's own."
    )
    shard_count: int | None = Field(
        None,
        ge=1,
        le=MAX_SHARDS,
        description="Shards of the whole bot, alike in every process (1 to 16384); empty: as Discord says.",
    )
    shard_ids: str = Field(
        "", description="The shards of this process, as 0 or 0,2 or 0-3; empty: all. Needs SHARD_COUNT."
    )
    data_dir: Path = Field(Path("data"), description="The folder of all runtime data.")
    database_url: str = Field(
        "", description="Empty for SQLite in DATA_DIR; postgresql://user@host/name for many processes."
    )
    files_url: str = Field(
        "",
        description="Empty: files are in DATA_DIR; s3://bucket/prefix: there, by the AWS_* variables.",
    )
    files_copies_mib: int = Field(
        512,
        ge=16,
        le=1_000_000,
        description="Copies of s3:// files in DATA_DIR, in MiB (16 to 1000000).",
    )
    engine_url: str = Field(
        "", description="Where the game engine is served, as http://host:8430; empty: in this process."
    )
    engine_token: SecretStr = Field(
        SecretStr(""), description="The engine's bearer token; its server needs it beyond this machine."
    )
    resume_mode: bool = Field(
        True, description="true: voyages go on after a start; false: each is ended at its next touch."
    )
    command_sync: CommandSync = Field(
        CommandSync.AUTO, description="When slash commands are sent to Discord: auto, always or never."
    )
    log_level: LogLevel = Field(LogLevel.INFO, description="DEBUG, INFO, WARNING or ERROR.")
    log_format: LogFormat = Field(
        LogFormat.TEXT, description="text for people, or json: one object per line, for a log collector."
    )
    ops_host: str = Field(
        "127.0.0.1", description="Where /healthz, /readyz and /metrics listen; they need no token."
    )
    ops_port: int = Field(0, ge=0, le=65_535, description="Their port; 0: they are off.")
    picture_threads: int = Field(2, ge=1, le=64, description="Threads that draw pictures (1 to 64).")
    picture_cache_mb: int = Field(
        192,
        ge=16,
        le=4096,
        description="Memory for parts of pictures, in MiB (16 to 4096); under 96 is slow.",
    )
    tape_threads: int = Field(
        2, ge=0, le=64, description="Threads that build tapes (1 to 64); 0: workers elsewhere build them."
    )
    upload_limit_mib: int = Field(
        10,
        ge=1,
        le=500,
        description="Largest tape where the server's own limit is unknown, in MiB (1 to 500).",
    )
    tapes_kept: int = Field(20, ge=1, le=10_000, description="Tapes kept per channel (1 to 10000).")
    tapes_kept_mib: int = Field(
        100, ge=1, le=100_000, description="Tapes kept per channel, in MiB (1 to 100000)."
    )
    voyages_kept: int = Field(
        100, ge=1, le=10_000, description="Voyages kept in a channel's history (1 to 10000)."
    )
    tape_flipbook: bool = Field(
        False, description="true: tapes show drawn transitions (more CPU) unless a channel chose otherwise."
    )
    content_dir: Path | None = Field(
        None,
        description="A folder with TOML files of your own events and items (docs/content.md); empty: none.",
    )
    feeds_dir: Path | None = Field(
        None, description="A folder with feed files of your own (docs/feeds.md); empty: only those shipped."
    )
    steam_api_key: SecretStr = Field(
        SecretStr(""), description="A Steam Web API key; only the feed `steam` needs it."
    )
    factorio_username: str = Field(
        "", description="A Factorio account's name; only the feed `factorio` needs it."
    )
    factorio_token: SecretStr = Field(
        SecretStr(""), description="That account's token; only the feed `factorio` needs it."
    )
    session_idle_seconds: int = Field(
        3600,
        ge=60,
        description="Seconds after which an untouched session leaves memory, saved (at least 60).",
    )

    @field_validator("discord_api_url")
    @classmethod
    def _rest(cls, value: str) -> str:
        return check_api(value) if value else value

    @field_validator("discord_gateway_url")
    @classmethod
    def _gateway(cls, value: str) -> str:
        return check_gateway(value) if value else value

    @field_validator("shard_count", mode="before")
    @classmethod
    def _number_or_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("shard_ids")
    @classmethod
    def _of_the_count(cls, value: str, info: ValidationInfo) -> str:
        """Refuse ids that are none, or that the count does not have."""
        if "shard_count" not in info.data:  # That one is wrong already, and said so.
            return value
        count = info.data["shard_count"]
        if count is not None:
            Shards.parse(count, value)
        elif parse_ids(value):
            raise ValueError("SHARD_COUNT must be set as well, alike in every process of this bot")
        return value

    @field_validator("files_url")
    @classmethod
    def _bucket(cls, value: str) -> str:
        """Refuse what names no bucket, or carries a secret that belongs into the AWS_* variables."""
        parts = urlsplit(value)
        if value and (parts.scheme != "s3" or not parts.hostname or parts.netloc != parts.hostname):
            raise ValueError("files are at s3://bucket or s3://bucket/prefix; keys are in AWS_* variables")
        if parts.query or parts.fragment:
            raise ValueError("a place of files is bucket and prefix only")
        return value

    @field_validator("engine_url")
    @classmethod
    def _address(cls, value: str) -> str:
        """Refuse what is no HTTP address of a host, or carries a password that belongs into ENGINE_TOKEN."""
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0):
            raise ValueError("an address begins with http:// or https:// and names a host")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("an address is host, port and path only; the token belongs into ENGINE_TOKEN")
        return value

    @field_validator("engine_token")
    @classmethod
    def _can_be_a_header(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise ValueError("a token is visible ASCII characters, without spaces")
        return value

    @field_validator("content_dir", "feeds_dir", mode="before")
    @classmethod
    def _folder(cls, value: object) -> object:
        """Take an empty text for no folder, and refuse a folder that is not there."""
        if value is None or value == "":
            return None
        if not Path(str(value)).is_dir():
            raise ValueError("there is no such folder")
        return value


def secrets_of(settings: Settings) -> list[str]:
    """List what must never be written to a log: every secret setting, and the passwords of addresses."""
    values = [getattr(settings, name) for name in Settings.model_fields]
    held = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    known = {**dotenv_values(".env"), **os.environ}  # AWS_* are no settings of ours, obstore reads them
    cloud = [known.get(name) or "" for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
    return [text for text in [*held, *cloud, password_in(settings.database_url)] if text]


def load_settings(**overrides: object) -> Settings:
    """Read the settings. Raises SettingsError, whose text names every wrong variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(explain(error)) from error


def explain(error: ValidationError) -> str:
    """Say in one line per variable what is wrong with it, without repeating a secret."""
    lines = []
    for fault in error.errors(include_url=False):
        name = "_".join(str(part) for part in fault["loc"]).upper()
        given = "" if name.endswith(("TOKEN", "KEY", "URL")) else f" (given: {str(fault['input'])[:60]!r})"
        lines.append(f"{name}: {fault['msg'][0].lower()}{fault['msg'][1:]}{given}")
    return "\n".join(lines)
