"""Fixtures: one database and one server per run; each test makes users of its own and so sees nobody else's."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine

from tests.cluster import OWN_PREFIX, admin, cluster
from tests.running import Backend, User, configuration, running, write_secrets
from todo_backend import schema

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def database_url() -> Iterator[URL]:
    with cluster() as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def secrets_dir(database_url: URL, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_secrets(tmp_path_factory.mktemp("secrets"), str(database_url.password))
    os.environ["SECRETS_DIR"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def migrated_url(database_url: URL) -> URL:
    schema.migrate(database_url, wait=10)
    return database_url


@pytest.fixture(scope="session")
def engine(migrated_url: URL) -> Iterator[Engine]:
    made = create_engine(migrated_url, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def backend(migrated_url: URL, engine: Engine) -> Iterator[Backend]:
    with running(configuration(migrated_url), engine) as made:
        yield made


@pytest.fixture
def start(migrated_url: URL, engine: Engine) -> Callable[..., AbstractContextManager[Backend]]:
    """Return a function that starts another backend, with other settings, on the same database."""

    def another(**settings: Any) -> AbstractContextManager[Backend]:
        return running(configuration(migrated_url, **settings), engine)

    return another


@pytest.fixture
def user(backend: Backend) -> User:
    return backend.user()


@pytest.fixture
def other(backend: Backend) -> User:
    return backend.user()


@pytest.fixture
def empty_url(database_url: URL) -> Iterator[URL]:
    """Yield the URL of a new database without a schema."""
    name = f"{OWN_PREFIX}_{os.getpid()}_{next(_numbers)}"
    with admin(database_url) as execute:
        execute(f"CREATE DATABASE {name}")
        yield database_url.set(database=name)
        execute(f"DROP DATABASE {name} WITH (FORCE)")
