"""Settings are read once, from the environment before ``.env``, and say clearly what they cannot use."""

from pathlib import Path

import pytest
import yaml

from bot.config import CHECKOUT, BadSettings, Settings, read_settings, variable_names


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in variable_names().values():
        monkeypatch.delenv(name, raising=False)


def test_without_any_setting_the_playground_is_local_and_the_database_embedded():
    settings = read_settings(env_file=None)
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 8000)
    assert settings.database_url is None
    assert settings.data_dir == CHECKOUT / ".warmup"
    assert not settings.wants_discord
    assert not settings.wants_slack


def test_the_environment_wins_over_the_env_file(tmp_path, monkeypatch):
    env_file = tmp_path / ".env"
    env_file.write_text("WARMUP_WEB_PORT=9000\nDISCORD_TOKEN=from-file\nANOTHER_PROGRAM=1\n")
    monkeypatch.setenv("WARMUP_WEB_PORT", "9001")
    settings = read_settings(env_file)
    assert settings.web_port == 9001
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "from-file"


def test_an_empty_value_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("WARMUP_WEB_PORT", "")
    settings = read_settings(env_file=None)
    assert settings.database_url is None
    assert settings.web_port == 8000


def test_every_unusable_variable_is_named_and_its_value_is_not_repeated(monkeypatch):
    monkeypatch.setenv("WARMUP_WEB_PORT", "eighty")
    monkeypatch.setenv("WARMUP_LOG_LEVEL", "loudest")
    with pytest.raises(BadSettings) as caught:
        read_settings(env_file=None)
    text = str(caught.value)
    assert "WARMUP_WEB_PORT: input should be a valid integer" in text
    assert "WARMUP_LOG_LEVEL: must be debug, info, warning or error" in text
    assert "eighty" not in text


def test_allowed_hosts_are_a_list_with_commas(monkeypatch):
    monkeypatch.setenv("WARMUP_WEB_ALLOWED_HOSTS", "quiz.example.org, 10.0.0.7")
    assert read_settings(env_file=None).web_allowed_hosts == ("quiz.example.org", "10.0.0.7")


def test_folders_are_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARMUP_DATA_DIR", "data")
    assert read_settings(env_file=None).data_dir == tmp_path / "data"


def test_secrets_do_not_show_in_a_printed_value():
    settings = Settings(_env_file=None, discord_token="tok", database_url="postgresql://u:p@h/d")
    assert "tok" not in repr(settings).replace("discord_token", "").replace("_token", "")
    assert set(settings.secrets) == {"tok", "postgresql://u:p@h/d"}


@pytest.mark.parametrize("document", ["docs/reference/settings.md", ".env.example"])
def test_every_setting_is_documented(document):
    text = Path(CHECKOUT, document).read_text()
    assert [name for name in variable_names().values() if name not in text] == []


OF_THE_IMAGE = {
    "WARMUP_LOG_FORMAT",
    "WARMUP_QUESTIONS_DIR",
    "WARMUP_SANDBOX_DIR",
    "WARMUP_SANDBOX_REQUIREMENTS",
}
"""Settings that the Dockerfile, or what it copies, decides."""


def containers() -> dict[str, dict[str, str]]:
    """What each service of the compose file gets as its environment."""
    document = yaml.safe_load(Path(CHECKOUT, "docker-compose.yml").read_text())
    return {name: service.get("environment", {}) for name, service in document["services"].items()}


def test_every_setting_reaches_a_container():
    given = {name for environment in containers().values() for name in environment}
    assert set(variable_names().values()) - given == OF_THE_IMAGE


def test_the_containers_that_serve_slack_know_the_same_of_it():
    bot, web = containers()["bot"], containers()["web"]
    slack = {name for name in variable_names().values() if "SLACK" in name or name == "WARMUP_TOKEN_KEYS"}
    assert slack <= bot.keys()
    assert {name: bot[name] for name in slack} == {name: web[name] for name in slack}


@pytest.mark.parametrize("service", ["worker", "migrate"])
def test_what_runs_the_code_of_strangers_gets_no_token(service):
    secret = ("TOKEN", "SECRET", "SLACK", "DISCORD")
    assert [name for name in containers()[service] if any(word in name for word in secret)] == []
