"""A stand-in for the backend's API, in this process. The real one is tested with the chatbot on the deployed stack;

this one can be made to refuse, to fall silent and to be looked into.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

USERS = {"alice-token": "user-alice", "bob-token": "user-bob"}
Handler = Callable[[Request, str], Awaitable[Response]]


def problem(status: int, code: str, detail: str = "no") -> Response:
    return JSONResponse({"status": status, "code": code, "detail": detail}, status)


class BackendDouble:
    def __init__(self) -> None:
        self.todos: dict[str, dict[str, Any]] = {}
        self.answers: dict[tuple[str, str], Response] = {}
        self.requests: list[Request] = []
        self.fail_with: Response | None = None
        self.fail_methods: tuple[str, ...] = ()
        self.held: asyncio.Event | None = None  # no answer before it is set
        self.valid = dict(USERS)
        self.app = Starlette(
            routes=[
                Route("/api/auth/me", self._guarded(self._me)),
                Route("/api/todos/", self._guarded(self._list), methods=["GET"]),
                Route("/api/todos/", self._guarded(self._idempotent(self._create)), methods=["POST"]),
                Route("/api/todos/{id}/", self._guarded(self._get), methods=["GET"]),
                Route("/api/todos/{id}/", self._guarded(self._idempotent(self._patch)), methods=["PATCH"]),
                Route("/api/todos/{id}/", self._guarded(self._idempotent(self._delete)), methods=["DELETE"]),
                Route("/api/todos/{id}/restore/", self._guarded(self._idempotent(self._restore)), methods=["POST"]),
            ]
        )

    def add(self, title: str, user: str = "user-alice", **fields: Any) -> dict[str, Any]:
        number = len(self.todos)
        todo = {
            # As the backend's: ordered in time, so those of one minute begin alike.
            "id": f"01a20d1c-1b06-7c2d-b08c-{uuid.uuid4().hex[:12]}",
            "title": title, "description": "", "completed": False, "priority": "normal",
            "due_at": None, "version": 1, "created_at": f"2026-11-20T10:{number % 60:02}:00Z",
            "updated_at": f"2026-11-20T10:{number % 60:02}:00Z", **fields,
        }  # fmt: skip
        self.todos[todo["id"]] = {**todo, "user": user, "deleted": False}
        return todo

    def titles(self, user: str = "user-alice", *, completed: bool | None = None) -> list[str]:
        return [
            todo["title"]
            for todo in self.todos.values()
            if todo["user"] == user and not todo["deleted"] and completed in (None, todo["completed"])
        ]

    def writes(self) -> list[Request]:
        return [request for request in self.requests if request.method != "GET"]

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            self.requests.append(request)
            if self.held:
                await self.held.wait()
            user = self.valid.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
            if user is None:
                return problem(401, "invalid_token")
            if self.fail_with is not None and request.method in self.fail_methods:
                return self.fail_with
            return await handler(request, user)

        return guarded

    def _idempotent(self, handler: Handler) -> Handler:
        async def idempotent(request: Request, user: str) -> Response:
            key = (user, request.headers["Idempotency-Key"])
            if first := self.answers.get(key):
                return Response(
                    first.body, first.status_code, {"Idempotency-Replayed": "true"}, media_type="application/json"
                )
            answer = await handler(request, user)
            if answer.status_code < 300:
                self.answers[key] = answer
            return answer

        return idempotent

    def _found(self, request: Request, user: str, *, deleted: bool = False) -> dict[str, Any] | None:
        todo = self.todos.get(request.path_params["id"])
        return todo if todo and todo["user"] == user and todo["deleted"] == deleted else None

    @staticmethod
    def _stale(request: Request, todo: dict[str, Any]) -> bool:
        expected = request.headers.get("If-Match")
        return expected is not None and expected != f'"{todo["version"]}"'

    async def _me(self, _: Request, user: str) -> Response:
        return JSONResponse({"id": user, "email": "a@example.com", "name": "A"})

    async def _list(self, request: Request, user: str) -> Response:
        query = request.query_params
        found = [todo for todo in self.todos.values() if todo["user"] == user and not todo["deleted"]]
        if "completed" in query:
            found = [todo for todo in found if todo["completed"] == (query["completed"] == "true")]
        if "priority" in query:
            found = [todo for todo in found if todo["priority"] == query["priority"]]
        if "q" in query:
            found = [todo for todo in found if query["q"].lower() in todo["title"].lower()]
        if "due_before" in query:
            found = [todo for todo in found if todo["due_at"] and todo["due_at"] < query["due_before"]]
        limit = int(query.get("limit", 50))
        page = list(reversed(found))[:limit]
        return JSONResponse(
            {"items": [_public(todo) for todo in page], "next_cursor": "x" if len(found) > limit else None}
        )

    async def _create(self, request: Request, user: str) -> Response:
        todo = self.add(**{"user": user, **await request.json()})
        return JSONResponse(todo, 201)

    async def _get(self, request: Request, user: str) -> Response:
        todo = self._found(request, user)
        return JSONResponse(_public(todo)) if todo else problem(404, "not_found")

    async def _patch(self, request: Request, user: str) -> Response:
        if not (todo := self._found(request, user)):
            return problem(404, "not_found")
        if self._stale(request, todo):
            return problem(412, "version_mismatch")
        todo.update(await request.json(), version=todo["version"] + 1)
        return JSONResponse(_public(todo))

    async def _delete(self, request: Request, user: str) -> Response:
        if not (todo := self._found(request, user)):
            return problem(404, "not_found")
        if self._stale(request, todo):
            return problem(412, "version_mismatch")
        todo["deleted"] = True
        return Response(status_code=204)

    async def _restore(self, request: Request, user: str) -> Response:
        if not (todo := self._found(request, user, deleted=True)):
            return problem(404, "not_found")
        todo.update(deleted=False, version=todo["version"] + 1)
        return JSONResponse(_public(todo))


def _public(todo: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in todo.items() if name not in ("user", "deleted")}
