"""Errors that may be raised anywhere, and the one place that turns them into RFC 9457 answers."""

import logging
from http import HTTPStatus

import psycopg2.errors
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from todo_backend import logs

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Something to tell the client: subclasses set the status and the stable code."""

    status = 500
    code = "internal_error"

    def __init__(
        self,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.errors = errors


class NotFound(Problem):
    status, code = 404, "not_found"


class InvalidRequest(Problem):
    status, code = 422, "invalid_request"


class InvalidJson(Problem):
    status, code = 400, "invalid_json"


class UnsupportedMediaType(Problem):
    status, code = 415, "unsupported_media_type"


class BodyTooLarge(Problem):
    status, code = 413, "body_too_large"


class AccountGone(Problem):
    status, code = 401, "unauthorized"


class Unavailable(Problem):
    status, code = 503, "unavailable"


CODES = {404: "not_found", 405: "method_not_allowed", 400: "invalid_request", 413: "body_too_large"}


def answer(problem: Problem) -> Response:
    return problem_response(problem.status, problem.code, problem.detail, problem.headers, problem.errors)


def problem_response(
    status: int,
    code: str,
    detail: str,
    headers: dict[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    body: dict[str, object] = {
        "type": f"urn:todo-backend:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": logs.request_id.get(),
    }
    if errors is not None:
        body["errors"] = errors
    return Response(to_json(body), status, headers, MEDIA_TYPE)


def invalid(error: RequestValidationError) -> Problem:
    """Turn the framework's list into ours; the rejected input is not repeated, it may be a password."""
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return InvalidJson("The body is not valid JSON.")
    errors = [{"field": _field(e["loc"]), "message": _printable(str(e["msg"]))} for e in found]
    sentence = "; ".join(f"{e['field']}: {e['message']}" for e in errors[:3])
    return InvalidRequest(f"The request is not valid: {sentence}.", errors=errors)


def _field(location: tuple[int | str, ...]) -> str:
    names = [str(part) for part in location if part not in {"body", "query", "header", "path"}]
    return _printable(".".join(names)) or str(location[0])


def _printable(text: str) -> str:
    # Names come from the client too, and a lone surrogate cannot be encoded in an answer.
    return text.encode("utf-8", "replace").decode("utf-8")[:200]


def database_problem(error: Exception) -> Problem:
    """Say what a database error means for the client, or raise it again if it is our mistake."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, psycopg2.errors.LockNotAvailable | psycopg2.errors.QueryCanceled):
        return Unavailable("The database is busy; try again.", headers={"Retry-After": "1"})
    if isinstance(cause, psycopg2.errors.ForeignKeyViolation):
        # All foreign keys lead to the account: somebody removed it while this request was on its way.
        return AccountGone("The account was removed.", headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, DataError):
        return InvalidRequest("The request holds a value that is out of range.")
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        log.warning("database unavailable", extra={"fields": {"error": str(cause or error).strip()}})
        return Unavailable("The database does not answer; try again.", headers={"Retry-After": "1"})
    raise error


def register(app: FastAPI) -> None:
    """Make `app` answer every error as a problem."""

    async def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101  what the handler is registered for
        return answer(error)

    async def on_invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return answer(invalid(error))

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        if error.status_code == HTTPStatus.BAD_REQUEST:  # the framework's, for a body that json cannot read
            return answer(InvalidJson("The body is not valid JSON."))
        code = CODES.get(error.status_code, "http_error")
        return problem_response(error.status_code, code, f"{error.detail}.", dict(error.headers or {}))

    async def on_database(_: Request, error: Exception) -> Response:
        return answer(database_problem(error))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(DBAPIError, on_database)
    app.add_exception_handler(PoolTimeout, on_database)
