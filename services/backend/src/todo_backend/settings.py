"""What the environment and the secret files say."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource
from sqlalchemy import URL

# RFC 7518 3.2: an HS256 key must be at least as long as the hash, 256 bits.
SHORTEST_KEY = 32


class SettingsError(Exception):
    """A setting or a secret is missing or wrong; the message is a sentence for the operator."""


class Secrets(BaseSettings):
    """Secrets, read from files only: an environment shows in `docker inspect` and in crash dumps."""

    postgres_password: Annotated[SecretStr, Field(min_length=1)]
    jwt_key: Annotated[SecretStr, Field(min_length=SHORTEST_KEY)]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del init_settings, env_settings, dotenv_settings, file_secret_settings
        return (SecretsSettingsSource(settings_cls, secrets_dir=secrets_dir()),)


class Settings(BaseSettings):
    """Everything that is not secret, from environment variables of the same names."""

    host: str = "0.0.0.0"  # noqa: S104  a container is reached from outside or not at all
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    database_host: str = "postgres"
    database_port: Annotated[int, Field(ge=1, le=65535)] = 5432
    database_name: str = "todo"
    database_user: str = "todo"
    database_sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = "prefer"
    # A file with the authority's certificate; it counts where the mode verifies one.
    database_sslrootcert: str = ""
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 10
    token_lifetime: Annotated[int, Field(ge=1, le=30 * 86400)] = 3600
    refuse_common_passwords: bool = True
    # Attempts per minute; 0 means no limit.
    login_limit_per_account: Annotated[int, Field(ge=0, le=100_000)] = 10
    login_limit_per_address: Annotated[int, Field(ge=0, le=100_000)] = 120
    signup_limit_per_address: Annotated[int, Field(ge=0, le=100_000)] = 60
    # Whose X-Forwarded-For is believed: addresses or networks, separated by commas.
    trusted_proxies: str = ""
    migrate_wait: Annotated[int, Field(ge=0, le=3600)] = 60
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class Configuration:
    """Settings and secrets together."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self.settings = settings
        self.jwt_key = secrets.jwt_key.get_secret_value()
        self._password = secrets.postgres_password.get_secret_value()

    def database_url(self) -> URL:
        mode, authority = self.settings.database_sslmode, self.settings.database_sslrootcert
        verified = {"sslrootcert": authority} if authority and mode.startswith("verify-") else {}
        return URL.create(
            "postgresql+psycopg2",
            username=self.settings.database_user,
            password=self._password,
            host=self.settings.database_host,
            port=self.settings.database_port,
            database=self.settings.database_name,
            query={"sslmode": mode, **verified},
        )


def secrets_dir() -> Path:
    return Path(os.environ.get("SECRETS_DIR", "/run/secrets"))


def load() -> Configuration:
    """Read and check everything.

    Raises SettingsError with one sentence per problem; it never repeats a value, which may be a secret.
    """
    folder = secrets_dir()
    if not folder.is_dir():
        raise SettingsError(f"read secrets: the folder {folder} does not exist (SECRETS_DIR names another)")
    problems: list[str] = []
    settings, secrets = None, None
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [f"environment variable {str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
    try:
        secrets = Secrets()
    except ValidationError as error:
        problems += [f"secret file {folder / str(e['loc'][0])}: {_secret_problem(e['type'])}" for e in error.errors()]
    except OSError as error:
        problems.append(f"read secrets: {error}")
    if settings is None or secrets is None:
        raise SettingsError("; ".join(problems))
    return Configuration(settings, secrets)


def _secret_problem(kind: str) -> str:
    if kind == "missing":
        return "is missing"
    return f"is too short (jwt_key needs at least {SHORTEST_KEY} characters, postgres_password at least 1)"
