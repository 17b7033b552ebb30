"""The interface's edges: who may come in, what is refused and how."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import AnyHttpUrl
from starlette.responses import Response

from backend_double import BackendDouble, problem
from conftest import Chat
from todo_chatbot.settings import BadSecretError, Settings

AUTH = {"Authorization": "Bearer alice-token", "Content-Type": "application/json"}


def is_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert (document["status"], document["code"]) == (status, code)
    assert document["request_id"] == response.headers["X-Request-ID"]
    assert document["title"]
    assert document["detail"]
    return document


@pytest.mark.parametrize(
    "sentence",
    ["add milk", "help", "add", "what is the capital of France", "I need to call mom", "delete all done ones"],
)
async def test_a_token_that_the_backend_refuses_is_a_401(chat: Chat, backend: BackendDouble, sentence: str) -> None:
    await chat.model.probe()
    response = await chat.post("", {"message": sentence}, "forged")
    is_problem(response, 401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_logged_out_token_is_a_401_at_once(chat: Chat, backend: BackendDouble) -> None:
    backend.add("x", completed=True)
    backend.add("y", completed=True)
    token = (await chat.say("delete all done ones"))["confirm"]["token"]
    backend.valid.clear()
    for path, body in (("", {"message": "help"}), ("", {"message": "add x"}), ("confirm/", {"token": token})):
        is_problem(await chat.post(path, body), 401, "unauthorized")


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer t\xf6ken"])
@pytest.mark.parametrize("path", ["", "confirm/", "undo/"])
async def test_no_token_is_a_401(chat: Chat, path: str, value: str | None) -> None:
    headers = [] if value is None else [(b"Authorization", value.encode("latin-1"))]
    body = {"": {"message": "add milk"}, "confirm/": {"token": "x"}, "undo/": {"undo": "x"}}[path]
    is_problem(await chat.http.post(f"/api/chat/{path}", json=body, headers=headers), 401, "unauthorized")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "validation_failed"),
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, None),
        (b"[" * 100_000, 400, None),
        (b"[]", 422, "validation_failed"),
        (b"null", 422, "validation_failed"),
        (b"{}", 422, "validation_failed"),
        (b'{"message": ""}', 422, "validation_failed"),
        (b'{"message": " \\n "}', 422, "validation_failed"),
        (b'{"message": 5}', 422, "validation_failed"),
        (b'{"message": "a\\u0000b"}', 422, "validation_failed"),
        (b'{"message": "add \\ud800"}', 422, "validation_failed"),
        (json.dumps({"message": "x" * 4001}).encode(), 422, "validation_failed"),
        (b'{"message": "add x", "other": 1}', 422, "validation_failed"),
        (b'{"message": "add x", "time_zone": "Mars/Base"}', 422, "validation_failed"),
        (b'{"message": "add x", "time_zone": "../../etc/passwd"}', 422, "validation_failed"),
        (b'{"message": "add x", "time_zone": "a\\u0000"}', 422, "validation_failed"),
        (b'{"message": "add x", "now": "yesterday"}', 422, "validation_failed"),
        (b'{"message": "add x", "now": 1e999}', 422, "validation_failed"),
        (b'{"message": "add x", "history": [{"role": "system", "content": "x"}]}', 422, "validation_failed"),
        (json.dumps({"message": "x", "history": [{"role": "user", "content": "x"}] * 51}).encode(), 422, None),
    ],
)
async def test_malformed_input_is_a_problem(chat: Chat, body: bytes, status: int, code: str | None) -> None:
    response = await chat.http.post("/api/chat/", content=body, headers=AUTH)
    is_problem(response, status, code or response.json()["code"])


@pytest.mark.parametrize(
    "message",
    ["add " + "x" * 500, "\U0001f95b" * 4000, "add \u202e\u0007", "delete \\",
     "add '; drop table todos; --", "%s %d {0}",
     "add in 999 years", "add pay in 300 months",
     "add x on 31.12.9999", "add x tomorrow at 24:99", "what's due next month"],
)  # fmt: skip
@pytest.mark.parametrize("now", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-24T10:00:00", None])
async def test_no_sentence_at_no_time_is_an_error(chat: Chat, message: str, now: str | None) -> None:
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        response = await chat.post("", {"message": message, "now": now, "time_zone": zone})
        assert response.status_code in (200, 422), response.text


@pytest.mark.parametrize("token", ["", "x", "x.y", "\u00e4", "a" * 30_000])
@pytest.mark.parametrize(("path", "member"), [("confirm/", "token"), ("undo/", "undo")])
async def test_a_token_of_nobody_is_a_problem(chat: Chat, path: str, member: str, token: str) -> None:
    response = await chat.post(path, {member: token})
    is_problem(response, 422, response.json()["code"])


async def test_a_huge_body_is_refused(chat: Chat) -> None:
    response = await chat.http.post("/api/chat/", content=b"x" * (5 * 1024 * 1024), headers=AUTH)
    is_problem(response, 413, "content_too_large")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * (1024 * 1024)

    response = await chat.http.post("/api/chat/", content=chunks(), headers=AUTH)
    is_problem(response, 413, "content_too_large")


async def test_the_slashless_form_answers_without_a_redirect(chat: Chat, backend: BackendDouble) -> None:
    response = await chat.http.post("/api/chat", json={"message": "add milk"}, headers=AUTH)
    assert response.status_code == 200
    assert (await chat.http.get("/api/chat/status")).status_code == 200


async def test_unknown_paths_and_methods_are_problems(chat: Chat) -> None:
    is_problem(await chat.http.get("/nothing"), 404, "not_found")
    is_problem(await chat.http.get("/api/chat/confirm/"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (problem(500, "x"), 503, "backend_unavailable"),
        (problem(429, "x"), 429, "too_many_requests"),
        (Response(b"not json", 200), 503, "backend_unavailable"),
    ],
)
async def test_a_backend_in_trouble(
    chat: Chat, backend: BackendDouble, answer: Response, status: int, code: str
) -> None:
    backend.fail_with, backend.fail_methods = answer, ("GET", "POST")
    for sentence in ("add milk", "what's on my list", "delete milk"):
        is_problem(await chat.post("", {"message": sentence}), status, code)


async def test_a_backend_that_is_not_there(settings: Settings) -> None:
    from todo_chatbot.app import make_app

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    app = make_app(settings, httpx.MockTransport(refuse))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chatbot") as http:
        response = await http.post("/api/chat/", json={"message": "add milk"}, headers=AUTH)
        is_problem(response, 503, "backend_unavailable")
    await app.state.services.close()


@pytest.mark.parametrize("closed", [httpx.ConnectError, httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError])
async def test_a_backend_that_closes_a_connection_is_asked_once_more(
    settings: Settings, backend: BackendDouble, closed: type[httpx.TransportError]
) -> None:
    from todo_chatbot.app import make_app

    keys: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers.get("Idempotency-Key", request.method))
        if keys.count(keys[-1]) == 1:
            raise closed("gone", request=request)
        return await httpx.ASGITransport(backend.app).handle_async_request(request)

    app = make_app(settings, httpx.MockTransport(answer))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chatbot") as http:
        response = await http.post("/api/chat/", json={"message": "add milk"}, headers=AUTH)
    assert response.json()["actions"][0]["status"] == "done"
    assert [todo["title"] for todo in backend.todos.values()] == ["milk"]
    assert len(keys) == 2 * len(set(keys))
    await app.state.services.close()


@contextlib.asynccontextmanager
async def deaf_once(backend: BackendDouble, method: str) -> AsyncIterator[str]:
    """A server's URL, which carries out the first request of `method` and closes the connection without a word."""
    closed: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            named = (line.partition(": ") for line in head[1:] if line)
            headers = {name.lower(): value for name, _, value in named}
            asked, path, _ = head[0].split()
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            async with httpx.AsyncClient(transport=httpx.ASGITransport(backend.app), base_url="http://backend") as http:
                answer = await http.request(asked, path, headers=headers, content=body)
            if asked == method and not closed:
                closed.append(path)
                return
            lines = [f"HTTP/1.1 {answer.status_code} OK", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in answer.headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + answer.content)
            await writer.drain()
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    assert closed


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("POST", "add milk"),
        ("PATCH", "mark bread as done"),
        ("PATCH", "rename bread to rolls"),
        ("DELETE", "delete bread"),
    ],
)
async def test_what_was_done_before_the_connection_closed_is_told_as_done(
    settings: Settings, backend: BackendDouble, method: str, sentence: str
) -> None:
    from todo_chatbot.app import make_app

    backend.add("bread")
    async with deaf_once(backend, method) as url:
        app = make_app(settings.model_copy(update={"backend_url": AnyHttpUrl(url)}))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chatbot") as http:
            answer = (await http.post("/api/chat/", json={"message": sentence}, headers=AUTH)).json()
        await app.state.services.close()
    assert answer["actions"][0]["status"] == "done", answer["reply"]
    assert "before" not in answer["reply"]
    assert answer["actions"][0]["undo"]
    assert len(backend.writes()) == 2  # of which the second changed nothing
    assert len(backend.titles()) == {"POST": 2, "PATCH": 1, "DELETE": 0}[method]


async def test_a_confirmation_whose_connection_closed_is_told_as_done(
    settings: Settings, backend: BackendDouble
) -> None:
    from todo_chatbot.app import make_app

    backend.add("bread", completed=True)
    backend.add("rolls", completed=True)
    async with deaf_once(backend, "DELETE") as url:
        app = make_app(settings.model_copy(update={"backend_url": AnyHttpUrl(url)}))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chatbot") as http:
            asked = (await http.post("/api/chat/", json={"message": "delete all done todos"}, headers=AUTH)).json()
            token = {"token": asked["confirm"]["token"]}
            answer = (await http.post("/api/chat/confirm/", json=token, headers=AUTH)).json()
            again = await http.post("/api/chat/confirm/", json=token, headers=AUTH)
        await app.state.services.close()
    assert answer["actions"][0]["result"] == {"done": 2, "failed": 0}
    assert (again.status_code, again.json()["code"]) == (409, "token_used")


async def test_the_request_id_is_passed_on(chat: Chat, backend: BackendDouble) -> None:
    response = await chat.http.post(
        "/api/chat/", json={"message": "add milk"}, headers={**AUTH, "X-Request-ID": "abc-1"}
    )
    assert response.headers["X-Request-ID"] == "abc-1"
    assert {request.headers["X-Request-ID"] for request in backend.requests} == {"abc-1"}
    response = await chat.http.get("/health/live", headers={"X-Request-ID": "a b\t<script>"})
    assert response.headers["X-Request-ID"] != "a b\t<script>"


async def test_health_and_metrics(chat: Chat) -> None:
    assert (await chat.http.get("/health/live")).json() == {"status": "ok"}
    assert (await chat.http.get("/health/ready")).json() == {"status": "ok", "mode": "rules"}
    await chat.say("add milk")
    metrics = (await chat.http.get("/metrics")).text
    assert 'chatbot_sentences_total{act="Create",stage="rules"}' in metrics
    assert 'chatbot_requests_total{method="POST",route="/api/chat/",status="200"}' in metrics


@pytest.mark.parametrize("key", [None, b"", b"short"])
def test_a_bad_key_stops_the_start(tmp_path: Path, key: bytes | None) -> None:
    if key is not None:
        (tmp_path / "chatbot_key").write_bytes(key)
    with pytest.raises(BadSecretError, match="chatbot_key"):
        _ = Settings.model_validate({"secrets_dir": tmp_path}).chatbot_key
