from sqlalchemy import text

from tests.running import Backend, User
from todo_backend import purge


def count(backend: Backend, sql: str, **names: str) -> int:
    with backend.engine.connect() as connection:
        return int(connection.execute(text(sql), names).scalar_one())


def change(backend: Backend, sql: str, **names: str) -> None:
    with backend.engine.begin() as connection:
        connection.execute(text(sql), names)


def test_what_is_over_is_removed_and_the_rest_stays(backend: Backend, user: User, other: User) -> None:
    purge.purge(backend.service.database)  # what other tests left
    old, young, alive = (user.create(title) for title in ("old", "young", "alive"))
    for todo in (old, young):
        user.http.delete(f"/api/todos/{todo['id']}/", headers={"Idempotency-Key": todo["title"]})
    change(backend, "UPDATE todo SET deleted_at = now() - interval '31 days' WHERE id = :id", id=old["id"])
    change(backend, "UPDATE todo SET deleted_at = now() - interval '29 days' WHERE id = :id", id=young["id"])
    change(backend, "UPDATE idempotency SET created_at = now() - interval '25 hours' WHERE key = 'old'")
    change(backend, "UPDATE session SET expires_at = now() - interval '1 s' WHERE account_id = :id", id=other.id)
    change(
        backend, "INSERT INTO rate_limit VALUES ('over', now() - interval '1 s'), ('not over', now() + interval '1 h')"
    )
    removed = purge.purge(backend.service.database)
    assert removed["todo"] == 1
    assert {"session", "idempotency", "rate_limit"} <= set(removed)
    left = "SELECT count(*) FROM todo WHERE account_id = :id"
    assert count(backend, left, id=user.id) == 2
    assert user.http.post(f"/api/todos/{young['id']}/restore/").status_code == 200
    assert user.http.get(f"/api/todos/{alive['id']}/").status_code == 200
    assert other.http.get("/api/auth/me").status_code == 401
    assert count(backend, "SELECT count(*) FROM rate_limit WHERE key IN ('over', 'not over')") == 1
    assert purge.purge(backend.service.database) == {}


def test_one_at_a_time(backend: Backend) -> None:
    purge.purge(backend.service.database)
    change(backend, "INSERT INTO rate_limit VALUES ('over', now() - interval '1 s')")
    with backend.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": purge.PURGE_LOCK})
        assert purge.purge(backend.service.database) == {}
    assert purge.purge(backend.service.database) == {"rate_limit": 1}


def test_many_rows_take_several_batches(backend: Backend) -> None:
    purge.purge(backend.service.database)
    change(
        backend,
        "INSERT INTO rate_limit SELECT 'n' || n, now() - interval '1 s' FROM generate_series(1, 2500) AS n",
    )
    assert purge.purge(backend.service.database) == {"rate_limit": 2500}
