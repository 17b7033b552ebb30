"""Bodies of the account endpoints."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from todo_backend.schemas import Input

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_]{2,63}")
LONGEST_EMAIL = 254


def _email(value: str) -> str:
    value = unicodedata.normalize("NFC", value.strip()).lower()
    if len(value) > LONGEST_EMAIL or not value.isprintable() or not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value


# The longest are checked by hand, after trimming; this only bounds the work.
Email = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_email)]
Password = Annotated[str, StringConstraints(min_length=8, max_length=128)]


class Signup(Input):
    email: Email
    password: Password
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Login(Input):
    email: Email
    # Not checked for length: a wrong password is a wrong password, and 401 says it.
    password: Annotated[str, StringConstraints(max_length=1000)]


class Confirmation(Input):
    password: Annotated[str, StringConstraints(max_length=1000)]


class User(BaseModel):
    id: str
    email: str
    name: str
    created_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Token(BaseModel):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Field(description="seconds")]
    user: User
