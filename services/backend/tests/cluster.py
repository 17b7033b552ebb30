"""A PostgreSQL of the tests' own."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, create_engine, make_url, text

PASSWORD = "only for tests"
OWN_PREFIX = "todo_test"


@contextmanager
def cluster() -> Iterator[URL]:
    """Yield the URL of an empty database: of TEST_DATABASE_URL, or of a cluster made for the purpose.

    Raises RuntimeError for a TEST_DATABASE_URL whose database's name does not say that it is for tests: the
    tests would fill it.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        url = make_url(given).set(drivername="postgresql+psycopg2")
        if not (url.database or "").startswith(OWN_PREFIX):
            raise RuntimeError(f"refusing to test on {url.database!r}: its name must begin with {OWN_PREFIX!r}")
        yield url
        return
    with TemporaryDirectory(prefix="todo-postgres-") as folder:
        yield from _started(Path(folder))


def _started(folder: Path) -> Iterator[URL]:
    password_file = folder / "password"
    password_file.write_text(PASSWORD)
    data, port = folder / "data", free_port()
    # C, where upper and lower case exist for ASCII only: what works here works with every locale.
    _run("initdb", "-D", data, "-U", "todo", "-A", "scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8")
    options = f"-p {port} -k {folder} -c fsync=off -c listen_addresses=127.0.0.1 -c max_connections=200"
    _run("pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        url = URL.create("postgresql+psycopg2", "todo", PASSWORD, "127.0.0.1", port, f"{OWN_PREFIX}")
        with admin(url) as execute:
            execute(f"CREATE DATABASE {OWN_PREFIX}")
        yield url
    finally:
        _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(command: str, *arguments: object) -> None:
    path = shutil.which(command)
    if path is None:
        raise RuntimeError(f"{command} is not on PATH: install PostgreSQL or set TEST_DATABASE_URL")
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        [path, *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # not a pipe: the server inherits it and would keep it open
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command} failed with {done.returncode}")


@contextmanager
def admin(url: URL) -> Iterator[Callable[[str], None]]:
    """Yield a function that runs a statement outside of any transaction, in the database `postgres`."""
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield lambda statement: _discard(connection.execute(text(statement)))
    finally:
        engine.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _discard(_: object) -> None:
    pass
