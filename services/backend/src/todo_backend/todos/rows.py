"""A todo as it is read from the table and shown to the client."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Text, cast

from todo_backend.tables import todo
from todo_backend.todos.due import shown
from todo_backend.todos.schemas import PRIORITIES

COLUMNS = (
    # As text: the driver would make objects of it that are only printed again.
    cast(todo.c.id, Text).label("id"),
    todo.c.title,
    todo.c.description,
    todo.c.completed,
    todo.c.priority,
    todo.c.due_at,
    todo.c.due_is_date,
    todo.c.version,
    todo.c.created_at,
    todo.c.updated_at,
)


def todo_dict(row: Sequence[Any]) -> dict[str, object]:
    """Return what the client sees of a row of COLUMNS."""
    identifier, title, description, completed, priority, due_at, is_date, version, created_at, updated_at = row
    return {
        "id": identifier,
        "title": title,
        "description": description,
        "completed": completed,
        "priority": PRIORITIES[priority],
        "due_at": shown(due_at, is_date=is_date),
        "version": version,
        "created_at": created_at,
        "updated_at": updated_at,
    }


def todo_json(row: Sequence[Any]) -> bytes:
    return to_json(todo_dict(row))


def page_json(rows: Sequence[Sequence[Any]], next_cursor: str | None) -> bytes:
    return to_json({"items": [todo_dict(row) for row in rows], "next_cursor": next_cursor})
