"""Every knob of Tideline, read once from the environment, `.env`, `tideline.toml` and the embedded services.

Earlier sources win: arguments, `TIDELINE_*` variables, `.env`, `tideline.toml`, `<data_dir>/services.toml`.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import TomlConfigSettingsSource

from models.how import How
from stream.errors import SettingsInvalid

DEMO_SECRET = "tideline-demo-secret-not-for-real-people"  # noqa: S105 public on purpose: demo mode only
SHORTEST_SECRET = 32
MAKE_SECRETS = "run `tideline doctor --make-secrets`, which writes good ones to .env"


class Settings(BaseSettings):
    """What every command needs to know; see docs/settings.md for the meaning of each name."""

    model_config = SettingsConfigDict(
        env_prefix="TIDELINE_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    mode: Literal["demo", "live"] = "live"
    data_dir: Path = Path(".tideline")
    kafka: str = ""
    database: SecretStr = SecretStr("")
    dashboard_password: SecretStr = Field(default=SecretStr(""), description="of role tideline_dashboard")
    person_password: SecretStr = Field(default=SecretStr(""), description="of role tideline_person")
    grafana_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    grafana_token: SecretStr = SecretStr("")
    grafana_folder: str = Field(default="Tideline", min_length=1, max_length=80)
    grafana_database: str = Field(default="", pattern=r"^([^\s/]+/[^\s/]+)?$", description="host:port/name")
    grafana_tls: Literal["disable", "require", "verify-ca", "verify-full"] = "require"
    posts_topic: str = "posts"
    dead_topic: str = "posts.dead"
    partitions: int = Field(default=4, ge=1, le=1024)
    group: str = Field(default="tideline", min_length=1)

    pseudonym_key: SecretStr = SecretStr(DEMO_SECRET)
    webhook_secret: SecretStr = SecretStr(DEMO_SECRET)
    webhook_url: str = Field(default="", repr=False, description="its path may be a secret")
    seal_key: SecretStr = SecretStr(DEMO_SECRET)
    allow_private_endpoints: bool = False
    dead_endpoint_hours: float = Field(default=24, gt=0, le=24 * 30)
    smtp_url: SecretStr = SecretStr("")
    mail_to: str = ""
    mail_from: str = "tideline@localhost"

    model: str = "default"
    models_folder: Path = Field(default_factory=lambda before: before["data_dir"] / "models")
    precision: Literal["single", "half", "auto"] = "single"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    cache_mb: float = Field(default=0, ge=0, le=65_536, description="0 remembers no scores")
    torch_threads: int = Field(default=1, ge=0, le=256, description="0 leaves the choice to torch")
    languages: frozenset[str] = Field(default=frozenset({"en", "ko"}), min_length=1)
    routes: dict[str, str] = Field(default={}, description="language → model; see `stream/routes.py`")
    baselines: Literal["transfer", "rescore"] = Field(default="transfer", description="carried over so")
    rules: Path | None = None

    alert_budget: int = Field(default=0, ge=0, le=1_000_000, description="0 is no limit")
    alert_budget_hours: float = Field(default=24, ge=1, le=7 * 24)
    escalate_minutes: dict[Literal["high", "medium", "low"], Annotated[float, Field(ge=0, le=30 * 24 * 60)]] = Field(
        default={"high": 30, "medium": 120, "low": 720}, description="0 is never"
    )
    desk_url: str = Field(default="", pattern=r"^(https?://\S+)?$", description="links lead there; the case id follows")
    moderator: str = Field(default="", max_length=80)

    batch_size: int = Field(default=2048, ge=1, le=10_000)
    batch_seconds: float = Field(default=0.5, gt=0, le=60)
    lateness_minutes: float = Field(default=10, ge=0, le=7 * 24 * 60)
    future_minutes: float = Field(default=10, ge=0, le=525_600)
    text_days: float = Field(default=30, ge=0, le=36_500, description="0 stores no text at all")
    label_text_days: float = Field(default=365, ge=0, le=36_500, description="0 keeps no words of labelled posts")
    label_consent: bool = False
    label_second_share: float = Field(default=0.1, ge=0, le=1)
    tick_seconds: float = Field(default=0, ge=0, description="live clock ticks; 0 while replaying history")

    dead_share: float = Field(default=0.5, gt=0, le=1)
    dead_window: int = Field(default=1000, ge=1)
    dead_run: int = Field(default=200, ge=1)
    shadow_seconds: float = Field(default=5, gt=0, le=600, description="what a batch waits at most for a challenger")
    shadow_days: float = Field(default=90, gt=0, le=36_500)
    drain_seconds: float = Field(default=30, gt=0)
    session_seconds: float = Field(default=10, ge=6, le=90)
    health_file: Path | None = None
    metrics_port: int = Field(default=0, ge=0, le=65535, description="0 serves no metrics")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 the parent's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        config = Path(os.environ.get("TIDELINE_CONFIG", "tideline.toml"))
        data_dir = Path(os.environ.get("TIDELINE_DATA_DIR", ".tideline"))
        files = [config, data_dir / "services.toml"]
        tomls = [TomlConfigSettingsSource(settings_cls, path) for path in files]
        return (init_settings, env_settings, dotenv_settings, *tomls)

    @property
    def how(self) -> How:
        return How(self.precision, self.device, int(self.cache_mb * 1e6))

    @property
    def key(self) -> bytes:
        return self.pseudonym_key.get_secret_value().encode()

    @property
    def database_url(self) -> str:
        return self.database.get_secret_value()

    def require_services(self) -> "Settings":
        """Refuse to go on without a broker and a database."""
        return self.require_kafka().require_database()

    def require_kafka(self) -> "Settings":
        return self._require("broker", "TIDELINE_KAFKA", self.kafka)

    def require_database(self) -> "Settings":
        return self._require("database", "TIDELINE_DATABASE", self.database_url)

    def _require(self, what: str, variable: str, value: str) -> "Settings":
        if not value:
            raise SettingsInvalid(
                f"no {what} is configured: run `tideline up` for embedded services, or set {variable}"
            )
        return self

    def require_secrets(self) -> "Settings":
        """Refuse the public demo secret, and short ones, anywhere but in demo mode."""
        if self.mode == "demo":
            return self
        for name in ("pseudonym_key", "webhook_secret"):
            self._refuse_weak(name, [getattr(self, name).get_secret_value()])
        return self

    def require_seal(self) -> list[str]:
        """The keys that seal endpoints, the one in use first; the public one only in demo mode."""
        keys = self.seal_key.get_secret_value().split()
        if self.mode != "demo":
            self._refuse_weak("seal_key", keys or [""])
        return keys

    def _refuse_weak(self, name: str, secrets: list[str]) -> None:
        for secret in secrets:
            if secret == DEMO_SECRET or len(secret) < SHORTEST_SECRET:
                weak = "the public demo secret" if secret == DEMO_SECRET else "too short"
                raise SettingsInvalid(f"TIDELINE_{name.upper()} is {weak}: {MAKE_SECRETS}")


NO_SETTINGS = {"TIDELINE_CONFIG", "TIDELINE_DATABASE_PASSWORD", "TIDELINE_FAULT", "TIDELINE_FAULTS"}


SHAPES = {
    "languages": """TIDELINE_LANGUAGES must be a JSON list such as '["en", "ko"]'""",
    "escalate_minutes": """TIDELINE_ESCALATE_MINUTES must be a JSON object such as '{"high": 30, "low": 720}'""",
    "routes": """TIDELINE_ROUTES must be a JSON object such as '{"ko": "my-model"}'""",
}


def unknown_names() -> list[str]:
    """Variables that look like settings but are none: most likely misspelt."""
    known = {f"TIDELINE_{name.upper()}" for name in Settings.model_fields} | NO_SETTINGS
    return sorted(name for name in os.environ if name.startswith("TIDELINE_") and name not in known)


def read_settings(**overrides: Any) -> Settings:
    """Read the settings once; what is wrong with them is told in one sentence."""
    named = os.environ.get("TIDELINE_CONFIG")
    if named and not Path(named).exists():
        raise SettingsInvalid(f"TIDELINE_CONFIG names {named}, which does not exist: correct it or unset it")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsInvalid(f"the setting TIDELINE_{name} is wrong: {first['msg']}") from error
    except ValueError as error:
        what = next((shape for name, shape in SHAPES.items() if f'"{name}"' in str(error)), str(error))
        raise SettingsInvalid(f"the settings cannot be read: {what}; a settings file must be valid TOML") from error
