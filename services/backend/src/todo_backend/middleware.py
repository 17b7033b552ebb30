"""What happens around every request. Plain ASGI: Starlette's BaseHTTPMiddleware costs a task per request."""

import logging
import re
import time
import uuid

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_backend import logs, metrics
from todo_backend.bodies import bounded, refusal
from todo_backend.problems import answer, problem_response

log = logging.getLogger("todo_backend.access")

# What we take from others ends in logs and in headers.
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


class RequestMiddleware:
    """Request id, canonical path, bounds of the body, metrics, log, and an answer to what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        headers = dict(scope["headers"])
        identifier = headers.get(b"x-request-id", b"")
        if not _REQUEST_ID.fullmatch(identifier):
            identifier = uuid.uuid4().hex.encode()
        logs.request_id.set(identifier.decode())
        scope["path"] = canonical(scope["path"])
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", identifier)]
            await send(message)

        try:
            refused = refusal(headers)
            if refused is not None:
                await answer(refused)(scope, receive, send_with_id)
            else:
                await self.app(scope, bounded(scope, receive), send_with_id)
        except Exception:
            log.exception("unexpected error")
            if status:
                raise  # too late for an answer: the server closes the connection
            broken = problem_response(500, "internal_error", "Something went wrong here; the log tells what.")
            await broken(scope, receive, send_with_id)
        finally:
            _note(scope, status, time.perf_counter() - start)


def canonical(path: str) -> str:
    """Return the path that the routes know: with a slash at the end for todos, without one elsewhere.

    Rewritten rather than redirected: clients lose the method, the body or the token on a redirect.
    """
    if path == "/api/todos" or path.startswith("/api/todos/"):
        return path if path.endswith("/") else path + "/"
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def _note(scope: Scope, status: int, seconds: float) -> None:
    # The template, not the path: one series per route, and no ids in the metrics.
    route = getattr(scope.get("route"), "path", "unknown")
    method = scope["method"] if scope.get("route") else "ANY"
    metrics.REQUESTS.labels(method, route, status).inc()
    metrics.SECONDS.labels(method, route).observe(seconds)
    level = logging.DEBUG if route.startswith(("/health", "/metrics")) else logging.INFO
    if log.isEnabledFor(level):
        fields = {
            "method": scope["method"],
            "path": scope["path"],
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        log.log(level, "request", extra={"fields": fields})
