"""Settings: the only place that reads the environment. Read once, handed down as arguments.

Every field is documented for operators in ``docs/reference/settings.md`` and listed in ``.env.example``;
a test keeps the three together.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder that holds ``bot/``, ``questions/`` and ``migrations/``."""


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    """For people on a terminal, JSON elsewhere."""
    CONSOLE = "console"
    JSON = "json"


class BadSettings(Exception):
    """The environment holds a value that cannot be used. The text names each variable and what it needs."""


class Settings(BaseSettings):
    """What an operator can set, by environment variable or in ``.env`` beside ``./warmup``.

    The environment wins over ``.env``. An empty value counts as not set.
    """

    model_config = SettingsConfigDict(
        env_file=CHECKOUT / ".env", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    """The PostgreSQL server to use. Without it `up` starts an embedded one in the data folder."""
    data_dir: Path = Field(CHECKOUT / ".warmup", validation_alias="WARMUP_DATA_DIR")
    """Where the embedded database, the sandbox's packages and backups live."""
    questions_dir: Path = Field(CHECKOUT / "questions", validation_alias="WARMUP_QUESTIONS_DIR")
    """The bank that `up` and `migrate` load when they start."""

    discord_token: SecretStr | None = Field(None, validation_alias="DISCORD_TOKEN")
    """The bot token of a Discord application; with it the bot connects to Discord."""
    discord_api_base: str | None = Field(None, validation_alias="DISCORD_API_BASE")
    """Another address for Discord's HTTP interface (a proxy, a test server)."""
    slack_bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    """The bot token (`xoxb-`) of a Slack app."""
    slack_app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    """The app-level token (`xapp-`) for Socket Mode."""
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    """The signing secret that proves that a request over HTTP comes from Slack."""
    slack_client_id: str | None = Field(None, validation_alias="SLACK_CLIENT_ID")
    """The app's client id: with the secret, any workspace can install the app by OAuth."""
    slack_client_secret: SecretStr | None = Field(None, validation_alias="SLACK_CLIENT_SECRET")
    """The app's client secret."""
    slack_redirect_url: str | None = Field(None, validation_alias="SLACK_REDIRECT_URL")
    """Which of the app's redirect addresses to use; Slack takes the first one otherwise."""
    seal_keys: SecretStr | None = Field(None, validation_alias="WARMUP_TOKEN_KEYS")
    """Keys, separated by commas, that tokens of workspaces are encrypted with; the first one encrypts."""
    slack_api_base: str | None = Field(None, validation_alias="SLACK_API_BASE")
    """Another address for Slack's Web API (a proxy, a test server)."""
    slack_command_prefix: str = Field("", validation_alias="WARMUP_SLACK_COMMAND_PREFIX")
    """What stands before the names of the slash commands, where another app has taken them: `warmup-`."""
    slack_admins: Annotated[tuple[str, ...], NoDecode] = Field((), validation_alias="WARMUP_SLACK_ADMINS")
    """Member ids, separated by commas, who may set Warmup up besides the workspace's admins."""

    web_host: str = Field("127.0.0.1", validation_alias="WARMUP_WEB_HOST")
    """The address that the web server binds to. The playground has no log-in: keep it on loopback."""
    web_port: int = Field(8000, ge=0, le=65535, validation_alias="WARMUP_WEB_PORT")
    """The port of the web server; 0 takes a free one and says which."""
    web_allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias="WARMUP_WEB_ALLOWED_HOSTS"
    )
    """Host names, separated by commas, that the playground answers to besides loopback."""

    worker_concurrency: int = Field(2, ge=1, le=256, validation_alias="WARMUP_WORKER_CONCURRENCY")
    """How many submissions one worker grades at the same time."""
    submit_cooldown_s: float = Field(10, ge=0, le=3600, validation_alias="WARMUP_SUBMIT_COOLDOWN_S")
    """Seconds between two submissions of a member."""
    daily_attempts: int = Field(50, ge=1, le=10_000, validation_alias="WARMUP_DAILY_ATTEMPTS")
    """How often a member may hand in for one challenge in 24 hours."""
    sandbox_dir: Path | None = Field(None, validation_alias="WARMUP_SANDBOX_DIR")
    """Where the packages for submissions are installed; default ``sandbox-env`` in the data folder."""
    sandbox_requirements: Path | None = Field(None, validation_alias="WARMUP_SANDBOX_REQUIREMENTS")
    """A requirements file with further packages that submissions may import."""

    keep_left_days: int = Field(90, ge=1, le=3650, validation_alias="WARMUP_KEEP_LEFT_DAYS")
    """Days that what a community earned is kept after it removed Warmup."""
    keep_deliveries_days: int = Field(30, ge=0, le=3650, validation_alias="WARMUP_KEEP_DELIVERIES_DAYS")
    """Days that entries of the outbox are kept after they were sent or given up; 0: for ever."""
    keep_messages_days: int = Field(365, ge=0, le=3650, validation_alias="WARMUP_KEEP_MESSAGES_DAYS")
    """Days that lines of the playground's chat are kept; 0: for ever."""
    keep_code_days: int = Field(0, ge=0, le=3650, validation_alias="WARMUP_KEEP_CODE_DAYS")
    """Days that the code of submissions is kept; verdicts and points stay. 0: for ever."""

    log_level: str = Field("info", validation_alias="WARMUP_LOG_LEVEL")
    """debug, info, warning or error."""
    log_format: LogFormat = Field(LogFormat.AUTO, validation_alias="WARMUP_LOG_FORMAT")
    """auto, console or json."""

    @field_validator("slack_command_prefix")
    @classmethod
    def _command_prefix(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9_-]{0,16}", value):
            raise ValueError("must be at most 16 small letters, digits, hyphens and underscores")
        return value

    @field_validator("web_allowed_hosts", "slack_admins", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        level = value.lower()
        if level not in {"debug", "info", "warning", "error"}:
            raise ValueError("must be debug, info, warning or error")
        return level

    @field_validator("data_dir", "questions_dir", "sandbox_dir", "sandbox_requirements")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value if value is None else value.expanduser().absolute()

    @property
    def wants_discord(self) -> bool:
        """Whether the bot is to connect to Discord."""
        return self.discord_token is not None

    @property
    def wants_slack(self) -> bool:
        """Whether the bot is to connect to Slack."""
        return self.slack_bot_token is not None or self.slack_client_id is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value that is set, for the log filter."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


def variable_names() -> dict[str, str]:
    """The environment variable of each field of ``Settings``."""
    return {field: str(info.validation_alias) for field, info in Settings.model_fields.items()}


PLATFORM_SECRETS = (
    "discord_token",
    "slack_bot_token",
    "slack_app_token",
    "slack_signing_secret",
    "slack_client_secret",
    "seal_keys",
)
"""What only the processes that talk to a platform may know."""


def read_settings(env_file: Path | None = CHECKOUT / ".env", *, platforms: bool = True) -> Settings:
    """The settings of this process; without ``platforms`` (a worker) no platform's secrets are among them.

    Raises ``BadSettings`` with one line for each variable that cannot be used; values are not repeated,
    because they may be secrets.
    """
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        names = variable_names()
        lines = []
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            place = str(problem["loc"][0]) if problem["loc"] else ""
            reason = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{names.get(place, place)}: {reason[:1].lower()}{reason[1:]}")
        raise BadSettings("\n".join(lines)) from None
    if not platforms:
        settings = settings.model_copy(update=dict.fromkeys(PLATFORM_SECRETS))
    return settings


def worker_environment(database_url: str) -> dict[str, str]:
    """The environment for a worker started by this process: its own, with the database and without tokens."""
    names = variable_names()
    secrets = {names[field] for field in PLATFORM_SECRETS}
    own = {name: value for name, value in os.environ.items() if name not in secrets}
    return own | {names["database_url"]: database_url}
