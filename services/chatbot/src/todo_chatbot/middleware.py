"""Around every request: its id, its log line and its metrics. Plain ASGI, so that streams pass unbuffered."""

import json
import logging
import re
import time
import uuid

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_chatbot import logs, problems

log = logging.getLogger("todo_chatbot.access")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,100}")
_TOO_LARGE = 413
_QUIET = ("/health/live", "/health/ready", "/metrics")

REQUESTS = Counter("chatbot_requests_total", "Requests", ["method", "route", "status"])
SECONDS = Histogram("chatbot_request_seconds", "Seconds until the response's end", ["route"])


class RequestMiddleware:
    """Sets the request id and tells what became of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        request_id = given.decode() if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        logs.request_id.set(request_id)
        started, status = time.perf_counter(), 499

        async def tell(message: Message) -> None:
            nonlocal status
            if status == _TOO_LARGE and message["type"] == "http.response.body":
                # The framework refuses a large body in plain text, below the handlers that say it as a problem.
                message = {**message, "body": _too_large(), "more_body": False}
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = _problem_headers(_too_large()) if status == _TOO_LARGE else message.get("headers", [])
                message["headers"] = [*kept, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, tell)
        finally:
            self._told(scope, status, time.perf_counter() - started)

    @staticmethod
    def _told(scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        REQUESTS.labels(scope["method"], route, status).inc()
        SECONDS.labels(route).observe(seconds)
        if scope["path"] not in _QUIET:
            extra = {"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            log.info("request", extra=extra)


def _too_large() -> bytes:
    return json.dumps(problems.body(_TOO_LARGE, "content_too_large", "The body is larger than 4 MiB.")).encode()


def _problem_headers(content: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"application/problem+json"), (b"content-length", str(len(content)).encode())]
