"""Reading and changing one todo, always from the query that says whose it is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, text, update

from todo_backend import events
from todo_backend.ids import is_id, new_id
from todo_backend.problems import NotFound, Problem
from todo_backend.tables import todo
from todo_backend.todos import fold
from todo_backend.todos.due import due
from todo_backend.todos.rows import COLUMNS
from todo_backend.todos.schemas import PRIORITIES, TodoChange, TodoInput

# How long a deleted todo can be restored; the purge then removes it.
RESTORABLE = text("interval '30 days'")
VERSION = [column.name for column in COLUMNS].index("version")


class VersionMismatch(Problem):
    status, code = 412, "version_mismatch"


def _missing() -> NotFound:
    return NotFound("There is no such todo.")


def _own(account_id: str, todo_id: str) -> Select[Any]:
    """Return the query for a todo of this account; raises NotFound if the id cannot be one."""
    if not is_id(todo_id):
        raise _missing()
    return select(*COLUMNS).where(todo.c.id == todo_id, todo.c.account_id == account_id)


def get(connection: Connection, account_id: str, todo_id: str) -> Row[Any]:
    """Return the row; raises NotFound."""
    row = connection.execute(_own(account_id, todo_id).where(todo.c.deleted_at.is_(None))).first()
    if row is None:
        raise _missing()
    return row


def create(connection: Connection, account_id: str, body: TodoInput) -> Row[Any]:
    values = _columns(body.model_dump()) | {"id": new_id(), "account_id": account_id, "version": 1}
    values["search_text"] = fold.search_text(body.title, body.description)
    row = connection.execute(insert(todo).values(values).returning(*COLUMNS)).one()
    events.publish(connection, account_id, "created", row.id, row.version)
    return row


def change(
    connection: Connection, account_id: str, todo_id: str, body: TodoInput | TodoChange, if_match: str | None
) -> Row[Any]:
    """Set what the body names, all of it for a TodoInput.

    Raises NotFound, or VersionMismatch if `if_match` names another version.
    """
    row = _locked(connection, account_id, todo_id, if_match)
    given = body.model_dump(exclude_unset=isinstance(body, TodoChange))
    if not given:
        return row
    values = _columns(given) | {"version": todo.c.version + 1, "updated_at": func.now()}
    values["search_text"] = fold.search_text(given.get("title", row.title), given.get("description", row.description))
    row = connection.execute(update(todo).where(todo.c.id == row.id).values(values).returning(*COLUMNS)).one()
    events.publish(connection, account_id, "updated", row.id, row.version)
    return row


def delete(connection: Connection, account_id: str, todo_id: str, if_match: str | None) -> None:
    """Delete softly; raises NotFound or VersionMismatch."""
    row = _locked(connection, account_id, todo_id, if_match)
    values = {"deleted_at": func.now(), "version": todo.c.version + 1, "updated_at": func.now()}
    connection.execute(update(todo).where(todo.c.id == row.id).values(values))
    events.publish(connection, account_id, "deleted", row.id, row.version + 1)


def restore(connection: Connection, account_id: str, todo_id: str) -> Row[Any]:
    """Undo a deletion; a todo that is not deleted stays as it is. Raises NotFound."""
    query = _own(account_id, todo_id).add_columns(todo.c.deleted_at)
    alive = todo.c.deleted_at.is_(None) | (todo.c.deleted_at > func.now() - RESTORABLE)
    row = connection.execute(query.where(alive).with_for_update()).first()
    if row is None:
        raise _missing()
    if row.deleted_at is None:
        return get(connection, account_id, todo_id)
    values = {"deleted_at": None, "version": todo.c.version + 1, "updated_at": func.now()}
    restored = connection.execute(update(todo).where(todo.c.id == row.id).values(values).returning(*COLUMNS)).one()
    events.publish(connection, account_id, "restored", restored.id, restored.version)
    return restored


def etag(row: Sequence[Any]) -> str:
    return f'"{row[VERSION]}"'


def _locked(connection: Connection, account_id: str, todo_id: str, if_match: str | None) -> Row[Any]:
    query = _own(account_id, todo_id).where(todo.c.deleted_at.is_(None)).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise _missing()
    if if_match is not None and not matches(if_match, etag(row)):
        raise VersionMismatch(f"The todo has changed: its version is {row.version} now.", headers={"ETag": etag(row)})
    return row


def matches(if_match: str, current: str) -> bool:
    """Say whether an If-Match header (RFC 9110 13.1.1: `*` or a list) holds for the current entity tag."""
    return if_match.strip() == "*" or current in [tag.strip() for tag in if_match.split(",")]


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    """Return the columns for the fields of a body."""
    values: dict[str, Any] = {
        name: value for name, value in given.items() if name in {"title", "description", "completed"}
    }
    if "title" in given:
        values["title_key"] = fold.title_key(given["title"])
    if "priority" in given:
        values["priority"] = PRIORITIES.index(given["priority"])
    if "due_at" in given:
        moment = due(given["due_at"])
        values["due_at"] = moment.at if moment else None
        values["due_is_date"] = bool(moment and moment.is_date)
    return values
