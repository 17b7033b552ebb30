"""Health, metrics, logs, the description of the API."""

import json
import logging
from typing import Any

import pytest

from tests.running import Backend, User
from todo_backend.logs import JsonFormatter


def test_health(backend: Backend) -> None:
    client = backend.client()
    assert client.get("/health/live").json() == {"status": "alive"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["schema"]["compatible"] is True


def test_metrics_count_by_route_and_not_by_id(backend: Backend, user: User) -> None:
    todo = user.create("x")
    user.http.get(f"/api/todos/{todo['id']}/")
    user.http.get("/nowhere/in/particular")
    text = backend.client().get("/metrics").text
    assert 'http_requests_total{method="GET",route="/api/todos/{todo_id}/",status="200"}' in text
    assert 'route="unknown"' in text
    assert todo["id"] not in text
    assert "particular" not in text
    for name in ("http_request_duration_seconds_bucket", "event_streams", "database_connections_in_use"):
        assert name in text
    assert "process_resident_memory_bytes" in text


def test_the_request_id_is_passed_on_or_made(backend: Backend) -> None:
    client = backend.client()
    assert client.get("/health/live", headers={"X-Request-ID": "abc-123"}).headers["x-request-id"] == "abc-123"
    made = {client.get("/health/live").headers["x-request-id"] for _ in range(2)}
    assert len(made) == 2
    bad = client.get("/health/live", headers={"X-Request-ID": "a b" * 100})
    assert len(bad.headers["x-request-id"]) == 32
    problem = client.get("/api/auth/me", headers={"X-Request-ID": "from-the-frontend"}).json()
    assert problem["request_id"] == "from-the-frontend"


def test_each_request_is_a_line_of_json_without_secrets(
    backend: Backend, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        user.http.get("/api/todos/?q=private", headers={"X-Request-ID": "one"})
        backend.client().post("/api/auth/login", json={"email": user.email, "password": "hunter2hunter2"})
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records if "backend" in record.name]
    listed = next(line for line in lines if line.get("path") == "/api/todos/")
    assert (listed["status"], listed["method"], listed["route"]) == (200, "GET", "/api/todos/")
    everything = json.dumps(lines)
    for secret in (user.token, "private", "hunter2", user.email):
        assert secret not in everything


def test_an_error_of_ours_is_logged_and_not_shown(
    backend: Backend, user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a detail")

    monkeypatch.setattr("todo_backend.todos.routes.list_todos", fail)
    answer = user.http.get("/api/todos/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "a detail" not in answer.text
    assert any(record.exc_info for record in caplog.records)
    assert user.http.get("/api/auth/me").status_code == 200


def test_the_description_names_every_operation(backend: Backend) -> None:
    description: dict[str, Any] = backend.client().get("/openapi.json").json()
    operations = {f"{method.upper()} {path}" for path, methods in description["paths"].items() for method in methods}
    assert operations == {
        "POST /api/auth/signup",
        "POST /api/auth/login",
        "POST /api/auth/logout",
        "GET /api/auth/me",
        "DELETE /api/auth/me",
        "GET /api/todos/",
        "POST /api/todos/",
        "GET /api/todos/events/",
        "GET /api/todos/{todo_id}/",
        "PATCH /api/todos/{todo_id}/",
        "PUT /api/todos/{todo_id}/",
        "DELETE /api/todos/{todo_id}/",
        "POST /api/todos/{todo_id}/restore/",
        "GET /health/live",
        "GET /health/ready",
    }
    listing = description["paths"]["/api/todos/"]["get"]
    names = [parameter["name"] for parameter in listing["parameters"]]
    assert names == ["completed", "priority", "due_after", "due_before", "q", "sort", "limit", "cursor"]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            public = path.startswith("/health") or path in {"/api/auth/signup", "/api/auth/login"}
            assert ("security" in operation) is not public, path
            assert operation["responses"]["default"]["content"], path
            names = [parameter["name"] for parameter in operation.get("parameters", ())]
            once = method in {"post", "put", "patch", "delete"} and (method, path) != ("delete", "/api/auth/me")
            assert ("idempotency-key" in names) is once, (method, path)


def test_what_the_api_answers_is_what_it_describes(backend: Backend, user: User) -> None:
    schemas = backend.client().get("/openapi.json").json()["components"]["schemas"]
    todo = user.create("x")
    assert set(todo) == set(schemas["Todo"]["properties"])
    me = user.http.get("/api/auth/me").json()
    assert set(me) == set(schemas["User"]["properties"])
    problem = user.http.get("/api/todos/x/").json()
    assert set(problem) | {"errors"} == set(schemas["ProblemBody"]["properties"])
