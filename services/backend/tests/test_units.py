"""Small functions, without a server."""

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

import pytest

from todo_backend.auth.passwords import is_common
from todo_backend.ids import new_id
from todo_backend.middleware import canonical
from todo_backend.settings import Configuration, Secrets, Settings
from todo_backend.todos import due, fold, store


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "password123",
        "Passw0rd!",
        "P@ssw0rd",
        "12345678",
        "87654321",
        "11111111",
        "12121212",
        "qwertyuiop",
        "Qwerty123!",
        "iloveyou2",
        "letmein!!",
        "adminadmin",
        "abcdefgh",
        "Summer2026",
        "jane.doe1",
        "jane.doe@example.com",
    ],
)
def test_common_passwords(password: str) -> None:
    assert is_common(password, "jane.doe@example.com")


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tr4verse-Kelp", "passwordless-elephant", "ünïcödé wörds", "mjkqxzvw", "9f8e7d6c5b"],
)
def test_other_passwords(password: str) -> None:
    assert not is_common(password, "jane.doe@example.com")


def test_ids_are_uuids_of_version_7_in_order_of_time() -> None:
    made = [new_id() for _ in range(100)]
    assert {UUID(text).version for text in made} == {7}
    assert {UUID(text).variant for text in made} == {"specified in RFC 4122"}
    assert len(set(made)) == 100
    assert [text[:13] for text in made] == sorted(text[:13] for text in made)


def test_due() -> None:
    assert due.due("2026-05-01") == (datetime(2026, 5, 1, tzinfo=UTC), True)
    assert due.due("2026-05-01T10:00:00+02:00") == (datetime(2026, 5, 1, 8, tzinfo=UTC), False)
    assert due.due("2026-05-01t10:00:00.5z") == (datetime(2026, 5, 1, 10, 0, 0, 500_000, tzinfo=UTC), False)
    assert due.due(None) is None
    assert due.shown(datetime(2026, 5, 1, tzinfo=UTC), is_date=True) == date(2026, 5, 1)
    assert due.shown(None, is_date=False) is None


def test_bound() -> None:
    found = due.bound("2026-05-01T20:00:00-05:00")
    assert found.for_dates == datetime(2026, 5, 1, 20, tzinfo=UTC)
    assert found.for_moments == datetime(2026, 5, 2, 1, tzinfo=UTC)


def test_fold() -> None:
    assert fold.fold("Straße ÉCOLE ﬁn İ") == "strasse ecole fin i"
    assert len(fold.title_key("ﷺ" * 500)) == fold.KEY_LENGTH
    assert fold.contains("50%_\\") == "%50\\%\\_\\\\%"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/todos", "/api/todos/"),
        ("/api/todos/1", "/api/todos/1/"),
        ("/api/todos/1/", "/api/todos/1/"),
        ("/api/todosomething", "/api/todosomething"),
        ("/api/auth/me/", "/api/auth/me"),
        ("/", "/"),
        ("//", "/"),
    ],
)
def test_canonical(path: str, expected: str) -> None:
    assert canonical(path) == expected


def test_if_match() -> None:
    assert store.matches("*", '"1"')
    assert store.matches('"0", "1"', '"1"')
    assert not store.matches('W/"1"', '"1"')
    assert not store.matches("1", '"1"')


@pytest.mark.parametrize(
    ("mode", "authority", "query"),
    [
        ("prefer", "", {"sslmode": "prefer"}),
        ("prefer", "/run/config/ca.pem", {"sslmode": "prefer"}),  # an empty file there would fail the connection
        ("require", "/run/config/ca.pem", {"sslmode": "require"}),
        ("verify-full", "", {"sslmode": "verify-full"}),
        ("verify-ca", "/ca.pem", {"sslmode": "verify-ca", "sslrootcert": "/ca.pem"}),
        ("verify-full", "/ca.pem", {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}),
    ],
)
def test_an_authority_counts_where_a_certificate_is_verified(
    mode: Literal["prefer", "require", "verify-ca", "verify-full"], authority: str, query: dict[str, str]
) -> None:
    settings = Settings(database_sslmode=mode, database_sslrootcert=authority)
    assert dict(Configuration(settings, Secrets()).database_url().query) == query
