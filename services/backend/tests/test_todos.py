from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import text

from tests.running import Backend, User

Start = Callable[..., AbstractContextManager[Backend]]
JSON = {"Content-Type": "application/json"}


def path(todo: dict[str, Any]) -> str:
    return f"/api/todos/{todo['id']}/"


def test_create_and_show(user: User) -> None:
    body = {
        "title": "  Buy milk ",
        "description": "two\nlitres",
        "priority": "high",
        "due_at": "2026-05-01T09:30:00+02:00",
    }
    answer = user.http.post("/api/todos/", json=body)
    todo = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == path(todo)
    assert answer.headers["etag"] == '"1"'
    expected = {
        "id": todo["id"],
        "title": "Buy milk",
        "description": "two\nlitres",
        "completed": False,
        "priority": "high",
        "due_at": "2026-05-01T07:30:00Z",
        "version": 1,
        "created_at": todo["created_at"],
        "updated_at": todo["created_at"],
    }
    assert todo == expected
    shown = user.http.get(path(todo))
    assert (shown.status_code, shown.json(), shown.headers["etag"]) == (200, expected, '"1"')
    assert user.http.get("/api/todos/").json() == {"items": [expected], "next_cursor": None}


def test_defaults(user: User) -> None:
    todo = user.create("x")
    found = (todo["description"], todo["completed"], todo["priority"], todo["due_at"])
    assert found == ("", False, "normal", None)


def test_patch_changes_what_it_names(user: User) -> None:
    todo = user.create("x", description="d", priority="low", due_at="2026-05-01")
    answer = user.http.patch(path(todo), json={"completed": True})
    changed = answer.json()
    assert answer.headers["etag"] == '"2"'
    assert changed["updated_at"] > todo["updated_at"]
    assert changed == todo | {"completed": True, "version": 2, "updated_at": changed["updated_at"]}
    cleared = user.http.patch(path(todo), json={"due_at": None, "title": "y"}).json()
    assert (cleared["due_at"], cleared["title"], cleared["priority"]) == (None, "y", "low")
    nothing = user.http.patch(path(todo), json={})
    assert (nothing.status_code, nothing.json()) == (200, cleared)


def test_put_replaces(user: User) -> None:
    todo = user.create("x", description="d", priority="low", completed=True, due_at="2026-05-01")
    replaced = user.http.put(path(todo), json={"title": "y"}).json()
    assert (replaced["title"], replaced["description"], replaced["completed"]) == ("y", "", False)
    assert (replaced["priority"], replaced["due_at"], replaced["version"]) == ("normal", None, 2)
    assert user.http.put(path(todo), json={"completed": True}).status_code == 422


def test_delete_and_restore(user: User) -> None:
    todo = user.create("x")
    assert user.http.delete(path(todo)).status_code == 204
    assert user.titles() == []
    for method in ("GET", "DELETE", "PATCH"):
        assert user.http.request(method, path(todo), json={} if method == "PATCH" else None).status_code == 404
    restored = user.http.post(path(todo) + "restore/")
    assert restored.status_code == 200
    assert restored.json() | {"updated_at": ""} == todo | {"version": 3, "updated_at": ""}
    again = user.http.post(path(todo) + "restore/")
    assert (again.status_code, again.json()["version"]) == (200, 3)
    assert user.titles() == ["x"]


def test_after_thirty_days_a_deleted_todo_is_gone(backend: Backend, user: User) -> None:
    todo = user.create("x")
    user.http.delete(path(todo))
    with backend.engine.begin() as connection:
        age = text("UPDATE todo SET deleted_at = now() - interval '30 days' WHERE id = :id")
        connection.execute(age, {"id": todo["id"]})
    assert user.http.post(path(todo) + "restore/").status_code == 404


def test_if_match(user: User) -> None:
    todo = user.create("x")
    stale, fresh = {"If-Match": '"7"'}, {"If-Match": '"1"'}
    for method, body in [("PATCH", {"title": "y"}), ("PUT", {"title": "y"}), ("DELETE", None)]:
        refused = user.http.request(method, path(todo), json=body, headers=stale)
        assert (refused.status_code, refused.json()["code"]) == (412, "version_mismatch")
        assert refused.headers["etag"] == '"1"'
    assert user.http.patch(path(todo), json={"title": "y"}, headers=fresh).json()["version"] == 2
    assert user.http.patch(path(todo), json={"title": "z"}, headers=fresh).status_code == 412
    for good in ("*", '"1", "2"', '"2"'):
        empty = user.http.patch(path(todo), json={}, headers={"If-Match": good})
        assert empty.status_code == 200, good
    for bad in (b"2", b'W/"2"', b'"99999999999999999999999"', b"", b"\xff"):
        answer = user.http.patch(path(todo), json={}, headers={b"If-Match": bad})
        assert answer.status_code == 412, bad
    assert user.http.delete(path(todo), headers={"If-Match": '"2"'}).status_code == 204


def test_of_many_who_change_the_same_version_one_wins(user: User) -> None:
    todo = user.create("x")

    def change(number: int) -> int:
        answer = user.http.patch(path(todo), json={"title": f"by {number}"}, headers={"If-Match": '"1"'})
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(change, range(16)))
    assert statuses == [200] + [412] * 15
    assert user.http.get(path(todo)).json()["version"] == 2


def test_a_change_that_waited_for_another_sees_what_that_one_did(backend: Backend, user: User) -> None:
    todo = user.create("x")
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%todo%'")
    with ThreadPoolExecutor(1) as pool, backend.engine.connect() as first, backend.engine.connect() as watcher:
        watcher.execution_options(isolation_level="AUTOCOMMIT")
        first.execute(text("UPDATE todo SET version = 2 WHERE id = :id"), {"id": todo["id"]})
        second = pool.submit(user.http.patch, path(todo), json={"title": "y"}, headers={"If-Match": '"1"'})
        while not watcher.scalar(waiting):
            assert not second.done()
        first.commit()
        assert second.result().status_code == 412


def test_another_users_todo_does_not_exist(user: User, other: User) -> None:
    todo = user.create("secret")
    requests: list[tuple[str, str, dict[str, str] | None]] = [
        ("GET", path(todo), None),
        ("PATCH", path(todo), {"title": "mine now"}),
        ("PUT", path(todo), {"title": "mine now"}),
        ("DELETE", path(todo), None),
        ("POST", path(todo) + "restore/", None),
    ]
    for method, where, body in requests:
        answer = other.http.request(method, where, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), method
    user.http.delete(path(todo))
    assert other.http.post(path(todo) + "restore/").status_code == 404
    assert other.titles() == []
    assert user.http.post(path(todo) + "restore/").json()["title"] == "secret"


@pytest.mark.parametrize("identifier", ["1", "x" * 200, "%00", "00000000-0000-0000-0000-00000000000g", "{}", "%ff"])
def test_an_id_that_cannot_be_one_is_not_found(user: User, identifier: str) -> None:
    assert user.http.get(f"/api/todos/{identifier}/").status_code == 404
    assert user.http.delete(f"/api/todos/{identifier}").status_code == 404


def test_both_forms_of_a_path_answer_without_redirect(backend: Backend, user: User) -> None:
    todo = user.http.post("/api/todos", json={"title": "x"}).json()
    for where in (path(todo), path(todo)[:-1], "/api/todos", "/api/todos/", "/api/auth/me", "/api/auth/me/"):
        assert user.http.get(where).status_code == 200, where
    assert user.http.delete(path(todo)[:-1]).status_code == 204
    assert user.http.post(path(todo) + "restore").status_code == 200
    assert backend.client().get("/health/live/").status_code == 200
    assert user.http.get("/api/todosx").status_code == 404


def test_the_answer_comes_after_the_commit(backend: Backend, user: User) -> None:
    """A commit that fails must not have been answered with 201."""
    with backend.engine.begin() as connection:
        connection.execute(
            text(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'refused at commit'; END $$
                """
            )
        )
        connection.execute(
            text(
                """
                CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON todo DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.title = 'doomed') EXECUTE FUNCTION refuse()
                """
            )
        )
    try:
        answer = user.http.post("/api/todos/", json={"title": "doomed"})
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert "refused" not in answer.text
        assert user.titles() == []
        fine = user.create("fine")
        with backend.engine.connect() as elsewhere:
            committed = text("SELECT title FROM todo WHERE id = :id")
            assert elsewhere.scalar(committed, {"id": fine["id"]}) == "fine"
    finally:
        with backend.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER refuse ON todo"))
            connection.execute(text("DROP FUNCTION refuse()"))


def test_more_clients_than_connections_do_not_wait_for_ever(start: Start) -> None:
    with start(database_pool_size=2) as backend:
        user = backend.user()

        def work(number: int) -> int:
            return user.http.post("/api/todos/", json={"title": f"{number}"}).status_code

        with ThreadPoolExecutor(20) as pool:
            assert set(pool.map(work, range(100))) == {201}


def test_a_restart_of_the_database_is_not_noticed(backend: Backend, user: User) -> None:
    todo = user.create("before")
    kill = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'todo-backend'")
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/api/todos/", None),
        ("GET", path(todo), None),
        ("PATCH", path(todo), {"title": "after"}),
        ("POST", "/api/todos/", {"title": "new"}),
        ("GET", "/health/ready", None),
    ]
    for method, where, body in requests:
        with backend.engine.begin() as connection:
            connection.execute(kill)
        assert user.http.request(method, where, json=body).status_code < 300, (method, where)
