"""The list: filters, order, and pages by keyset, so that page 1000 costs what page 1 costs."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Dialect, bindparam, case, func, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from todo_backend.auth.tokens import Caller, require_session, session_exists, session_parameters
from todo_backend.problems import InvalidRequest
from todo_backend.tables import todo
from todo_backend.todos import fold
from todo_backend.todos.due import bound
from todo_backend.todos.rows import COLUMNS, page_json
from todo_backend.todos.schemas import PRIORITIES, TodoQuery

_DIALECT: Dialect = PGDialect_psycopg2()  # type: ignore[no-untyped-call]
LAST, FIRST = "infinity", "-infinity"
# What each order sorts by; the id decides between equals. Each has an index (tables.py).
KEYS: dict[str, ColumnElement[Any]] = {
    "created_at": todo.c.created_at,
    "updated_at": todo.c.updated_at,
    "priority": todo.c.priority,
    "title": todo.c.title_key,
    "due_at": func.coalesce(todo.c.due_at, literal_column(f"'{LAST}'::timestamptz")),
    "-due_at": func.coalesce(todo.c.due_at, literal_column(f"'{FIRST}'::timestamptz")),
}


class Shape(NamedTuple):
    """What makes one list's SQL differ from another's."""

    sort: str
    continued: bool
    completed: bool | None
    filters: frozenset[str]


@lru_cache(maxsize=1024)
def list_sql(shape: Shape) -> str:
    """Return the statement with psycopg2's placeholders.

    Text, because building and compiling the expression again costs more than PostgreSQL takes to run it.
    The session is checked in the same statement: a list is one round trip.
    """
    backwards = shape.sort.startswith("-")
    key = KEYS.get(shape.sort) if shape.sort in KEYS else KEYS[shape.sort.removeprefix("-")]
    assert key is not None  # noqa: S101  the query's type allows no other sort
    statement = select(*COLUMNS).where(
        todo.c.account_id == bindparam("account_id"), todo.c.deleted_at.is_(None), session_exists()
    )
    if shape.completed is not None:
        # Written out, not a parameter, so that the index on open todos matches.
        statement = statement.where(todo.c.completed if shape.completed else ~todo.c.completed)
    for name in sorted(shape.filters):
        statement = statement.where(*FILTERS[name])
    if shape.continued:
        here, last = tuple_(key, todo.c.id), tuple_(bindparam("last_key"), bindparam("last_id"))
        statement = statement.where(here < last if backwards else here > last)
    order = (key.desc(), todo.c.id.desc()) if backwards else (key, todo.c.id)
    return str(statement.order_by(*order).limit(bindparam("limit")).compile(dialect=_DIALECT))


def _due(name: str) -> ColumnElement[Any]:
    return case(
        (todo.c.due_is_date, bindparam(f"{name}_dates", type_=todo.c.due_at.type)),
        else_=bindparam(f"{name}_moments", type_=todo.c.due_at.type),
    )


FILTERS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "priority": (todo.c.priority == bindparam("priority"),),
    "q": (todo.c.search_text.like(bindparam("pattern")),),
    # The first condition is for the index, the second for the truth.
    "due_after": (todo.c.due_at >= bindparam("due_after_least"), todo.c.due_at >= _due("due_after")),
    "due_before": (todo.c.due_at < bindparam("due_before_most"), todo.c.due_at < _due("due_before")),
}


def list_todos(connection: Connection, caller: Caller, query: TodoQuery) -> bytes:
    """Return a page as JSON.

    Raises InvalidRequest for a cursor that is not ours or of another order, SessionEnded for a dead token.
    """
    parameters: dict[str, Any] = session_parameters(caller) | {"limit": query.limit + 1}
    filters = set()
    if query.priority is not None:
        filters.add("priority")
        parameters["priority"] = PRIORITIES.index(query.priority)
    if query.q is not None:
        filters.add("q")
        parameters["pattern"] = fold.contains(query.q)
    if query.due_after is not None:
        filters.add("due_after")
        after = bound(query.due_after)
        parameters |= {
            "due_after_dates": after.for_dates,
            "due_after_moments": after.for_moments,
            "due_after_least": min(after),
        }
    if query.due_before is not None:
        filters.add("due_before")
        before = bound(query.due_before)
        parameters |= {
            "due_before_dates": before.for_dates,
            "due_before_moments": before.for_moments,
            "due_before_most": max(before),
        }
    if query.cursor is not None:
        parameters["last_key"], parameters["last_id"] = read_cursor(query.sort, query.cursor)
    shape = Shape(query.sort, query.cursor is not None, query.completed, frozenset(filters))
    rows = connection.exec_driver_sql(list_sql(shape), parameters).fetchall()
    if not rows:
        require_session(connection, caller)  # nothing to list, or nobody to list it for
    page = rows[: query.limit]
    next_cursor = write_cursor(query.sort, page[-1]) if len(rows) > query.limit else None
    return page_json(page, next_cursor)


def write_cursor(sort: str, row: Sequence[Any]) -> str:
    """Return where a page that ended with `row` goes on: the order, its key there and the id."""
    identifier, title, _, _, priority, due_at, _, _, created_at, updated_at = row
    keys: dict[str, object] = {
        "created_at": created_at,
        "updated_at": updated_at,
        "priority": priority,
        "title": fold.title_key(title),
        "due_at": due_at,
    }
    key = keys[sort.removeprefix("-")]
    if isinstance(key, datetime):
        key = key.isoformat()
    text = json.dumps([sort, key, identifier], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(sort: str, cursor: str) -> tuple[object, str]:
    """Return the key and the id of a cursor of this order; raises InvalidRequest if it is not one."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_for, key, identifier = json.loads(text)
        if made_for != sort:
            raise _bad_cursor(f"belongs to sort={str(made_for)[:20]!a}; use it with the same sort")
        return _key(sort, key), str(UUID(identifier))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _bad_cursor("must be the next_cursor of a page") from error


def _key(sort: str, key: object) -> object:
    field = sort.removeprefix("-")
    if field == "priority" and type(key) is int and key in range(len(PRIORITIES)):
        return key
    if field == "title" and isinstance(key, str) and "\x00" not in key:
        key.encode()  # a lone surrogate is a ValueError here and would be an error in the database
        return key
    if field == "due_at" and key is None:
        return FIRST if sort.startswith("-") else LAST
    if field in {"created_at", "updated_at", "due_at"} and isinstance(key, str):
        moment = datetime.fromisoformat(key)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    raise ValueError


def _bad_cursor(message: str) -> InvalidRequest:
    return InvalidRequest(f"The cursor {message}.", errors=[{"field": "cursor", "message": message}])
