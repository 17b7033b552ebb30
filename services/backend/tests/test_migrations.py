import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, create_engine, text

from tests.running import Backend
from todo_backend import schema
from todo_backend.migrations import HEAD
from todo_backend.tables import metadata


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def scripts() -> list[Any]:
    directory = ScriptDirectory.from_config(schema.alembic_config(None))  # type: ignore[arg-type]
    return list(directory.walk_revisions())[::-1]


def test_revisions_have_an_order_and_the_head_is_known() -> None:
    revisions = [script.revision for script in scripts()]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert revisions[-1] == HEAD


def test_the_code_and_the_migrations_agree_on_the_schema(migrated_url: URL) -> None:
    with connected(migrated_url) as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        assert differences == []
        # The comparison does not look into expressions and conditions: compare those as PostgreSQL prints them.
        query = text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = :name")
        migrated = {row.indexname: row.indexdef for row in connection.execute(query, {"name": "public"})}
        connection.execute(text("CREATE SCHEMA from_code"))
        connection.execute(text("SET search_path = from_code, public"))
        metadata.create_all(connection, checkfirst=False)
        coded = {row.indexname: row.indexdef for row in connection.execute(query, {"name": "from_code"})}
        migrated.pop("alembic_version_pkc")
        assert {name: made.replace("from_code.", "public.") for name, made in coded.items()} == migrated
        connection.rollback()


def test_migrate_twice(empty_url: URL) -> None:
    with schema.connect(empty_url, 5) as connection:
        before = schema.read_state(connection)
    assert (before.revision, before.compatible) == (None, False)
    for _ in range(2):
        state = schema.migrate(empty_url, wait=5)
        assert (state.revision, state.oldest_compatible, state.compatible) == (HEAD, "0001", True)


def test_several_at_once(empty_url: URL) -> None:
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(lambda _: schema.migrate(empty_url, wait=5), range(4)))
    assert {state.revision for state in states} == {HEAD}


def test_a_newer_schema_that_says_it_is_compatible_is_left_alone(empty_url: URL) -> None:
    schema.migrate(empty_url, wait=5)
    with connected(empty_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
    state = schema.migrate(empty_url, wait=5)
    assert (state.revision, state.newer, state.compatible) == ("9000", True, True)


def test_a_newer_schema_that_is_not_compatible_is_refused(empty_url: URL) -> None:
    schema.migrate(empty_url, wait=5)
    with connected(empty_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
        connection.execute(text("UPDATE schema_compatibility SET oldest_revision = '8000'"))
    with pytest.raises(schema.SchemaIncompatible, match="needs code of revision 8000 or later, and this is"):
        schema.migrate(empty_url, wait=5)


def test_an_older_schema_is_not_ready(empty_url: URL) -> None:
    state = schema.SchemaState("0000", "0000")
    assert not state.compatible
    assert "run `backend migrate`" in state.detail


def test_a_table_in_use_is_waited_for(empty_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first revision meets a lock on a name it wants; the migration tries again instead of queueing."""
    monkeypatch.setattr(schema, "LOCK_TIMEOUT", "100ms")
    engine = create_engine(empty_url, poolclass=NullPool)
    with engine.connect() as holder:
        # Alembic makes its own table first: hold that.
        holder.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
        holder.commit()
        holder.execute(text("LOCK TABLE alembic_version IN SHARE MODE"))
        tried = threading.Event()

        def release(seconds: float) -> None:
            holder.rollback()
            tried.set()

        monkeypatch.setattr("todo_backend.schema.time.sleep", release)
        state = schema.migrate(empty_url, wait=5)
    assert tried.is_set()
    assert state.revision == HEAD


def test_a_failing_migration_leaves_nothing_behind(empty_url: URL) -> None:
    with connected(empty_url) as connection:
        connection.execute(text("CREATE TABLE rate_limit (something_else int)"))
    with pytest.raises(Exception, match="rate_limit"):
        schema.migrate(empty_url, wait=5)
    with connected(empty_url) as connection:
        assert connection.scalar(text("SELECT to_regclass('todo')")) is None
        connection.execute(text("DROP TABLE rate_limit"))
    assert schema.migrate(empty_url, wait=5).compatible


def test_readiness_follows_the_schema(backend: Backend) -> None:
    client = backend.client()

    def tell(revision: str, oldest: str) -> tuple[int, str]:
        with backend.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
            connection.execute(text("UPDATE schema_compatibility SET oldest_revision = :r"), {"r": oldest})
        answer = client.get("/health/ready")
        return answer.status_code, answer.json().get("detail", "")

    try:
        assert tell("9000", "0001") == (200, "")
        assert tell("9000", "8000")[0] == 503
        assert "deploy a newer backend" in tell("9000", "8000")[1]
        assert tell("0000", "0000")[0] == 503
        assert client.get("/health/live").status_code == 200
    finally:
        assert tell(HEAD, "0001") == (200, "")
