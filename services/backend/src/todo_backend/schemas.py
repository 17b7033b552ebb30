"""What all of the service's input has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator


class Input(BaseModel):
    """A body or a query: unknown names are refused, and so is text that PostgreSQL cannot store."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def storable(cls, value: Any) -> Any:  # noqa: ANN401  whatever the client sent
        if isinstance(value, str):
            if "\x00" in value:
                raise ValueError("must not contain the NUL character")
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise ValueError("must not contain half of a surrogate pair")
        return value


class ProblemBody(BaseModel):
    """RFC 9457 problem details, for the API's description."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[dict[str, str]] | None = None
