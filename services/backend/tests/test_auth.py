import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median

import jwt
import pytest
from sqlalchemy import text

from tests.running import KEY, PASSWORD, Backend, User

Start = Callable[..., AbstractContextManager[Backend]]


def credentials(user: User, password: str = PASSWORD) -> dict[str, str]:
    return {"email": user.email, "password": password}


def test_signup_answers_with_a_token_that_works(backend: Backend) -> None:
    body = {"email": " New.User@Example.com ", "password": "password123", "name": " Test "}
    with backend.service.database.begin() as connection:
        connection.execute(text("DELETE FROM account WHERE email = 'new.user@example.com'"))
    backend.service.settings.refuse_common_passwords = False
    try:
        answer = backend.client().post("/api/auth/signup", json=body)
    finally:
        backend.service.settings.refuse_common_passwords = True
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert (found["token_type"], found["expires_in"]) == ("bearer", 3600)
    assert found["user"]["email"] == "new.user@example.com"
    assert found["user"]["name"] == "Test"
    me = backend.client(found["access_token"]).get("/api/auth/me")
    assert (me.status_code, me.json()) == (200, found["user"])


def test_the_same_address_in_another_case_is_taken(backend: Backend, user: User) -> None:
    body = {"email": user.email.upper(), "password": PASSWORD, "name": "Twin"}
    answer = backend.client().post("/api/auth/signup", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", "a@b"),
        ("email", "a b@example.com"),
        ("email", "a@" + "x" * 300 + ".com"),
        ("email", "a\u202eb@example.com"),
        ("password", "short12"),
        ("password", "x" * 129),
        ("password", "password123"),
        ("name", "  "),
        ("name", "n" * 201),
    ],
)
def test_signup_refuses(backend: Backend, field: str, value: str) -> None:
    body = {"email": "someone@example.org", "password": PASSWORD, "name": "Someone"} | {field: value}
    answer = backend.client().post("/api/auth/signup", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert value not in answer.text, "a rejected password must not come back"


def test_login_with_the_right_password(backend: Backend, user: User) -> None:
    answer = backend.client().post("/api/auth/login", json=credentials(user))
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == user.id
    assert answer.json()["access_token"] != user.token


def test_unknown_user_and_wrong_password_look_the_same(backend: Backend, user: User) -> None:
    client = backend.client()
    known, unknown = [], []
    for number in range(7):
        start = time.perf_counter()
        wrong = client.post("/api/auth/login", json=credentials(user, "wrong password"))
        middle = time.perf_counter()
        nobody = client.post("/api/auth/login", json={"email": f"nobody{number}@example.com", "password": "wrong"})
        known.append(middle - start)
        unknown.append(time.perf_counter() - middle)
        assert (wrong.status_code, nobody.status_code) == (401, 401)
        assert {**wrong.json(), "request_id": ""} == {**nobody.json(), "request_id": ""}
    # Without the hash an unknown user takes a tenth of the time.
    assert 0.5 < median(unknown) / median(known) < 2


def test_logout_kills_this_token_only(backend: Backend, user: User) -> None:
    second = backend.client(backend.client().post("/api/auth/login", json=credentials(user)).json()["access_token"])
    user.create()  # so that the token is remembered as well signed, and there is something to list
    assert user.http.post("/api/auth/logout").status_code == 204
    for method, path in [("GET", "/api/todos/"), ("GET", "/api/auth/me"), ("POST", "/api/auth/logout")]:
        answer = user.http.request(method, path)
        assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")
    assert second.get("/api/todos/").status_code == 200


def test_logout_holds_on_another_replica_at_once(backend: Backend, user: User, start: Start) -> None:
    with start() as replica:
        there = replica.client(user.token)
        user.create()
        assert there.get("/api/todos/").status_code == 200
        user.http.post("/api/auth/logout")
        assert there.get("/api/todos/").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/me"),
        ("DELETE", "/api/auth/me"),
        ("POST", "/api/auth/logout"),
        ("GET", "/api/todos/"),
        ("POST", "/api/todos/"),
        ("GET", "/api/todos/events/"),
        ("GET", "/api/todos/00000000-0000-7000-8000-000000000000/"),
        ("PATCH", "/api/todos/00000000-0000-7000-8000-000000000000/"),
        ("PUT", "/api/todos/00000000-0000-7000-8000-000000000000/"),
        ("DELETE", "/api/todos/00000000-0000-7000-8000-000000000000/"),
        ("POST", "/api/todos/00000000-0000-7000-8000-000000000000/restore/"),
    ],
)
def test_anonymous_is_refused(backend: Backend, method: str, path: str) -> None:
    body = {"password": "x", "title": "x"} if method != "GET" and "restore" not in path else None
    for header in (None, "Bearer", "Basic dTpw", "Bearer not.a.token"):
        headers = {"Authorization": header} if header else {}
        answer = backend.client().request(method, path, json=body, headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.json()["code"] == "unauthorized"
        assert answer.headers["www-authenticate"].startswith("Bearer")


def claims(user: User) -> dict[str, object]:
    found: dict[str, object] = jwt.decode(user.token, options={"verify_signature": False})
    return found


def test_forged_tokens_are_refused(backend: Backend, user: User, other: User) -> None:
    good = claims(user)
    head, body, signature = user.token.split(".")
    forged = [
        jwt.encode(good, "another key of at least thirty-two bytes", "HS256"),
        jwt.encode(good, KEY, "HS384"),
        jwt.encode(good, None, "none"),
        jwt.encode({**good, "sub": other.id}, KEY, "HS256"),  # our key, another's session
        jwt.encode({**good, "iss": "someone"}, KEY, "HS256"),
        jwt.encode({**good, "sub": "x"}, KEY, "HS256"),
        jwt.encode({**good, "jti": 3}, KEY, "HS256"),
        jwt.encode({name: value for name, value in good.items() if name != "exp"}, KEY, "HS256"),
        f"{head}.{body}.{signature[:-2]}AA",
        f"{head}.{other.token.split('.')[1]}.{signature}",
        user.token + "." + "a" * 5000,
        "[" * 2000,
    ]
    for token in forged:
        answer = backend.client(token).get("/api/todos/")
        assert answer.status_code == 401, token
    assert user.http.get("/api/todos/").status_code == 200


def test_an_expired_token_is_refused(start: Start) -> None:
    with start(token_lifetime=2) as backend:
        user = backend.user()
        assert user.http.get("/api/todos/").status_code == 200
        deadline = time.monotonic() + 5
        while (answer := user.http.get("/api/todos/")).status_code == 200:
            assert time.monotonic() < deadline
        assert answer.status_code == 401
        assert "expired" in answer.json()["detail"] or "no longer" in answer.json()["detail"]


def test_removing_the_account_takes_everything(backend: Backend, user: User, other: User) -> None:
    user.http.post("/api/todos/", json={"title": "mine"}, headers={"Idempotency-Key": "k"})
    other.create("not mine")
    assert user.http.request("DELETE", "/api/auth/me").status_code == 422
    wrong = user.http.request("DELETE", "/api/auth/me", json={"password": "wrong password"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert user.titles() == ["mine"]
    assert user.http.request("DELETE", "/api/auth/me", json={"password": PASSWORD}).status_code == 204
    assert user.http.get("/api/auth/me").status_code == 401
    assert backend.client().post("/api/auth/login", json=credentials(user)).status_code == 401
    assert other.titles() == ["not mine"]
    with backend.engine.connect() as connection:
        for table, column in [("todo", "account_id"), ("session", "account_id"), ("account", "id")]:
            count = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {column} = :id"), {"id": user.id})
            assert count == 0, table
        kept = text("SELECT count(*) FROM idempotency WHERE scope LIKE '%' || :id")
        assert connection.scalar(kept, {"id": user.id}) == 0
    assert backend.user(user.email).titles() == []


def test_passwords_are_stored_as_argon2(backend: Backend, user: User) -> None:
    with backend.engine.connect() as connection:
        stored = connection.scalar(text("SELECT password_hash FROM account WHERE id = :id"), {"id": user.id})
    assert str(stored).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_may_be_typed_on_another_keyboard(backend: Backend) -> None:
    body = {"email": f"nfc{time.time_ns()}@example.com", "password": "zu\u0308rich und o\u0308l", "name": "N"}
    assert backend.client().post("/api/auth/signup", json=body).status_code == 201
    composed = {"email": body["email"], "password": "z\u00fcrich und \u00f6l"}
    assert backend.client().post("/api/auth/login", json=composed).status_code == 200
