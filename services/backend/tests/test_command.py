"""The `backend` command, in a process of its own."""

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, NullPool, create_engine, text

from tests.cluster import free_port
from tests.running import PASSWORD, environment, write_secrets

COMMAND = [sys.executable, "-c", "from todo_backend.cli import main; raise SystemExit(main())"]


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], env=env, capture_output=True, text=True, timeout=60, check=False)


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_migrate_and_schema_status(empty_url: URL, secrets_dir: Path) -> None:
    env = environment(empty_url, secrets_dir)
    status = json.loads(run(env, "schema-status").stdout)
    assert (status["revision"], status["compatible"]) == (None, False)
    for _ in range(2):
        done = run(env, "migrate")
        assert done.returncode == 0, done.stderr
    status = json.loads(run(env, "schema-status").stdout)
    assert status == status | {"revision": status["head"], "oldest_compatible": "0001", "compatible": True}


def test_a_wrong_password_is_named(empty_url: URL, tmp_path: Path) -> None:
    wrong = write_secrets(tmp_path / "secrets", "not the password")
    for command in ("migrate", "schema-status"):
        done = run(environment(empty_url, wrong), command)
        assert done.returncode == 4
        assert sentence(done) == (
            'backend: password authentication failed for user "todo"; the secret postgres_password does not match '
            "the one that the database was created with"
        )
        assert "not the password" not in done.stdout + done.stderr


def test_a_missing_database_is_named(empty_url: URL, secrets_dir: Path) -> None:
    done = run(environment(empty_url.set(database="no_such"), secrets_dir), "migrate")
    assert done.returncode == 4
    assert 'database "no_such"' in sentence(done)


def test_an_absent_database_is_waited_for_and_then_named(empty_url: URL, secrets_dir: Path) -> None:
    port = free_port()
    done = run(environment(empty_url.set(port=port), secrets_dir, MIGRATE_WAIT="1"), "migrate")
    assert done.returncode == 3
    assert f"127.0.0.1:{port}: no answer within 1 s" in sentence(done)
    assert "waiting for the database" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("jwt_key", None, "jwt_key: is missing"),
        ("postgres_password", None, "postgres_password: is missing"),
        ("jwt_key", "short-and-secret", "jwt_key: is too short"),
    ],
)
def test_a_bad_secret_stops_the_start(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    folder = write_secrets(tmp_path / "secrets", "p")
    (folder / name).unlink()
    if content:
        (folder / name).write_text(content)
    done = run({"PATH": "", "SECRETS_DIR": str(folder), "PYTHONPATH": "src", "JWT_KEY": "k" * 40}, "serve")
    assert done.returncode == 6
    assert said in sentence(done)
    assert "short-and-secret" not in done.stderr


def test_a_bad_setting_stops_the_start(secrets_dir: Path, empty_url: URL, tmp_path: Path) -> None:
    done = run(environment(empty_url, secrets_dir, DATABASE_POOL_SIZE="many", TOKEN_LIFETIME="-1"), "serve")
    assert done.returncode == 6
    assert "DATABASE_POOL_SIZE" in sentence(done)
    assert "TOKEN_LIFETIME" in sentence(done)
    done = run(environment(empty_url, tmp_path / "nowhere"), "serve")
    assert done.returncode == 6
    assert "nowhere does not exist" in sentence(done)


@contextmanager
def serving(env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "serve"], env=env | {"PORT": str(port)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    try:
        for line in process.stdout:
            if "running on" in line:
                break
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_sigterm_lets_requests_finish_and_ends_streams(migrated_url: URL, secrets_dir: Path) -> None:
    env = environment(migrated_url, secrets_dir)
    with serving(env) as (process, url), httpx.Client(base_url=url, timeout=20) as client:
        body = {"email": f"stop{time.time_ns()}@example.com", "password": PASSWORD, "name": "S"}
        token = client.post("/api/auth/signup", json=body).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        with client.stream("GET", "/api/todos/events/") as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            # A request whose body is only half there when the signal comes.
            with httpx.Client(base_url=url, timeout=20) as slow:
                sent: list[float] = []

                def halves() -> Iterator[bytes]:
                    yield b'{"title": "in '
                    process.send_signal(signal.SIGTERM)
                    # The stream's end shows that the shutdown has begun.
                    assert list(lines) == [""]
                    sent.append(time.monotonic())
                    yield b'flight"}'

                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
                answer = slow.post("/api/todos/", content=halves(), headers=headers)
                assert answer.status_code == 201
                assert answer.json()["title"] == "in flight"
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - sent[0] < 5
        with pytest.raises(httpx.ConnectError):
            client.get("/health/live")


def test_serve_starts_without_a_database_and_says_so(empty_url: URL, secrets_dir: Path) -> None:
    env = environment(empty_url.set(port=free_port()), secrets_dir)
    with serving(env) as (process, url), httpx.Client(base_url=url, timeout=20) as client:
        assert client.get("/health/live").status_code == 200
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["code"]) == (503, "unavailable")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert process.stdout
        assert select.select([process.stdout], [], [], 0)
        assert "Traceback" not in process.stdout.read()


def test_a_failed_migration_is_a_sentence(empty_url: URL, secrets_dir: Path) -> None:
    engine = create_engine(empty_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE rate_limit (something_else int)"))
    done = run(environment(empty_url, secrets_dir), "migrate")
    assert done.returncode == 1
    assert sentence(done) == 'backend: migrate: relation "rate_limit" already exists'
