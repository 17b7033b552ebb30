import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import text

from tests.running import Backend, User
from todo_backend.auth.tokens import Caller
from todo_backend.todos import listing
from todo_backend.todos.schemas import TodoQuery

SORTS = ["created_at", "updated_at", "due_at", "priority", "title"]


def pages(user: User, query: str, limit: int) -> list[dict[str, Any]]:
    """Follow the cursors to the end."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = user.http.get(f"/api/todos/?limit={limit}&{query}" + (f"&cursor={cursor}" if cursor else ""))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        assert len(page["items"]) == limit
        cursor = page["next_cursor"]


@pytest.fixture
def many(user: User) -> User:
    """Somebody with todos that are equal in what they are sorted by, and some without a date."""
    dates = [None, "2026-05-01", "2026-05-01T00:00:00Z", "2026-05-02T10:00:00-05:00", "0001-01-01", "9999-12-31"]
    for number in range(23):
        title = ["Äpfel", "apfel", "Zebra", "b" * 500, "%_\\"][number % 5]
        fields = {
            "priority": ["low", "normal", "high"][number % 3],
            "due_at": dates[number % 6],
            "completed": number % 4 == 0,
        }
        user.create(title, **fields)
    return user


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("filters", ["", "completed=false&", "q=e&priority=high&"])
def test_pages_are_the_list_cut_into_pieces(many: User, sort: str, sign: str, filters: str) -> None:
    query = f"{filters}sort={sign}{sort}"
    whole = many.http.get(f"/api/todos/?{query}&limit=100").json()["items"]
    assert len(whole) > 3
    for limit in (1, 4, len(whole)):
        assert pages(many, query, limit) == whole


@pytest.mark.parametrize("sort", ["created_at", "updated_at"])
def test_sort_by_time(many: User, sort: str) -> None:
    ascending = [item[sort] for item in many.http.get(f"/api/todos/?sort={sort}&limit=100").json()["items"]]
    assert ascending == sorted(ascending)
    descending = [item[sort] for item in many.http.get(f"/api/todos/?sort=-{sort}&limit=100").json()["items"]]
    assert descending == ascending[::-1]


def test_sort_by_priority(many: User) -> None:
    items = many.http.get("/api/todos/?sort=-priority&limit=100").json()["items"]
    order = ["high", "normal", "low"]
    assert [item["priority"] for item in items] == sorted((i["priority"] for i in items), key=order.index)


def test_sort_by_title_ignores_case_and_accents(user: User) -> None:
    for title in ("zoo", "Émile", "eve", "Zürich", "apple", "ÄTNA"):
        user.create(title)
    assert user.titles("sort=title") == ["apple", "ÄTNA", "Émile", "eve", "zoo", "Zürich"]


def test_undated_todos_come_last_in_both_directions(user: User) -> None:
    for title, due_at in [("none", None), ("late", "2026-06-01"), ("early", "2026-05-01T08:00:00Z")]:
        user.create(title, due_at=due_at)
    assert user.titles("sort=due_at") == ["early", "late", "none"]
    assert user.titles("sort=-due_at") == ["late", "early", "none"]


def test_newest_first_by_default(user: User) -> None:
    for title in ("first", "second"):
        user.create(title)
    assert user.titles() == ["second", "first"]


def test_filters(many: User) -> None:
    def found(query: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = many.http.get(f"/api/todos/?limit=100&{query}").json()["items"]
        return items

    everything = found("")
    assert len(everything) == 23
    assert found("completed=true") == [item for item in everything if item["completed"]]
    assert found("completed=false") == [item for item in everything if not item["completed"]]
    assert found("priority=high") == [item for item in everything if item["priority"] == "high"]
    assert found("completed=true&priority=low") == [
        item for item in everything if item["completed"] and item["priority"] == "low"
    ]


@pytest.mark.parametrize(
    ("q", "hit"),
    [
        ("milk", True),
        ("MILK", True),
        ("zurich", True),
        ("Zu\u0308rich", True),
        ("100%", True),
        ("100_", False),
        ("%25", False),
        ("a\\b", True),
        ("fuss", True),
        ("second line", True),
        ("milk second", False),
        ("m", True),
        ("牛乳", True),
        ("", True),
    ],
)
def test_search(user: User, q: str, hit: bool) -> None:
    user.create("Milk from Zürich 牛乳", description="100% sure, a\\b, Fuß, and a\nSecond Line")
    assert bool(user.http.get("/api/todos/", params={"q": q}).json()["items"]) is hit


def test_search_follows_changes(user: User) -> None:
    todo = user.create("milk", description="white")
    user.http.patch(f"/api/todos/{todo['id']}/", json={"title": "bread"})
    assert (user.titles("q=milk"), user.titles("q=bread"), user.titles("q=white")) == ([], ["bread"], ["bread"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # Bounds are "from then on" and "earlier than that".
        ({"due_after": "2026-05-01", "due_before": "2026-05-02"}, {"date 1", "noon 1"}),
        ({"due_after": "2026-05-02"}, {"date 2"}),
        ({"due_before": "2026-05-01"}, set()),
        ({"due_after": "2026-05-01T12:00:00Z"}, {"noon 1", "date 2"}),
        ({"due_before": "2026-05-01T12:00:00Z"}, {"date 1"}),
        # May 1st in New York: the date counts as midnight there, the moment (08:00 there) stays a moment.
        ({"due_after": "2026-05-01T00:00:00-04:00", "due_before": "2026-05-02T00:00:00-04:00"}, {"date 1", "noon 1"}),
        ({"due_before": "2026-05-01T08:00:00-04:00"}, {"date 1"}),
        # ... and in Auckland, where that moment is on May 2nd.
        ({"due_after": "2026-05-01T00:00:00+12:00", "due_before": "2026-05-02T00:00:00+12:00"}, {"date 1"}),
        ({"due_after": "2026-05-02T00:00:00+12:00"}, {"noon 1", "date 2"}),
        ({"due_after": "0001-01-01", "due_before": "9999-12-31"}, {"date 1", "noon 1", "date 2"}),
    ],
)
def test_due_filters(user: User, query: dict[str, str], expected: set[str]) -> None:
    for title, due_at in [
        ("date 1", "2026-05-01"),
        ("noon 1", "2026-05-01T12:00:00Z"),
        ("date 2", "2026-05-02"),
        ("never", None),
    ]:
        user.create(title, due_at=due_at)
    found = user.http.get("/api/todos/", params=query).json()["items"]
    assert {item["title"] for item in found} == expected


def test_a_page_is_not_shifted_by_what_is_added(user: User) -> None:
    for number in range(4):
        user.create(f"{number}")
    first = user.http.get("/api/todos/?limit=2").json()
    user.create("new")
    second = user.http.get(f"/api/todos/?limit=2&cursor={first['next_cursor']}").json()
    assert [item["title"] for item in first["items"] + second["items"]] == ["3", "2", "1", "0"]


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


ID = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("sort", "bad"),
    [
        ("-created_at", "x"),
        ("-created_at", "%00"),
        ("-created_at", "é"),
        ("-created_at", "A" * 999),
        ("-created_at", cursor("-created_at")),
        ("-created_at", cursor("-created_at", None, ID)),
        ("-created_at", cursor("-created_at", 3, ID)),
        ("-created_at", cursor("-created_at", "2026-05-01", ID)),
        ("-created_at", cursor("-created_at", "0001-01-01T00:00:00+23:00", ID)),
        ("-created_at", cursor("-created_at", "2026-05-01T00:00:00+00:00", "x")),
        ("-created_at", cursor("-created_at", "2026-05-01T00:00:00+00:00", 1)),
        ("-created_at", cursor("title", "a", ID)),
        ("title", cursor("title", "\x00", ID)),
        ("title", cursor("title", "\ud800", ID)),
        ("title", cursor("title", ["a"], ID)),
        ("priority", cursor("priority", 10**30, ID)),
        ("priority", cursor("priority", True, ID)),
        ("due_at", cursor("due_at", "infinity", ID)),
        ("due_at", cursor({"a": "\ud800"}, None, ID)),
    ],
)
def test_a_bad_cursor_is_refused(user: User, sort: str, bad: str) -> None:
    answer = user.http.get(f"/api/todos/?sort={sort}&cursor={bad}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_another_users_cursor_shows_nothing_of_theirs(user: User, other: User) -> None:
    for number in range(3):
        other.create(f"{number}")
    stolen = other.http.get("/api/todos/?limit=1").json()["next_cursor"]
    user.create("mine")
    assert user.titles(f"cursor={stolen}") in ([], ["mine"])


@pytest.fixture(scope="module")
def heavy(backend: Backend) -> User:
    """Somebody with 10,000 todos."""
    user = backend.user()
    with backend.engine.begin() as connection:
        connection.execute(
            text(
                """
                INSERT INTO todo (id, account_id, title, description, completed, priority, due_at, due_is_date,
                                  version, created_at, updated_at, title_key, search_text)
                SELECT gen_random_uuid(), :account, 'todo ' || n, '', n % 2 = 0, n % 3,
                       CASE WHEN n % 5 > 0 THEN now() + n * interval '1 minute' END, false,
                       1, now() - n * interval '1 second', now() - n * interval '1 second', 'todo ' || n, 'todo ' || n
                FROM generate_series(1, 10000) AS n
                """
            ),
            {"account": user.id},
        )
    with backend.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE todo"))
    return user


class Recorder:
    """A connection that only notes what it should do."""

    sql = ""
    parameters: Any = None

    def exec_driver_sql(self, sql: str, parameters: Any) -> "Recorder":
        self.sql, self.parameters = sql, parameters
        return self

    def fetchall(self) -> list[Any]:
        raise KeyError


def buffers(backend: Backend, user: User, **query: Any) -> int:
    """Return how many blocks PostgreSQL touches for this list: a cost without noise."""
    recorder: Any = Recorder()
    with pytest.raises(KeyError):
        listing.list_todos(recorder, Caller(user.id, session_id(user), 0), TodoQuery(**query))
    with backend.engine.connect() as connection:
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {recorder.sql}"
        plan = connection.exec_driver_sql(explain, recorder.parameters).scalar_one()[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


@pytest.mark.parametrize("sort", [sign + sort for sort in SORTS for sign in ("", "-")])
def test_a_late_page_costs_what_the_first_costs(backend: Backend, heavy: User, sort: str) -> None:
    cursor = ""
    for _ in range(80):
        cursor = heavy.http.get(f"/api/todos/?sort={sort}&limit=100&cursor={cursor}").json()["next_cursor"]
    first, late = (buffers(backend, heavy, sort=sort, limit=20, cursor=at) for at in ("", cursor))
    assert late < first + 50  # reading what lies before would touch hundreds
    assert first < 200


def test_a_rare_word_is_found_without_reading_everything(backend: Backend, heavy: User) -> None:
    assert heavy.titles("q=todo+9999") == ["todo 9999"]
    assert buffers(backend, heavy, q="todo 9999") < 1000


def session_id(user: User) -> str:
    found: str = jwt.decode(user.token, options={"verify_signature": False})["jti"]
    return found


def test_moments_near_the_end_of_time(user: User) -> None:
    for due_at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31"):
        assert user.create("x", due_at=due_at)["due_at"] == due_at
    soon = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert user.titles(f"due_before={soon}") == ["x"]
    assert len(pages(user, "sort=-due_at", 1)) == 3
