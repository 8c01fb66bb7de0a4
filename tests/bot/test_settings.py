"""Settings: .env.example tells the truth, and a wrong value names its variable."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def default_text(name: str) -> str:
    value = Settings.model_fields[name].default
    value = getattr(value, "get_secret_value", lambda: value)()
    value = getattr(value, "value", value)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_example_lists_every_setting_with_its_default_and_meaning() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    listed = {
        line.partition("=")[0]: index for index, line in enumerate(lines) if "=" in line and line[0] != "#"
    }
    assert list(listed) == [name.upper() for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        index = listed[name.upper()]
        assert lines[index] == f"{name.upper()}={default_text(name)}"
        assert lines[index - 1] == f"# {field.description}"


def test_the_example_itself_is_accepted() -> None:
    settings = Settings(_env_file=EXAMPLE)  # type: ignore[call-arg]
    assert settings == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("RESUME_MODE", "perhaps"), ("PICTURE_THREADS", "0"), ("COMMAND_SYNC", "often"), ("TAPES_KEPT", "many")],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()
    assert value in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "engine:8430",
        "ftp://engine",
        "http://:8430",
        "http://a:b@engine",
        "http://engine:99999",
        "http://e?x=1",
    ],
)
def test_an_engines_address_is_checked_and_not_repeated(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ENGINE_URL", value)
    with pytest.raises(SettingsError, match="ENGINE_URL") as caught:
        load_settings()
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["tapes", "https://tapes", "s3://", "s3://key:secret@tapes", "s3://tapes?x=1"]
)
def test_a_place_of_files_is_checked_and_not_repeated(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("FILES_URL", value)
    with pytest.raises(SettingsError, match="FILES_URL") as caught:
        load_settings()
    assert "secret" not in str(caught.value)


def test_files_may_lie_below_a_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", "s3://tapes/here/and/there")
    assert load_settings().files_url == "s3://tapes/here/and/there"


def test_an_engine_may_lie_below_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE_URL", "https://games.example/engine")
    assert load_settings().engine_url == "https://games.example/engine"


def test_a_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "abc.def.secret")  # no real one
    monkeypatch.setenv("TAPES_KEPT", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "secret" not in str(caught.value)
    monkeypatch.delenv("TAPES_KEPT")
    assert "secret" not in repr(Settings())
