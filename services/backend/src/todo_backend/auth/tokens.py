"""Access tokens: a signed JWT that names a row of the session table."""

import time
from typing import Annotated, NamedTuple

import jwt
from fastapi import Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select

from todo_backend.ids import is_id, new_id
from todo_backend.problems import Problem
from todo_backend.tables import session

ISSUER = "todo-backend"
ALGORITHM = "HS256"
LONGEST_TOKEN = 2048
REMEMBERED = 4096  # checked tokens, about half a KiB each


class Unauthorized(Problem):
    status, code = 401, "unauthorized"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


class SessionEnded(Unauthorized):
    def __init__(self) -> None:
        super().__init__("The access token is no longer valid; log in again.")


class TokenExpired(Unauthorized):
    def __init__(self) -> None:
        super().__init__("The access token has expired; log in again.")


class NotLoggedIn(Problem):
    status, code = 401, "unauthorized"

    def __init__(self) -> None:
        super().__init__("Log in and send the access token.", headers={"WWW-Authenticate": "Bearer"})


class Caller(NamedTuple):
    """Who asks, as the token's signature says; whether the token is still good, the session table says."""

    account_id: str
    session_id: str
    expires_at: int


class Tokens:
    """Signs and checks tokens with one key."""

    def __init__(self, key: str, lifetime: int) -> None:
        self._key = key
        self.lifetime = lifetime
        self._checked: dict[str, Caller] = {}

    def sign(self, caller: Caller) -> str:
        """Return the token; the same caller gives the same token, so a repeat need not be stored with it."""
        claims = {
            "iss": ISSUER,
            "sub": caller.account_id,
            "jti": caller.session_id,
            "iat": caller.expires_at - self.lifetime,
            "exp": caller.expires_at,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def check(self, token: str) -> Caller:
        """Return who the token was made for; raises Unauthorized if it is forged, expired or no token."""
        # The same text has the same signature, so a token is decoded once, not at each request. Only good
        # ones are kept; whether one was logged out is not decided here.
        caller = self._checked.get(token)
        if caller is None:
            caller = self._decode(token)
            if len(self._checked) >= REMEMBERED:
                self._checked.clear()
            self._checked[token] = caller
        elif caller.expires_at <= time.time():
            del self._checked[token]
            raise TokenExpired
        return caller

    def _decode(self, token: str) -> Caller:
        if len(token) > LONGEST_TOKEN:
            raise Unauthorized("The access token is not valid.")
        try:
            claims = jwt.decode(
                token,
                self._key,
                [ALGORITHM],
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "jti"], "verify_iat": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired from error
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Unauthorized("The access token is not valid.") from error
        if not (is_id(claims["sub"]) and is_id(claims["jti"])):
            raise Unauthorized("The access token is not valid.")
        return Caller(claims["sub"], claims["jti"], claims["exp"])


def _is(session_id: object, account_id: object) -> ColumnElement[bool]:
    return (session.c.id == session_id) & (session.c.account_id == account_id) & (session.c.expires_at > func.now())


def open_session(connection: Connection, account_id: str, lifetime: int) -> Caller:
    caller = Caller(account_id, new_id(), int(time.time()) + lifetime)
    connection.execute(
        insert(session).values(
            id=caller.session_id, account_id=account_id, expires_at=func.to_timestamp(caller.expires_at)
        )
    )
    return caller


def close_session(connection: Connection, caller: Caller) -> bool:
    """End the session; returns whether there was one."""
    return connection.execute(delete(session).where(_is(caller.session_id, caller.account_id))).rowcount > 0


def session_exists() -> ColumnElement[bool]:
    """Return the condition on the parameters `session_id` and `account_id`, for use in a larger statement."""
    return exists(select(1).where(_is(bindparam("session_id"), bindparam("account_id"))))


def session_parameters(caller: Caller) -> dict[str, str]:
    return {"session_id": caller.session_id, "account_id": caller.account_id}


_SESSION = select(session_exists())


def require_session(connection: Connection, caller: Caller) -> None:
    """Raise SessionEnded if the session was logged out or its account is gone."""
    if not connection.execute(_SESSION, session_parameters(caller)).scalar_one():
        raise SessionEnded


class Bearer(HTTPBearer):
    """The Authorization header, as FastAPI documents it, read in one step with what it means."""

    def __init__(self) -> None:
        super().__init__(auto_error=False, description="The access_token of signup or login")

    async def __call__(self, request: Request) -> Caller:  # type: ignore[override]
        """Return who the request's token names; raises NotLoggedIn or Unauthorized."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotLoggedIn
        tokens: Tokens = request.app.state.service.tokens
        return tokens.check(token.strip())


CallerDep = Annotated[Caller, Security(Bearer())]
