"""The todo endpoints. Each write is one transaction in one thread, committed before the answer is made."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from sqlalchemy import Connection, Row
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from todo_backend.auth.tokens import Caller, CallerDep, require_session
from todo_backend.events import Hub, Stream
from todo_backend.idempotency import Answer, Once, OnceDep, perform
from todo_backend.problems import Unavailable
from todo_backend.service import Service, ServiceDep
from todo_backend.todos import store
from todo_backend.todos.listing import list_todos
from todo_backend.todos.rows import todo_json
from todo_backend.todos.schemas import Todo, TodoChange, TodoInput, TodoPage, TodoQuery

router = APIRouter(prefix="/api/todos", tags=["todos"])

HEARTBEAT = 15.0
IfMatch = Annotated[str | None, Header(description='the version that the change is based on, as in `"3"`')]


@router.get("/", response_model=TodoPage)
def index(query: Annotated[TodoQuery, Query()], caller: CallerDep, service: ServiceDep) -> Response:
    """List todos, a page at a time."""
    page = service.database.read(lambda connection: list_todos(connection, caller, query))
    return Response(page, media_type="application/json")


@router.post("/", status_code=201, response_model=Todo)
def create(body: TodoInput, caller: CallerDep, service: ServiceDep, once: OnceDep) -> Response:
    """Make a todo."""

    def act(connection: Connection) -> Answer:
        row = store.create(connection, caller.account_id, body)
        headers = {"ETag": store.etag(row), "Location": f"/api/todos/{row.id}/"}
        return Answer(201, todo_json(row), headers)

    return _write(service, caller, once, act)


@router.get("/events/", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def events(caller: CallerDep, service: ServiceDep) -> Response:
    """Stream the caller's changes as server-sent events, until the token ends."""
    hub = service.hub
    stream = hub.open(caller.account_id, caller.session_id)
    try:
        await _wait_until_listening(hub)
        # After the stream was opened: a logout in between ends it.
        await run_in_threadpool(_check, service, caller)
    except BaseException:
        hub.leave(stream)
        raise
    return EventResponse(hub, stream, caller)


@router.get("/{todo_id}/", response_model=Todo)
def show(todo_id: str, caller: CallerDep, service: ServiceDep) -> Response:
    """Return one todo."""

    def work(connection: Connection) -> Answer:
        require_session(connection, caller)
        return _shown(store.get(connection, caller.account_id, todo_id))

    return service.database.read(work).response()


@router.patch("/{todo_id}/", response_model=Todo)
def change(
    todo_id: str,
    body: TodoChange,
    caller: CallerDep,
    service: ServiceDep,
    once: OnceDep,
    if_match: IfMatch = None,
) -> Response:
    """Change what the body names."""
    return _write(
        service,
        caller,
        once,
        lambda connection: _shown(store.change(connection, caller.account_id, todo_id, body, if_match)),
    )


@router.put("/{todo_id}/", response_model=Todo)
def replace(
    todo_id: str,
    body: TodoInput,
    caller: CallerDep,
    service: ServiceDep,
    once: OnceDep,
    if_match: IfMatch = None,
) -> Response:
    """Replace the todo; what the body leaves out gets its default."""
    return _write(
        service,
        caller,
        once,
        lambda connection: _shown(store.change(connection, caller.account_id, todo_id, body, if_match)),
    )


@router.delete("/{todo_id}/", status_code=204)
def remove(todo_id: str, caller: CallerDep, service: ServiceDep, once: OnceDep, if_match: IfMatch = None) -> Response:
    """Delete a todo; for 30 days it can be restored."""

    def act(connection: Connection) -> Answer:
        store.delete(connection, caller.account_id, todo_id, if_match)
        return Answer(204)

    return _write(service, caller, once, act)


@router.post("/{todo_id}/restore/", response_model=Todo)
def restore(todo_id: str, caller: CallerDep, service: ServiceDep, once: OnceDep) -> Response:
    """Undo a deletion, under the same id."""
    return _write(
        service,
        caller,
        once,
        lambda connection: _shown(store.restore(connection, caller.account_id, todo_id)),
    )


def _write(service: Service, caller: Caller, once: Once | None, act: Callable[[Connection], Answer]) -> Response:
    with service.database.begin() as connection:
        require_session(connection, caller)
        answer = perform(connection, f"account:{caller.account_id}", once, lambda: act(connection))
    return answer.response()


def _shown(row: Row[Any]) -> Answer:
    return Answer(200, todo_json(row), {"ETag": store.etag(row)})


def _check(service: Service, caller: Caller) -> None:
    service.database.read(lambda connection: require_session(connection, caller))


async def _wait_until_listening(hub: Hub) -> None:
    try:
        await asyncio.wait_for(hub.listening.wait(), 3)
    except TimeoutError as error:
        raise Unavailable("Events are not available yet; try again.", headers={"Retry-After": "2"}) from error


class EventResponse(StreamingResponse):
    """Server-sent events; however it ends, the hub is told."""

    def __init__(self, hub: Hub, stream: Stream, caller: Caller) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_events(stream, caller), media_type="text/event-stream", headers=headers)
        self._hub = hub
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._hub.leave(self._stream)


async def _events(stream: Stream, caller: Caller) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    while (left := caller.expires_at - time.time()) > 0:
        try:
            event = await asyncio.wait_for(stream.next(), min(HEARTBEAT, left))
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if event is None:
            return
        yield event
