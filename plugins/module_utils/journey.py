"""The journey of `health` and of every deploy's verification: what a user does, through the front door, in order.

It makes an account of its own and removes it at the end, whatever happened in between.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import front_door
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

TIMEOUT_SECONDS = 30
MODEL_TRIES = 3


class StepFailed(DeployError):
    """A step did not get what a user would expect. `component` is whom it points to."""

    def __init__(self, component: str, message: str) -> None:
        super().__init__(message)
        self.component = component


class Visitor:
    """A user's browser, as far as the journey needs one: it keeps the session cookie and names its origin."""

    def __init__(self, base: str, ca: str = "", keep_alive: Callable[[], None] = lambda: None) -> None:
        self.base = base.rstrip("/")
        self.ca = ca
        self.cookie = ""
        self.keep_alive = keep_alive

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Send one request; return status, parsed JSON (or text) and headers. Raises OSError when nobody answers."""
        self.keep_alive()
        connection = front_door.connect(self.base, TIMEOUT_SECONDS, self.ca)
        sent = {
            "Origin": self.base,
            "Accept": "application/json",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        if self.cookie:
            sent["Cookie"] = self.cookie
        if body is not None:
            sent["Content-Type"] = "application/json"
        if method != "GET":
            # As the page does, so that a write that met a pod on its way out can be sent again.
            sent["Idempotency-Key"] = secrets.token_hex(16)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except http.client.HTTPException as error:
            raise OSError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.partition(";")[0]
        try:
            return answer.status, json.loads(text), dict(answer.getheaders())
        except ValueError:
            return answer.status, text, dict(answer.getheaders())


def travel(
    base: str, *, model: bool, ca: str = "", keep_alive: Callable[[], None] = lambda: None
) -> tuple[list[dict[str, Any]], StepFailed | None]:
    """Walk the whole journey.

    :param base: the front door's URL.
    :param ca: a file with the authorities that its certificate is checked against; "" for the system's.
    :param model: whether a model is deployed, so that it must answer.
    :param keep_alive: called before each request; renews the lock. What it raises ends the journey, which cleans up first.
    :return: a row {step, ok, detail, seconds} for each step taken, and the failure that ended it, if one did.
    """
    visitor = Visitor(base, ca, keep_alive)
    account = {
        "email": f"journey-{secrets.token_hex(6)}@example.com",
        "password": secrets.token_urlsafe(18),
        "name": "Journey",
    }
    todo: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []

    def expect(
        component: str, wanted: int, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> Any:
        try:
            status, answer, _ = visitor.ask(method, path, body, **headers)
        except OSError as error:
            raise StepFailed(
                component if method != "GET" or path != "/login" else "frontend",
                f"{method} {path} got no answer: {error}",
            ) from error
        if status != wanted:
            said = answer.get("detail") or answer.get("title") if isinstance(answer, dict) else str(answer)[:200]
            raise StepFailed(component, f"{method} {path} answered {status} instead of {wanted}: {said}")
        return answer

    def page() -> str:
        text = expect("frontend", 200, "GET", "/login")
        if not isinstance(text, str) or "<html" not in text:
            raise StepFailed("frontend", "GET /login answered something that is no page")
        return f"{len(text) // 1024} KiB"

    def signup() -> str:
        expect("backend", 201, "POST", "/api/auth/signup", account)
        return str(account["email"])

    def token() -> str:
        me = expect("backend", 200, "GET", "/api/auth/me")
        if me["email"] != account["email"]:
            raise StepFailed("backend", "GET /api/auth/me names another user")
        return "the session is this user's"

    def create() -> str:
        todo.update(expect("backend", 201, "POST", "/api/todos", {"title": "Pack for the journey"}))
        return str(todo["title"])

    def listed() -> str:
        items = expect("backend", 200, "GET", "/api/todos")["items"]
        if [item["id"] for item in items] != [todo["id"]]:
            raise StepFailed("backend", "GET /api/todos does not show exactly the todo that was made")
        return "1 todo"

    def update() -> str:
        tag = f'"{todo["version"]}"'
        todo.update(
            expect(
                "backend",
                200,
                "PATCH",
                f"/api/todos/{todo['id']}",
                {"completed": True, "priority": "high"},
                If_Match=tag,
            )
        )
        expect("backend", 412, "PATCH", f"/api/todos/{todo['id']}", {"completed": False}, If_Match=tag)
        return "done, and a lost update is refused"

    def delete() -> str:
        expect("backend", 204, "DELETE", f"/api/todos/{todo['id']}")
        expect("backend", 404, "GET", f"/api/todos/{todo['id']}")
        return "gone"

    def chat(message: str, tool: str) -> Callable[[], str]:
        def step() -> str:
            answer = expect("chatbot", 200, "POST", "/api/chat", {"message": message})
            tools = [action["tool"] for action in answer["actions"]]
            if tools != [tool]:
                raise StepFailed(
                    "chatbot", f"to {message!r} the assistant did {tools or 'nothing'}: {answer['reply'][:200]}"
                )
            return str(answer["reply"])[:60]

        return step

    def model_answers() -> str:
        status = expect("chatbot", 200, "GET", "/api/chat/status")
        if not status["model"]["reachable"]:
            raise StepFailed("ollama", f"the assistant does not reach its model: {status['model']['detail']}")
        # The assistant gives its model a few seconds a message; the first one after a start, on a busy host, needs more.
        for _ in range(MODEL_TRIES):
            answer = expect("chatbot", 200, "POST", "/api/chat", {"message": "Hello, how are you today?"})
            if answer["source"] == "model":
                return str(status["model"]["name"])
        raise StepFailed("ollama", f"the model did not answer {MODEL_TRIES} messages: {answer['reply'][:200]}")

    def clean_up() -> str:
        expect("backend", 204, "DELETE", "/api/auth/me", {"password": account["password"]})
        return "account and data removed"

    steps: list[tuple[str, Callable[[], str]]] = [
        ("page", page),
        ("signup", signup),
        ("token", token),
        ("create", create),
        ("list", listed),
        ("update", update),
        ("delete", delete),
        ("chat create", chat("add buy milk", "create_todo")),
        ("chat complete", chat("mark buy milk as done", "complete_todo")),
        ("chat delete", chat("delete buy milk", "delete_todo")),
    ]
    if model:
        steps.append(("model", model_answers))
    failure: StepFailed | None = None
    lost: DeployError | None = None
    signed_up = False
    for name, step in [*steps, ("clean up", clean_up)]:
        if (failure or lost or name == "clean up") and not (signed_up and name == "clean up"):
            continue
        start = time.monotonic()
        try:
            detail, good = step(), True
        except StepFailed as error:
            detail, good, failure = str(error), False, failure or error
        except (KeyError, TypeError) as error:
            failure = failure or StepFailed("frontend", f"{name}: the answer lacks {error}")
            detail, good = str(failure), False
        except DeployError as error:  # the lock is another's
            detail, good, lost = str(error), False, error
            visitor.keep_alive = lambda: None
        signed_up = signed_up or (name == "signup" and good)
        rows.append({"step": name, "ok": good, "detail": detail, "seconds": round(time.monotonic() - start, 3)})
    if lost:
        raise lost
    return rows, failure
