"""Whatever comes in, the answer is a problem of the client's, never ours."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.running import Backend, User
from todo_backend.bodies import LARGEST_BODY

JSON = {"Content-Type": "application/json"}
LENIENT = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def somebody(backend: Backend) -> User:
    return backend.user()


def check(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    assert answer.headers["x-request-id"]
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert {"type", "title", "status", "detail", "code", "request_id"} <= set(problem)
        assert problem["status"] == answer.status_code
        assert problem["request_id"] == answer.headers["x-request-id"]
        assert problem["detail"].endswith(".")


BODIES: list[tuple[str | bytes, int]] = [
    ("", 422),
    ("null", 422),
    ("[]", 422),
    ("3", 422),
    ("{", 400),
    ('{"title": "x",}', 400),
    ('{"title": "x"} trailing', 400),
    (b'{"title": "\xff"}', 400),
    (b"\x00", 400),
    ("[" * 100_000, 400),
    ('{"a":' * 50_000, 400),
    ("1" * 5000, 400),
    ('{"title": ' + "9" * 5000 + "}", 400),
    ('{"title": 1e999}', 422),
    ('{"title": NaN}', 422),
    ('{"title": null}', 422),
    ('{"title": "  "}', 422),
    ('{"title": "\\u0000"}', 422),
    ('{"title": "a\\u0000b"}', 422),
    ('{"title": "\\ud800"}', 422),
    ('{"\\ud800": "x", "title": "x"}', 422),
    ('{"title": "x", "description": "\\udfff"}', 422),
    ('{"title": "x", "user_id": "y"}', 422),
    ('{"title": "x", "completed": "yes"}', 422),
    ('{"title": "x", "completed": 1}', 422),
    ('{"title": "x", "priority": "urgent"}', 422),
    ('{"title": "x", "priority": 9007199254740993}', 422),
    ('{"title": "x", "due_at": "2026-02-30"}', 422),
    ('{"title": "x", "due_at": "0000-01-01"}', 422),
    ('{"title": "x", "due_at": "2026-05-01T10:00:00"}', 422),
    ('{"title": "x", "due_at": "2026-05-01T25:00:00Z"}', 422),
    ('{"title": "x", "due_at": "2026-05-01T10:00:00+99:00"}', 422),
    ('{"title": "x", "due_at": "9999-12-31T23:59:59-12:00"}', 422),
    ('{"title": "x", "due_at": "0001-01-01T00:00:00+12:00"}', 422),
    ('{"title": "x", "due_at": "٢٠٢٦-٠٥-٠١"}', 422),
    ('{"title": "x", "due_at": "tomorrow"}', 422),
    ('{"title": "x", "due_at": 1767225600}', 422),
    (json.dumps({"title": "x" * 501}), 422),
    (json.dumps({"title": "x", "description": "x" * 10_001}), 422),
    (json.dumps({"title": "x", "description": "x" * LARGEST_BODY}), 413),
    ('{"title": "x", "title": "y"}', 201),
    (json.dumps({"title": "𝔘𝔫𝔦 🎉" * 50, "description": "𝔘" * 10_000}), 201),
    (json.dumps({"title": "ﷺ" * 500, "description": "ﷺ" * 10_000}), 201),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=range(len(BODIES)))
def test_bodies(somebody: User, body: str | bytes, status: int) -> None:
    answer = somebody.http.post("/api/todos/", content=body.encode() if isinstance(body, str) else body, headers=JSON)
    check(answer)
    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.json()["code"] == "invalid_json"
    if status == 422 and answer.json()["code"] == "invalid_request":
        assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/", "json", "é"],
)
def test_another_content_type_is_refused(somebody: User, kind: str | None) -> None:
    headers: Any = {"Content-Type": kind.encode("latin-1")} if kind else {}
    answer = somebody.http.post("/api/todos/", content=b'{"title": "x"}', headers=headers)
    check(answer)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_by_any_spelling_is_taken(somebody: User, kind: str) -> None:
    answer = somebody.http.post("/api/todos/", content=b'{"title": "x"}', headers={"Content-Type": kind})
    assert answer.status_code == 201


def test_a_body_of_unknown_length_is_bounded_too(somebody: User) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // 1000 + 2):
            yield b" " * 1000

    for path, method in [("/api/todos/", "POST"), ("/api/auth/login", "POST"), ("/api/auth/me", "DELETE")]:
        try:
            answer = somebody.http.request(method, path, content=endless(), headers=JSON)
        except httpx.WriteError:
            continue  # the server has answered and closed while the client was still sending
        check(answer)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=" + "9" * 5000,
        "limit=1.5",
        "limit=",
        "completed=perhaps",
        "priority=urgent",
        "sort=id",
        "sort=--title",
        "q=%00",
        "q=" + "x" * 201,
        "due_after=x",
        "due_after=2026-02-30",
        "due_before=9999-12-31T23:59:59-12:00",
        "cursor=%00",
        "unknown=1",
    ],
)
def test_bad_queries(somebody: User, query: str) -> None:
    answer = somebody.http.get(f"/api/todos/?{query}")
    check(answer)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=", maxsplit=1)[0]


@pytest.mark.parametrize("query", ["q=%ff%fe", "q=%ed%a0%80", "limit=5&limit=6", "q=%25%5f%5c", "cursor=", "q="])
def test_strange_but_good_queries(somebody: User, query: str) -> None:
    check(answer := somebody.http.get(f"/api/todos/?{query}"))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/api/", 404),
        ("GET", "/api/todos/%2e%2e/", 404),
        ("GET", "/%00", 404),
        ("GET", "//", 404),
        ("DELETE", "/api/todos/", 405),
        ("PATCH", "/api/auth/login", 405),
        ("POST", "/api/todos/events/", 405),
        ("OPTIONS", "/api/todos/", 405),
        ("PROPFIND", "/api/todos/", 405),
    ],
)
def test_unknown_places(somebody: User, method: str, path: str, status: int) -> None:
    check(answer := somebody.http.request(method, path))
    assert answer.status_code == status


TEXT = st.text(st.characters(), max_size=40)  # with NUL and lone surrogates
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
TODO = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("title", "description", "completed", "priority", "due_at", "x"), VALUE)
)
ACCOUNT = st.fixed_dictionaries({}, optional=dict.fromkeys(("email", "password", "name"), VALUE))


@LENIENT
@given(body=TODO, method=st.sampled_from(["POST", "PUT", "PATCH"]))
def test_any_json_for_a_todo(somebody: User, body: dict[str, object], method: str) -> None:
    path = "/api/todos/" if method == "POST" else f"/api/todos/{somebody.id}/"
    check(somebody.http.request(method, path, content=json.dumps(body).encode(), headers=JSON))


@LENIENT
@given(body=ACCOUNT, path=st.sampled_from(["signup", "login"]))
def test_any_json_for_an_account(backend: Backend, somebody: User, body: dict[str, object], path: str) -> None:
    check(somebody.http.post(f"/api/auth/{path}", content=json.dumps(body).encode(), headers=JSON))


@LENIENT
@given(body=st.binary(max_size=60))
def test_any_bytes(somebody: User, body: bytes) -> None:
    check(somebody.http.post("/api/todos/", content=body, headers=JSON))


@LENIENT
@given(
    query=st.dictionaries(
        st.sampled_from(["q", "cursor", "due_after", "due_before", "sort", "limit", "completed"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
        max_size=3,
    )
)
def test_any_query(somebody: User, query: dict[str, str]) -> None:
    check(somebody.http.get("/api/todos/", params=query))


@LENIENT
@given(
    name=st.sampled_from(["Authorization", "If-Match", "Idempotency-Key", "X-Request-ID", "Content-Type", "Accept"]),
    value=st.binary(max_size=40).map(
        lambda raw: raw.translate(None, b"\x00\r\n").strip(b" \t\x0b\x0c\x1c\x1d\x1e\x1f")
    ),
)
def test_any_header(backend: Backend, somebody: User, name: str, value: bytes) -> None:
    """Over a bare socket, because clients refuse to send such."""
    fields = {b"Host": b"x", b"Authorization": f"Bearer {somebody.token}".encode()} | {name.encode(): value}
    head = b"".join(b"%s: %s\r\n" % field for field in fields.items())
    body = b'{"title": "x"}'
    request = b"POST /api/todos/ HTTP/1.1\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (
        head,
        len(body),
        body,
    )
    url = httpx.URL(backend.url)
    with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
        connection.sendall(request)
        status = connection.makefile("rb").readline().split()[1]
    assert status < b"500", (name, value)
