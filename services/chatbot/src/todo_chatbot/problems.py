"""The errors that an answer may be, and the one place that turns them into problem details (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from todo_chatbot import logs

log = logging.getLogger(__name__)


class ProblemError(Exception):
    """An error that the caller is told about: a status, a stable code and a sentence."""

    status = 500
    code = "internal_error"

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}


class UnauthorizedError(ProblemError):
    """The caller's token is missing, or the backend does not accept it."""

    status = 401
    code = "unauthorized"

    def __init__(self, detail: str = "Log in first: the request carries no valid token.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class TooManyRequestsError(ProblemError):
    """The backend limits the caller's rate."""

    status = 429
    code = "too_many_requests"


class BackendUnavailableError(ProblemError):
    """The backend did not answer, or not with an answer that can be used."""

    status = 503
    code = "backend_unavailable"


class BadTokenError(ProblemError):
    """A confirmation or undo token is forged, altered, expired or another user's."""

    status = 422
    code = "token_invalid"


class TokenUsedError(ProblemError):
    """A confirmation or undo token has been used before."""

    status = 409
    code = "token_used"


def body(status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The problem document for a status, code and sentence, with the current request's id."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": logs.request_id.get(),
    }
    if errors is not None:
        problem["errors"] = errors
    return problem


def of(error: Exception) -> dict[str, Any]:
    """The problem document for any exception; one that is not a ProblemError is logged and told nothing of."""
    if isinstance(error, ProblemError):
        return body(error.status, error.code, error.detail)
    log.error("unexpected error", exc_info=error)
    return body(500, "internal_error", "Something went wrong in the chatbot.")


def answer(problem: dict[str, Any], headers: dict[str, str] | None = None) -> JSONResponse:
    """The problem document as a response."""
    return JSONResponse(problem, problem["status"], headers, media_type="application/problem+json")


async def _problem(_: Request, error: Exception) -> JSONResponse:
    return answer(of(error), error.headers if isinstance(error, ProblemError) else None)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return answer(body(400, "malformed_json", "The body is not valid JSON."))
    errors = [
        {"field": ".".join(str(part) for part in one["loc"] if part != "body"), "message": one["msg"]} for one in found
    ]
    said = "; ".join(f"{one['field'] or 'body'}: {one['message']}" for one in errors[:5])
    return answer(body(422, "validation_failed", f"The request is not valid. {said}", errors[:50]))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return answer(body(error.status_code, code, str(error.detail)), dict(error.headers or {}))


def install(app: FastAPI) -> None:
    """Register the handlers for everything that may go wrong in `app`."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _problem)
