"""What the environment says, checked once at start-up."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, Json
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from todo_chatbot.schemas import ExamResult

KEY_MIN_BYTES = 32


class BadSecretError(Exception):
    """A secret is missing or unfit; the message says which file and what is wrong with it."""


class Settings(BaseSettings):
    """Every setting is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    host: str = "0.0.0.0"  # noqa: S104 - a container is reached from outside by its address
    port: Annotated[int, Field(ge=1, le=65535)] = 8001
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    secrets_dir: Path = Path("/run/secrets")

    backend_url: AnyHttpUrl = AnyHttpUrl("http://backend:8000")
    backend_timeout: Annotated[float, Field(gt=0, le=30)] = 5

    ollama_url: AnyHttpUrl = AnyHttpUrl("http://ollama:11434")
    ollama_model: Annotated[str, Field(min_length=1)] = "smollm2:135m"
    ollama_threads: Annotated[int, Field(ge=1, le=64)] = 1
    model_timeout: Annotated[float, Field(gt=0, le=9)] = 8
    model_probe_interval: Annotated[float, Field(gt=0, le=600)] = 2
    # What `chatbot exam` printed, where Ollama takes no note of it.
    model_exam: Annotated[Json[ExamResult] | None, NoDecode] = None

    confirm_lifetime: Annotated[int, Field(ge=10, le=3600)] = 300
    undo_lifetime: Annotated[int, Field(ge=10, le=86400)] = 3600

    @cached_property
    def chatbot_key(self) -> bytes:
        """The signing key's bytes, read from the file `chatbot_key` in the secrets directory.

        Raises BadSecretError when the file cannot be read or the key is shorter than 32 bytes.
        """
        path = self.secrets_dir / "chatbot_key"
        try:
            key = path.read_bytes().strip()
        except OSError as error:
            raise BadSecretError(f"read the signing key {path}: {error.strerror}") from error
        if len(key) < KEY_MIN_BYTES:
            raise BadSecretError(f"read the signing key {path}: it has {len(key)} bytes, {KEY_MIN_BYTES} are needed")
        return key
