"""Sign up, log in, log out, look at and remove the account."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic_core import to_json
from sqlalchemy import Connection, RowMapping, delete, select
from sqlalchemy.dialects.postgresql import insert
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from todo_backend import events, rate_limits
from todo_backend.auth.passwords import is_common
from todo_backend.auth.schemas import Confirmation, Login, Signup, Token, User
from todo_backend.auth.tokens import (
    Caller,
    CallerDep,
    SessionEnded,
    close_session,
    open_session,
    require_session,
    session_exists,
    session_parameters,
)
from todo_backend.idempotency import Answer, OnceDep, perform
from todo_backend.ids import new_id
from todo_backend.problems import InvalidRequest, Problem
from todo_backend.service import Service, ServiceDep
from todo_backend.tables import account, idempotency

router = APIRouter(prefix="/api/auth", tags=["auth"])

_USER = (account.c.id, account.c.email, account.c.name, account.c.created_at)


class EmailTaken(Problem):
    status, code = 409, "email_taken"


class WrongCredentials(Problem):
    status, code = 401, "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong.", headers={"WWW-Authenticate": "Bearer"})


def client_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


AddressDep = Annotated[str, Depends(client_address)]


@router.post("/signup", status_code=201, response_model=Token)
async def signup(body: Signup, service: ServiceDep, address: AddressDep, once: OnceDep) -> Response:
    """Make an account and log it in."""
    settings = service.settings
    if settings.refuse_common_passwords and is_common(body.password, body.email):
        message = "is one of those that are guessed first; choose another"
        raise InvalidRequest(f"The password {message}.", errors=[{"field": "password", "message": message}])

    def count() -> None:
        with service.database.begin() as connection:
            rate_limits.take(connection, f"signup:{address}", settings.signup_limit_per_address)

    await run_in_threadpool(count)
    password_hash = await service.hasher.hash(body.password)

    def create() -> Response:
        with service.database.begin() as connection:

            def act() -> Answer:
                values = {
                    "id": new_id(),
                    "email": body.email,
                    "name": body.name,
                    "password_hash": password_hash,
                }
                created = insert(account).values(values).on_conflict_do_nothing().returning(*_USER)
                user = connection.execute(created).mappings().first()
                if user is None:
                    raise EmailTaken("An account with this e-mail address exists.")
                return _session_answer(service, connection, 201, user)

            return _with_token(service, perform(connection, f"email:{body.email}", once, act))

    return await run_in_threadpool(create)


@router.post("/login", response_model=Token)
async def login(body: Login, service: ServiceDep, address: AddressDep, once: OnceDep) -> Response:
    """Log in."""
    account_key, per_account = f"login-account:{body.email}", service.settings.login_limit_per_account

    def look_up() -> RowMapping | None:
        with service.database.begin() as connection:
            rate_limits.take(connection, f"login:{address}", service.settings.login_limit_per_address)
            rate_limits.take(connection, account_key, per_account)
            query = select(*_USER, account.c.password_hash).where(account.c.email == body.email)
            return connection.execute(query).mappings().first()

    user = await run_in_threadpool(look_up)
    good = await service.hasher.matches(user["password_hash"] if user else None, body.password)
    if user is None or not good:
        raise WrongCredentials

    def start() -> Response:
        with service.database.begin() as connection:
            # Only wrong passwords count against an account.
            rate_limits.give_back(connection, account_key, per_account)
            answer = perform(
                connection,
                f"email:{body.email}",
                once,
                lambda: _session_answer(service, connection, 200, user),
            )
            return _with_token(service, answer)

    return await run_in_threadpool(start)


@router.post("/logout", status_code=204)
def logout(caller: CallerDep, service: ServiceDep, once: OnceDep) -> Response:
    """Make the token useless, at once and everywhere."""
    with service.database.begin() as connection:

        def act() -> Answer:
            if not close_session(connection, caller):
                raise SessionEnded
            events.publish_end(connection, caller.account_id, caller.session_id)
            return Answer(204)

        # The first request has ended the session, so its repeat is recognised before that is looked at.
        return perform(connection, f"account:{caller.account_id}", once, act).response()


@router.get("/me", response_model=User)
def me(caller: CallerDep, service: ServiceDep) -> Response:
    """Say who is logged in."""
    query = select(*_USER).where(account.c.id == caller.account_id, session_exists())
    user = service.database.read(
        lambda connection: connection.execute(query, session_parameters(caller)).mappings().first()
    )
    if user is None:
        raise SessionEnded
    return Answer(200, to_json(dict(user))).response()


@router.delete("/me", status_code=204)
async def remove(body: Confirmation, caller: CallerDep, service: ServiceDep) -> Response:
    """Remove the account and everything in it, for good. The password confirms it."""
    key, limit = f"login-account-id:{caller.account_id}", service.settings.login_limit_per_account

    def look_up() -> str | None:
        with service.database.begin() as connection:
            require_session(connection, caller)
            rate_limits.take(connection, key, limit)
            query = select(account.c.password_hash).where(account.c.id == caller.account_id)
            stored: str | None = connection.execute(query).scalar()
            return stored

    if not await service.hasher.matches(await run_in_threadpool(look_up), body.password):
        raise WrongPassword("The password is wrong; nothing was removed.")

    def delete_all() -> Response:
        with service.database.begin() as connection:
            removed = delete(account).where(account.c.id == caller.account_id).returning(account.c.email)
            email = connection.execute(removed).scalar()
            scopes = [f"account:{caller.account_id}", f"email:{email}"]
            connection.execute(delete(idempotency).where(idempotency.c.scope.in_(scopes)))
            events.publish_end(connection, caller.account_id, None)
        return Answer(204).response()

    return await run_in_threadpool(delete_all)


class WrongPassword(Problem):
    # Not 401: the token is good, and a client that logs out on 401 must not do so on a typing error.
    status, code = 403, "wrong_password"


def _session_answer(service: Service, connection: Connection, status: int, user: RowMapping) -> Answer:
    """Open a session; the answer holds who and until when, but not the token, so that it may be stored."""
    caller = open_session(connection, user["id"], service.tokens.lifetime)
    public = {name: user[name] for name in ("id", "email", "name", "created_at")}
    return Answer(status, to_json({"session": caller._asdict(), "user": public}))


def _with_token(service: Service, answer: Answer) -> Response:
    kept: dict[str, Any] = json.loads(answer.body)
    body = {
        "access_token": service.tokens.sign(Caller(**kept["session"])),
        "token_type": "bearer",
        "expires_in": service.tokens.lifetime,
        "user": kept["user"],
    }
    headers = {"Cache-Control": "no-store"}
    return Answer(answer.status, to_json(body), headers, answer.replayed).response()
