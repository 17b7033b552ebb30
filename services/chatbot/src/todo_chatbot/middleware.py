"""Around every request: its id, its size, its log line and its metrics. Plain ASGI, so that streams pass unbuffered."""

import logging
import re
import time
import uuid

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_chatbot import logs, problems

log = logging.getLogger("todo_chatbot.access")

MAX_BODY = 4 * 1024 * 1024  # a full history in a script of four bytes a character
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,100}")
_QUIET = ("/health/live", "/health/ready", "/metrics")

REQUESTS = Counter("chatbot_requests_total", "Requests", ["method", "route", "status"])
SECONDS = Histogram("chatbot_request_seconds", "Seconds until the response's end", ["route"])


class RequestMiddleware:
    """Sets the request id, refuses bodies that are too large, and tells what became of the request."""

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
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, _bounded(receive), tell)
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


def _bounded(receive: Receive) -> Receive:
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY:
            raise problems.BodyTooLargeError(f"The body is larger than {MAX_BODY} bytes.")
        return message

    return bounded
