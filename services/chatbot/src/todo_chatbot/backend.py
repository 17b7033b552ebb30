"""The backend's API, called with the caller's own token. Everything that is known of its addresses is here."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from todo_chatbot import logs
from todo_chatbot.problems import BackendUnavailableError, TooManyRequestsError, UnauthorizedError
from todo_chatbot.tokens import Write

Todo = dict[str, Any]

# A connection that was closed before an answer came; all but the first may have carried the request over.
_CLOSED = (httpx.ConnectError, httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)


class RefusedError(Exception):
    """The backend understood and said no: its status, its code and its sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


@dataclass(frozen=True)
class Written:
    """What a write gave; `replayed` when an earlier call had it carried out under the same key."""

    todo: Todo | None
    replayed: bool


class UserCache:
    """Remembers whose a token is, under the token's hash. Whether it is still valid, only the backend can say."""

    def __init__(self, size: int = 1024) -> None:
        self._size = size
        self._users: OrderedDict[bytes, str] = OrderedDict()

    def get(self, token: str) -> str | None:
        """The user's id, when this token was seen before."""
        return self._users.get(_digest(token))

    def put(self, token: str, user: str) -> None:
        """Remember that `token` is `user`'s; the oldest is forgotten."""
        self._users[_digest(token)] = user
        if len(self._users) > self._size:
            self._users.popitem(last=False)


class Backend:
    """The backend for one caller."""

    def __init__(self, http: httpx.AsyncClient, token: str, users: UserCache) -> None:
        self._http, self._token, self._users = http, token, users

    async def user_id(self, *, fresh: bool = False) -> str:
        """Whose token this is; `fresh` asks the backend even if that is known. Raises UnauthorizedError."""
        if not fresh and (known := self._users.get(self._token)):
            return known
        user = str((await self._call("GET", "/api/auth/me"))["id"])
        self._users.put(self._token, user)
        return user

    async def list_todos(self, filters: Mapping[str, str | int]) -> tuple[list[Todo], bool]:
        """The first page for `filters` and whether there are more."""
        page = await self._call("GET", "/api/todos/", params=dict(filters))
        return page["items"], page["next_cursor"] is not None

    async def get_todo(self, todo_id: str) -> Todo:
        """One todo. Raises RefusedError (404) when there is none with that id."""
        todo: Todo = await self._call("GET", f"/api/todos/{todo_id}/")
        return todo

    async def write(self, write: Write, key: str) -> Written:
        """Carry out one change under the Idempotency-Key `key`. Raises RefusedError when the backend says no."""
        method, path, body = {
            "create": ("POST", "/api/todos/", {"title": write.title, **(write.fields or {})}),
            "update": ("PATCH", f"/api/todos/{write.id}/", write.fields),
            "delete": ("DELETE", f"/api/todos/{write.id}/", None),
            "restore": ("POST", f"/api/todos/{write.id}/restore/", None),
        }[write.op]
        headers = {"Idempotency-Key": key}
        if write.version:
            headers["If-Match"] = f'"{write.version}"'
        response, repeated = await self._send(method, path, headers=headers, json=body)
        # Where our own first try may have been carried out, the flag says so and nothing of an earlier call.
        replayed = not repeated and response.headers.get("Idempotency-Replayed") == "true"
        return Written(_json(response) if response.content else None, replayed)

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        return _json((await self._send(method, path, **more))[0])

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> tuple[httpx.Response, bool]:
        """The response, and whether a try before it may have reached the backend."""
        sent = {"Authorization": f"Bearer {self._token}", "X-Request-ID": logs.request_id.get(), **(headers or {})}
        repeated = False
        try:
            try:
                response = await self._http.request(method, path, headers=sent, **more)
            except _CLOSED as closed:
                # A backend that is being replaced closed the connection under it; another one answers at once. Once
                # more is safe: every write carries its key.
                repeated = not isinstance(closed, httpx.ConnectError)
                response = await self._http.request(method, path, headers=sent, **more)
        except httpx.HTTPError as error:
            raise _silent(method) from error
        return _checked(response), repeated


def _silent(method: str) -> BackendUnavailableError:
    if method == "GET":
        return BackendUnavailableError("The todo service does not answer, so I changed nothing. Try again in a moment.")
    return BackendUnavailableError("The todo service did not answer, so I cannot tell whether it made the change.")


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    if response.status_code == UnauthorizedError.status:
        raise UnauthorizedError
    if response.status_code == TooManyRequestsError.status:
        wait = response.headers.get("Retry-After")
        raise TooManyRequestsError(
            "That was too much at once. Wait a moment and try again.", headers={"Retry-After": wait} if wait else None
        )
    if response.is_client_error:
        try:
            problem = response.json()
            raise RefusedError(response.status_code, str(problem["code"]), str(problem["detail"]))
        except (ValueError, KeyError, TypeError):
            raise RefusedError(response.status_code, "refused", "it gave no reason") from None
    raise BackendUnavailableError("The todo service has a problem and could not do that. Try again in a moment.")


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise BackendUnavailableError("The todo service gave an answer that I cannot read.") from error


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
