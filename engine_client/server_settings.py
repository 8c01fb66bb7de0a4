"""The settings of the engine's own process: the bot's names and defaults, as far as an engine needs them.

A test compares the two, so that one `.env` serves both.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServerSettings(BaseSettings):
    """What `python -m engine_client.server` reads from the environment or `.env`."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    engine_token: SecretStr = Field(default=SecretStr(""))
    data_dir: Path = Field(default=Path("data"))
    database_url: str = Field(default="")
    files_url: str = Field(default="")
    files_copies_mib: int = Field(default=512, ge=16, le=1_000_000)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO")
    log_format: Literal["text", "json"] = Field(default="text")
    picture_threads: int = Field(default=2, ge=1, le=64)
    picture_cache_mb: int = Field(default=192, ge=16, le=4096)
    content_dir: Path | None = Field(default=None)
    session_idle_seconds: int = Field(default=3600, ge=60)

    @field_validator("content_dir", mode="before")
    @classmethod
    def _folder(cls, value: object) -> object:
        """Take an empty text for no folder, and refuse a folder that is not there."""
        if value is None or value == "":
            return None
        if not Path(str(value)).is_dir():
            raise ValueError("there is no such folder")
        return value

    @field_validator("engine_token")
    @classmethod
    def _can_be_a_header(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise ValueError("a token is visible ASCII characters, without spaces")
        return value
