import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.running import PASSWORD, Backend, User
from todo_backend import events
from todo_backend.todos import routes

Start = Callable[..., AbstractContextManager[Backend]]


class Reader:
    """Reads a stream in a thread; what it sees can be waited for."""

    def __init__(self, response: httpx.Response) -> None:
        self.lines: list[str] = []
        self.ended = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(response,), daemon=True)
        self._thread.start()

    def _read(self, response: httpx.Response) -> None:
        try:
            for line in response.iter_lines():
                with self._changed:
                    self.lines.append(line)
                    self._changed.notify_all()
        except httpx.HTTPError:
            pass
        self.ended.set()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line.removeprefix("data: ")) for line in self.lines if line.startswith("data: ")]

    def wait_for(self, condition: Callable[["Reader"], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), timeout=10), self.lines

    def join(self) -> None:
        self._thread.join(timeout=10)


@contextmanager
def stream(backend: Backend, token: str) -> Iterator[Reader]:
    with backend.client(token).stream("GET", "/api/todos/events/") as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        reader = Reader(response)
        reader.wait_for(lambda r: r.lines[:1] == ["retry: 2000"])
        yield reader
        # Unblock the thread before the response is closed under it.
        end_of(backend, token)
        reader.join()


def end_of(backend: Backend, token: str) -> None:
    backend.client(token).post("/api/auth/logout")


def test_changes_are_streamed_to_their_user_only(backend: Backend, user: User, other: User) -> None:
    with stream(backend, user.token) as mine, stream(backend, other.token) as theirs:
        todo = user.create("x")
        path = f"/api/todos/{todo['id']}/"
        user.http.patch(path, json={"title": "y"})
        user.http.patch(path, json={})  # changes nothing
        user.http.delete(path)
        user.http.post(path + "restore/")
        other.create("theirs")
        mine.wait_for(lambda r: len(r.events()) == 4)
        theirs.wait_for(lambda r: len(r.events()) == 1)
        kinds = [(event["type"], event["id"], event["version"]) for event in mine.events()]
        assert kinds == [
            (kind, todo["id"], n) for n, kind in enumerate(["created", "updated", "deleted", "restored"], 1)
        ]
        assert "event: todo" in mine.lines
        assert set(mine.events()[0]) == {"type", "id", "version"}


def test_across_replicas(backend: Backend, user: User, start: Start) -> None:
    with start() as replica, stream(replica, user.token) as seen:
        todo = user.create("x")
        seen.wait_for(lambda r: [event["id"] for event in r.events()] == [todo["id"]])


def test_what_is_rolled_back_is_not_told(backend: Backend, user: User) -> None:
    with stream(backend, user.token) as seen:
        with pytest.raises(KeyError), backend.service.database.begin() as connection:
            events.publish(connection, user.id, "created", "never", 1)
            raise KeyError
        todo = user.create("x")
        seen.wait_for(lambda r: bool(r.events()))
        assert [event["id"] for event in seen.events()] == [todo["id"]]


def test_logout_ends_the_streams_of_its_token_only(backend: Backend, user: User, start: Start) -> None:
    login = {"email": user.email, "password": PASSWORD}
    second = backend.client().post("/api/auth/login", json=login).json()["access_token"]
    with start() as replica, stream(replica, user.token) as here, stream(backend, second) as there:
        user.http.post("/api/auth/logout")
        assert here.ended.wait(10)
        backend.client(second).post("/api/todos/", json={"title": "x"})
        there.wait_for(lambda r: len(r.events()) == 1)
        assert not there.ended.is_set()


def test_removing_the_account_ends_its_streams(backend: Backend, user: User) -> None:
    with stream(backend, user.token) as seen:
        user.http.request("DELETE", "/api/auth/me", json={"password": PASSWORD})
        assert seen.ended.wait(10)


def test_expiry_ends_a_stream(start: Start) -> None:
    with start(token_lifetime=2) as backend:
        user = backend.user()
        with stream(backend, user.token) as seen:
            assert seen.ended.wait(10)


def test_a_quiet_stream_has_a_heartbeat(backend: Backend, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "HEARTBEAT", 0.05)
    with stream(backend, user.token) as seen:
        seen.wait_for(lambda r: r.lines.count(": still here") >= 2)


def test_stopping_ends_streams_and_takes_no_new_ones(start: Start) -> None:
    with start() as backend:
        user = backend.user()
        with stream(backend, user.token) as seen:
            started = time.monotonic()
            backend.service.hub.close()
            assert seen.ended.wait(5)
            assert time.monotonic() - started < 2
            assert user.http.get("/api/todos/events/").status_code == 503


def test_when_the_database_drops_the_listener_clients_are_told_to_come_again(backend: Backend, user: User) -> None:
    with stream(backend, user.token) as seen:
        with backend.engine.begin() as connection:
            drop = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'todo-backend events'"
            )
            connection.execute(text(drop))
        assert seen.ended.wait(10)
        with stream(backend, user.token) as again:
            user.create("x")
            again.wait_for(lambda r: len(r.events()) == 1)


def open_streams(backend: Backend) -> float:
    lines = backend.client().get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith("event_streams ")).split()[1])


def test_streams_are_bounded_and_given_back(backend: Backend, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "STREAMS_PER_ACCOUNT", 1)
    before = open_streams(backend)
    with stream(backend, user.token) as seen:
        refused = user.http.get("/api/todos/events/")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
    assert seen.ended.is_set()
    deadline = time.monotonic() + 10
    while open_streams(backend) > before:
        assert time.monotonic() < deadline


def test_a_client_that_does_not_read_is_let_go(user: User) -> None:
    slow = events.Stream(user.id, "session")
    for number in range(events.BACKLOG + 1):
        slow.put(b"%d" % number)
    assert slow._queue.get_nowait() == b"1"
    kept = [slow._queue.get_nowait() for _ in range(events.BACKLOG - 1)]
    assert kept[-1] is None
