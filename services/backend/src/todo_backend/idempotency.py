"""A repeat of a request with the same Idempotency-Key answers what the first one did."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from starlette.responses import Response

from todo_backend.problems import InvalidRequest, Problem
from todo_backend.tables import idempotency

LIFETIME = text("interval '24 hours'")
KEY = re.compile(r"[\x21-\x7e]{1,200}")


class KeyReused(Problem):
    status, code = 422, "idempotency_key_reused"


@dataclass(frozen=True)
class Answer:
    """What a write says to the client; also what is kept for a repeat."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False

    def response(self) -> Response:
        headers = dict(self.headers)
        if self.replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(self.body, self.status, headers, "application/json" if self.body else None)


@dataclass(frozen=True)
class Once:
    """A key, and what tells its request from another one."""

    key: str
    fingerprint: bytes


async def once(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(description="1 to 200 visible ASCII characters; a repeat within 24 hours acts once"),
    ] = None,
) -> Once | None:
    """Return the request's key, or None if it has none; raises InvalidRequest if it is malformed."""
    if idempotency_key is None:
        return None
    if not KEY.fullmatch(idempotency_key):
        message = "must be 1 to 200 visible ASCII characters"
        raise InvalidRequest(f"Idempotency-Key {message}.", errors=[{"field": "Idempotency-Key", "message": message}])
    # Keyed, because the body may hold a password, and a bare hash of that could be guessed offline.
    digest = hmac.new(request.app.state.service.fingerprint_key, digestmod=hashlib.sha256)
    for part in (request.method.encode(), request.scope["path"].encode(), await request.body()):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return Once(idempotency_key, digest.digest())


OnceDep = Annotated[Once | None, Depends(once)]


def perform(connection: Connection, scope: str, request: Once | None, act: Callable[[], Answer]) -> Answer:
    """Act, or answer what the first request with this key did.

    Runs in the caller's transaction: key and write are committed together, and an error keeps neither.
    A duplicate waits in the INSERT until the first one has committed or rolled back.
    Raises KeyReused if the key came with another request.
    """
    if request is None:
        return act()
    fresh = insert(idempotency).values(scope=scope, key=request.key, fingerprint=request.fingerprint)
    claim = fresh.on_conflict_do_update(
        index_elements=[idempotency.c.scope, idempotency.c.key],
        set_={"fingerprint": fresh.excluded.fingerprint, "created_at": func.now()},
        where=idempotency.c.created_at < func.now() - LIFETIME,
    ).returning(idempotency.c.key)
    this = (idempotency.c.scope == scope) & (idempotency.c.key == request.key)
    if connection.execute(claim).first() is None:
        return recall(connection, scope, request) or act()
    answer = act()
    connection.execute(
        update(idempotency).where(this).values(status=answer.status, headers=answer.headers, body=answer.body)
    )
    return answer


def recall(connection: Connection, scope: str, request: Once) -> Answer | None:
    """Return what the first request with this key answered, or None if there was none.

    Raises KeyReused if the key came with another request.
    """
    kept = connection.execute(
        select(idempotency.c.fingerprint, idempotency.c.status, idempotency.c.headers, idempotency.c.body).where(
            idempotency.c.scope == scope,
            idempotency.c.key == request.key,
            idempotency.c.created_at >= func.now() - LIFETIME,
        )
    ).first()
    if kept is None:
        return None
    if not hmac.compare_digest(bytes(kept.fingerprint), request.fingerprint):
        raise KeyReused("This Idempotency-Key was used for another request; use a new one.")
    return Answer(kept.status, bytes(kept.body), kept.headers, replayed=True)
