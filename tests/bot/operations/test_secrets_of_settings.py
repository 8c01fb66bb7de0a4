"""Every secret that the settings hold is known to the log, so that none is written."""

from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings, secrets_of
from engine_client.telemetry.logs import Redactor
from tests.harness import settings_in

SECRETS = [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr]


def test_every_secret_field_and_every_password_is_known(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("AWS_SECRET_ACCESS_KEY=key-of-the-file\n")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-the-environment")
    values = {name: f"secret-of-{name.replace('_', '-')}" for name in SECRETS}
    url = "postgresql://bot:pass%20word@db.example/game"
    settings = settings_in(tmp_path, database_url=url, **values)
    redactor = Redactor(secrets_of(settings))
    hidden = [*values.values(), "pass%20word", "pass word", "key-of-the-file", "token-of-the-environment"]
    assert len(SECRETS) >= 4
    for secret in hidden:
        assert redactor.clean(f"it said {secret}!") == "it said ***!"
    assert redactor.clean("nothing to hide") == "nothing to hide"


def test_without_secrets_nothing_is_hidden(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    settings = settings_in(tmp_path, **dict.fromkeys(SECRETS, ""))
    assert secrets_of(settings) == []
