from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.running import PASSWORD, Backend, User

REPLAYED = "idempotency-replayed"


def key(value: str) -> dict[str, str]:
    return {"Idempotency-Key": value}


def same(first: httpx.Response, second: httpx.Response) -> None:
    assert (second.status_code, second.content) == (first.status_code, first.content)
    for name in ("etag", "location", "content-type"):
        assert second.headers.get(name) == first.headers.get(name)
    assert (first.headers.get(REPLAYED), second.headers.get(REPLAYED)) == (None, "true")


def test_a_repeated_create_makes_one_todo(user: User) -> None:
    first, second = (user.http.post("/api/todos/", json={"title": "x"}, headers=key("k")) for _ in range(2))
    same(first, second)
    assert user.titles() == ["x"]
    # The slashless form is the same request.
    assert user.http.post("/api/todos", json={"title": "x"}, headers=key("k")).headers[REPLAYED] == "true"


def test_another_request_with_the_same_key_is_refused(user: User) -> None:
    todo = user.http.post("/api/todos/", json={"title": "x"}, headers=key("k")).json()
    requests: list[tuple[str, str, Any]] = [
        ("POST", "/api/todos/", {"title": "y"}),
        ("POST", f"/api/todos/{todo['id']}/restore/", None),
        ("PATCH", f"/api/todos/{todo['id']}/", {"title": "x"}),
        ("DELETE", f"/api/todos/{todo['id']}/", None),
    ]
    for method, path, body in requests:
        answer = user.http.request(method, path, json=body, headers=key("k"))
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert user.titles() == ["x"]


def test_a_repeated_change_is_answered_like_the_first(user: User) -> None:
    path = f"/api/todos/{user.create('x')['id']}/"
    headers = key("change") | {"If-Match": '"1"'}
    same(*(user.http.patch(path, json={"title": "y"}, headers=headers) for _ in range(2)))
    assert user.http.get(path).json()["version"] == 2
    same(*(user.http.put(path, json={"title": "z"}, headers=key("put")) for _ in range(2)))
    same(*(user.http.delete(path, headers=key("delete")) for _ in range(2)))
    same(*(user.http.post(path + "restore/", headers=key("restore")) for _ in range(2)))
    assert user.http.get(path).json()["version"] == 5


def test_an_error_is_not_kept(user: User) -> None:
    path = f"/api/todos/{user.create('x')['id']}/"
    user.http.delete(path)
    assert user.http.patch(path, json={"title": "y"}, headers=key("k")).status_code == 404
    user.http.post(path + "restore/")
    answer = user.http.patch(path, json={"title": "y"}, headers=key("k"))
    assert (answer.status_code, answer.headers.get(REPLAYED)) == (200, None)


def test_keys_belong_to_a_user(user: User, other: User) -> None:
    for somebody in (user, other):
        answer = somebody.http.post("/api/todos/", json={"title": somebody.id}, headers=key("shared"))
        assert answer.status_code == 201
        assert somebody.titles() == [somebody.id]


def test_duplicates_at_the_same_time_act_once(user: User) -> None:
    def create(_: int) -> httpx.Response:
        return user.http.post("/api/todos/", json={"title": "once"}, headers=key("race"))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create, range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(REPLAYED not in answer.headers for answer in answers) == 1
    assert user.titles() == ["once"]


def test_signup_and_login(backend: Backend) -> None:
    client = backend.client()
    body = {"email": "idempotent@example.com", "password": PASSWORD, "name": "I"}
    same(*(client.post("/api/auth/signup", json=body, headers=key("s")) for _ in range(2)))
    assert client.post("/api/auth/signup", json={**body, "name": "J"}, headers=key("s")).status_code == 422
    assert client.post("/api/auth/signup", json=body).status_code == 409
    login = {"email": body["email"], "password": PASSWORD}
    first, second = (client.post("/api/auth/login", json=login, headers=key("l")) for _ in range(2))
    same(first, second)
    token = second.json()["access_token"]
    assert backend.client(token).get("/api/auth/me").status_code == 200
    with backend.engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM idempotency WHERE scope = 'email:idempotent@example.com'")).all()
    assert len(kept) == 2
    for secret in (token.split(".")[2], PASSWORD):
        assert secret.encode() not in b"".join(
            bytes(value) for row in kept for value in row if isinstance(value, memoryview)
        )


def test_logout(user: User) -> None:
    same(*(user.http.post("/api/auth/logout", headers=key("bye")) for _ in range(2)))
    assert user.http.post("/api/auth/logout").status_code == 401
    assert user.http.post("/api/todos/", json={"title": "x"}, headers=key("bye2")).status_code == 401


def test_a_logged_out_token_gets_no_repeat_of_a_write(user: User) -> None:
    user.http.post("/api/todos/", json={"title": "x"}, headers=key("k"))
    user.http.post("/api/auth/logout")
    assert user.http.post("/api/todos/", json={"title": "x"}, headers=key("k")).status_code == 401


@pytest.mark.parametrize("bad", ["", "x" * 201, "a b", "\u00e9".encode("latin-1")])
def test_a_malformed_key_is_refused(user: User, bad: str) -> None:
    answer = user.http.post("/api/todos/", json={"title": "x"}, headers={"Idempotency-Key": bad})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


def test_after_a_day_a_key_may_be_used_again(backend: Backend, user: User) -> None:
    user.http.post("/api/todos/", json={"title": "old"}, headers=key("k"))
    with backend.engine.begin() as connection:
        age = text("UPDATE idempotency SET created_at = now() - interval '25 hours' WHERE scope = :scope")
        connection.execute(age, {"scope": f"account:{user.id}"})
    answer = user.http.post("/api/todos/", json={"title": "new"}, headers=key("k"))
    assert (answer.status_code, answer.headers.get(REPLAYED)) == (201, None)
    assert user.http.post("/api/todos/", json={"title": "new"}, headers=key("k")).headers[REPLAYED] == "true"
    assert user.titles() == ["new", "old"]
