from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Engine, text

from tests.running import PASSWORD, Backend
from todo_backend import rate_limits

Start = Callable[..., AbstractContextManager[Backend]]


@pytest.fixture(autouse=True)
def no_attempts_before(engine: Engine) -> Iterator[None]:
    """Every client here has the same address."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM rate_limit"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM rate_limit"))


def test_wrong_passwords_for_one_account(start: Start) -> None:
    with start(login_limit_per_account=3) as backend, start(login_limit_per_account=3) as replica:
        user, neighbour = backend.user(), backend.user()
        bad = {"email": user.email, "password": "wrong password"}
        answers = [server.client().post("/api/auth/login", json=bad) for server in (backend, replica, backend, replica)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert answers[-1].json()["code"] == "too_many_requests"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
        right = {"password": PASSWORD}
        assert backend.client().post("/api/auth/login", json={"email": user.email, **right}).status_code == 429
        assert backend.client().post("/api/auth/login", json={"email": neighbour.email, **right}).status_code == 200


def test_right_passwords_are_not_counted_against_an_account(start: Start) -> None:
    with start(login_limit_per_account=2) as backend:
        user = backend.user()
        body = {"email": user.email, "password": PASSWORD}
        assert {backend.client().post("/api/auth/login", json=body).status_code for _ in range(5)} == {200}


def test_one_address(start: Start) -> None:
    with start(signup_limit_per_address=2, login_limit_per_address=2) as backend:
        user = backend.user()
        backend.user()
        body = {"email": "third@example.com", "password": PASSWORD, "name": "Third"}
        assert backend.client().post("/api/auth/signup", json=body).status_code == 429
        # Another endpoint has a count of its own.
        login = {"email": user.email, "password": PASSWORD}
        answers = [backend.client().post("/api/auth/login", json=login).status_code for _ in range(3)]
        assert answers == [200, 200, 429]


def test_a_trusted_proxy_says_who_the_client_is(start: Start) -> None:
    body = {"email": "nobody@example.com", "password": "wrong"}

    def login(backend: Backend, address: str) -> int:
        headers = {"X-Forwarded-For": address}
        return backend.client().post("/api/auth/login", json=body, headers=headers).status_code

    with start(login_limit_per_address=1, trusted_proxies="127.0.0.1") as backend:
        assert [login(backend, "192.0.2.1"), login(backend, "192.0.2.1"), login(backend, "192.0.2.2")] == [
            401,
            429,
            401,
        ]
    with start(login_limit_per_address=1) as backend:
        assert [login(backend, "192.0.2.3"), login(backend, "192.0.2.4")] == [401, 429]


def test_attempts_at_the_same_time_are_all_counted(backend: Backend) -> None:
    def attempt(_: int) -> bool:
        try:
            with backend.service.database.begin() as connection:
                rate_limits.take(connection, "race", 5)
        except rate_limits.TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(40))) == 5


def test_the_bucket_leaks(backend: Backend, engine: Engine) -> None:
    def attempt() -> None:
        with backend.service.database.begin() as connection:
            rate_limits.take(connection, "leak", 2)

    attempt()
    attempt()
    with pytest.raises(rate_limits.TooManyRequests):
        attempt()
    with engine.begin() as connection:
        connection.execute(text("UPDATE rate_limit SET empty_at = empty_at - interval '30 s' WHERE key = 'leak'"))
    attempt()
    with pytest.raises(rate_limits.TooManyRequests):
        attempt()
