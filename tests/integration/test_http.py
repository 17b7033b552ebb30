"""The deployed services as strangers meet them, through the backend's published port."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from stack import Answer, Stack, User


def test_the_documented_signup_works(stack: Stack) -> None:
    """The README's command, but for its port; the second time the address is known."""
    command = (
        f"curl -sS -w '\\n%{{http_code}}' -X POST http://localhost:{stack.ports['backend']}/api/auth/signup "
        '-H "Content-Type: application/json" '
        """-d '{"email":"test@example.com","password":"password123","name":"Test"}'"""
    )
    body, _, status = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=True, timeout=30
    ).stdout.rpartition("\n")
    assert status == "201", body
    answer = json.loads(body)
    assert answer["token_type"] == "bearer"
    assert answer["user"]["email"] == "test@example.com"
    user = User(stack, {"password": "password123"}, answer["access_token"])
    assert user("GET", "/api/auth/me").json["name"] == "Test"
    assert user("DELETE", "/api/auth/me", {"password": "password123"}).status == 204


def test_two_users_never_meet(stack: Stack) -> None:
    mine, theirs = stack.signup("mine"), stack.signup("theirs")
    todo = mine.add("My secret plan")
    path = f"/api/todos/{todo['id']}/"
    assert theirs.todos() == {}
    assert theirs("GET", "/api/todos/?q=secret").json["items"] == []
    for method, target, body in (
        ("GET", path, None),
        ("PATCH", path, {"title": "Yours"}),
        ("PUT", path, {"title": "Yours"}),
        ("DELETE", path, None),
        ("POST", f"{path}restore/", None),
    ):
        is_problem(theirs(method, target, body), 404)
    assert mine.todos() == {todo["id"]: todo}


def segment(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def forged(claims: dict[str, Any], algorithm: str, key: str) -> str:
    text = f"{segment({'alg': algorithm, 'typ': 'JWT'})}.{segment(claims)}"
    signature = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest() if key else b""
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def claims_of(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda token, _: f"{token[:-4]}AAAA", id="signature cut and replaced"),
        pytest.param(lambda token, _: forged(claims_of(token), "HS256", "another key" * 4), id="another key"),
        pytest.param(lambda token, _: forged(claims_of(token), "none", ""), id="no signature"),
        pytest.param(
            lambda token, key: forged(
                {**claims_of(token), "iat": time.time() - 7200, "exp": time.time() - 3600}, "HS256", key
            ),
            id="expired",
        ),
        pytest.param(
            lambda token, key: forged({k: v for k, v in claims_of(token).items() if k != "exp"}, "HS256", key),
            id="never expires",
        ),
        pytest.param(lambda _token, _key: "", id="empty"),
        pytest.param(lambda _token, _key: "a.b.c", id="nonsense"),
    ],
)
def test_a_token_that_is_not_ours_is_refused(stack: Stack, canary: User, make: Callable[[str, str], str]) -> None:
    # The real key is what a leak would give away: even with it, an expired token must not pass.
    token = make(canary.token, (stack.state / "secrets/jwt_key").read_text())
    answer = stack.backend("GET", "/api/todos/", Authorization=f"Bearer {token}")
    is_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_forger_of_these_tests_can_forge(stack: Stack, canary: User) -> None:
    """With the real key and times it passes, so that the refusals above are about what they say."""
    token = forged(claims_of(canary.token), "HS256", (stack.state / "secrets/jwt_key").read_text())
    assert stack.backend("GET", "/api/todos/", Authorization=f"Bearer {token}").status == 200


def test_a_logged_out_token_is_refused(stack: Stack) -> None:
    user = stack.signup()
    assert user("POST", "/api/auth/logout").status == 204
    is_problem(user("GET", "/api/todos/"), 401)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/todos/", b"{not json", 400),
        ("POST", "/api/todos/", b"\xff\xfe", 400),
        ("POST", "/api/todos/", [], 422),
        ("POST", "/api/todos/", {"title": ""}, 422),
        ("POST", "/api/todos/", {"title": "x" * 501}, 422),
        ("POST", "/api/todos/", {"title": "nul \0 byte"}, 422),
        ("POST", "/api/todos/", {"title": "half \ud800 pair"}, 422),
        ("POST", "/api/todos/", {"title": "x", "due_at": "2026-02-30"}, 422),
        ("POST", "/api/todos/", {"title": "x", "priority": "urgent"}, 422),
        ("POST", "/api/todos/", {"titel": "x"}, 422),
        ("GET", "/api/todos/?limit=0", None, 422),
        ("GET", "/api/todos/?limit=many", None, 422),
        ("GET", "/api/todos/?cursor=AAAA", None, 422),
        ("GET", "/api/todos/?sort=fate", None, 422),
        ("GET", "/api/todos/not-a-uuid/", None, 422),
        ("GET", "/api/nothing", None, 404),
        ("DELETE", "/api/todos/", None, 405),
        ("POST", "/api/auth/signup", {"email": "no address", "password": "long enough", "name": "x"}, 422),
        ("POST", "/api/auth/login", {"email": "a@example.com"}, 422),
    ],
    ids=lambda value: str(value)[:40],
)
def test_malformed_input_is_a_problem_of_the_client(
    canary: User, method: str, path: str, body: Any, status: int
) -> None:
    answer = canary(method, path, body)
    if path == "/api/todos/not-a-uuid/" or "cursor" in path:
        assert answer.status in (400, 404, 422), answer
        status = answer.status
    is_problem(answer, status)


def is_problem(answer: Answer, status: int) -> None:
    """An RFC 9457 answer with a stable code and the request's id."""
    assert answer.status == status, answer
    assert answer.headers["content-type"].startswith("application/problem+json"), answer
    assert answer.json["status"] == status
    assert {"type", "title", "detail", "code", "request_id"} <= answer.json.keys()
