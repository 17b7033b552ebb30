"""The tools that a model which passed the exam is offered, and what its calls mean. Nothing is taken on trust."""

from collections.abc import Mapping
from typing import Any

from todo_chatbot.acts import Act, Complete, Context, Create, Delete, NewTodo, Show, Target, Update
from todo_chatbot.rules import dates, items

_TITLE = {"type": "string", "description": "the todo's title, in the user's words"}
_NEW = {"type": "string", "description": "the new title"}
_DUE = {"type": "string", "description": "when it is due, in the user's words: tomorrow, friday, 2026-12-24"}
_LEVELS = ("low", "normal", "high")
_PRIORITY = {"type": "string", "enum": list(_LEVELS)}


def _tool(name: str, description: str, required: list[str], **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


TOOLS = [
    _tool("create_todo", "Add one todo to the user's list.", ["title"], title=_TITLE, due=_DUE, priority=_PRIORITY),
    _tool("list_todos", "Show the user's todos.", [], completed={"type": "boolean"}),
    _tool("complete_todo", "Mark one todo as done.", ["title"], title=_TITLE),
    _tool(
        "update_todo", "Change one todo.", ["title"], title=_TITLE, new_title=_NEW, due=_DUE, priority=_PRIORITY
    ),
    _tool("delete_todo", "Delete one todo.", ["title"], title=_TITLE),
]  # fmt: skip


def act_of(name: str, arguments: Mapping[str, Any], context: Context) -> Act | None:
    """What a call means, None when there is no such tool or the arguments are not what it takes."""
    if name == "list_todos":
        completed = arguments.get("completed", False)
        return Show(completed) if isinstance(completed, bool) else None
    title, new = _line(arguments.get("title")), _line(arguments.get("new_title"))
    fields = _fields(arguments, context)
    if not title or fields is None:
        return None
    if name == "create_todo":
        return Create((NewTodo(title, fields),))
    if name == "update_todo":
        changed = {**({"title": new} if new else {}), **fields}
        return Update(Target(title), changed) if changed else None
    return {"complete_todo": Complete, "delete_todo": Delete}[name](Target(title)) if name in _BY_TITLE else None


_BY_TITLE = ("complete_todo", "delete_todo")


def _line(value: Any) -> str:
    """`value` as a title: one line of printable characters, nothing when it is none."""
    if not isinstance(value, str):
        return ""
    text = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return text if len(text) <= items.MAX_TITLE else ""


def _fields(arguments: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    fields: dict[str, Any] = {}
    if priority := arguments.get("priority"):
        if priority not in _LEVELS:
            return None
        fields["priority"] = priority
    if due := arguments.get("due"):
        if not isinstance(due, str) or not (day := dates.whole(due, context)):
            return None
        fields["due_at"] = day
    return fields
