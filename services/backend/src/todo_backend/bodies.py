"""What a request's body may be, decided before anything reads it."""

from fastapi import HTTPException
from starlette.types import Message, Receive, Scope

from todo_backend.problems import BodyTooLarge, Problem, UnsupportedMediaType

# The longest todo, 10,000 characters of description written as \uXXXX pairs, takes 120 KiB.
LARGEST_BODY = 256 * 1024
_TOO_LARGE = f"The body is larger than {LARGEST_BODY} bytes"


def refusal(headers: dict[bytes, bytes]) -> Problem | None:
    """Return why the body announced by these headers will not be read, or None."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > LARGEST_BODY:
        return BodyTooLarge(f"{_TOO_LARGE}.")
    if length.strip(b"0") or b"transfer-encoding" in headers:
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != b"application/json" and not (kind.startswith(b"application/") and kind.endswith(b"+json")):
            return UnsupportedMediaType("The body must be JSON, sent as Content-Type: application/json.")
    return None


def bounded(scope: Scope, receive: Receive) -> Receive:
    """Return a `receive` that stops a body of unannounced length when it gets too large."""
    if scope["method"] in {"GET", "HEAD"}:
        return receive
    total = 0

    async def receive_bounded() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > LARGEST_BODY:
            # The framework passes its own exception on, and takes any other for a parsing error.
            raise HTTPException(413, _TOO_LARGE)
        return message

    return receive_bounded
