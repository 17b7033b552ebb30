"""How the chatbot says things."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from todo_chatbot.acts import Context, Show
from todo_chatbot.backend import RefusedError, Todo
from todo_chatbot.tokens import Write

SHOWN = 20
_LONG = 120
_REASONS = {
    "version_mismatch": "it was changed in the meantime",
    "not_found": "it is no longer there",
    "todo_not_found": "it is no longer there",
}


def title(text: str) -> str:
    """A title in quotes, shortened."""
    return f"“{text if len(text) <= _LONG else text[: _LONG - 1] + '…'}”"


def count(number: int, kind: str = "") -> str:
    """A number of todos."""
    return f"{number} {kind}{' ' if kind else ''}todo{'' if number == 1 else 's'}"


def due(value: str, context: Context) -> str:
    """A due value as the user would say it."""
    if len(value) == len("2026-01-31"):
        return _day(date.fromisoformat(value), context)
    moment = datetime.fromisoformat(value).astimezone(context.zone)
    return f"{_day(moment.date(), context)} at {moment:%H:%M}"


def _day(day: date, context: Context) -> str:
    away = (day - context.today).days
    if away in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[away]
    return f"{day:%a} {day.day} {day:%b %Y}"


def details(todo: Mapping[str, Any], context: Context) -> str:
    """What is special about a todo, in parentheses, or nothing."""
    said = []
    if todo.get("due_at"):
        said.append(f"due {due(todo['due_at'], context)}")
    if todo.get("priority") in ("high", "low"):
        said.append(f"{todo['priority']} priority")
    return f" ({', '.join(said)})" if said else ""


def listing(todos: list[Todo], more: bool, show: Show, context: Context) -> str:
    """The list that was asked for."""
    kind = kind_of(show)
    when = _period(show, context)
    about = f" with {title(show.words)}" if show.words else ""
    if not todos:
        return f"You have no {kind}{' ' if kind else ''}todos{when}{about}."
    number = f"more than {count(len(todos), kind)}" if more else count(len(todos), kind)
    lines = [
        f"{position}. {todo['title'][:_LONG]}{details(todo, context)}"
        f"{' — done' if todo['completed'] and show.completed is None else ''}"
        for position, todo in enumerate(todos[:SHOWN], 1)
    ]
    if more or len(todos) > SHOWN:
        lines.append("… and more; the list beside shows them all.")
    return "\n".join([f"You have {number}{when}{about}:", *lines])


def kind_of(show: Show) -> str:
    """Which todos are shown, as an adjective."""
    state = {True: "done", False: "open", None: ""}[show.completed]
    return f"{state} {show.priority}-priority".strip() if show.priority else state


def _period(show: Show, context: Context) -> str:
    first, last = show.first_day, show.last_day
    if last is None:
        return ""
    if first is None:
        return " due by today" if last == context.today else f" due by {_day(last, context)}"
    return (
        f" due {_day(first, context)}"
        if first == last
        else f" due from {_day(first, context)} to {_day(last, context)}"
    )


def did(write: Write, before: Mapping[str, Any] | None, after: Todo | None, context: Context) -> str:
    """One sentence on a write that the backend carried out."""
    name = title(write.title or (after or before or {}).get("title", ""))
    if write.op == "create":
        return f"Added {title((after or {}).get('title', write.title))}{details(after or {}, context)}."
    if write.op == "delete":
        return f"Deleted {name}."
    if write.op == "restore":
        return f"Restored {name}."
    fields = write.fields or {}
    said = []
    if "completed" in fields:
        said.append(f"marked {name} as done" if fields["completed"] else f"reopened {name}")
    if "title" in fields:
        old = title((before or {}).get("title", write.title))
        said.append(f"renamed {old} to {title(fields['title'])}")
    if "priority" in fields:
        said.append(f"set the priority of {name} to {fields['priority']}")
    if "due_at" in fields:
        new = fields["due_at"]
        said.append(f"set {name} due {due(new, context)}" if new else f"removed the due date of {name}")
    if "description" in fields:
        said.append(f"changed the description of {name}")
    sentence = " and ".join(said)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def refused(write: Write, error: RefusedError) -> str:
    """One sentence on a write that the backend refused."""
    reason = _REASONS.get(error.code) or ("it is no longer there" if error.status == 404 else None)
    reason = reason or f"the todo service refused it: {error.detail.rstrip('.')}"
    if write.op == "create":
        return f"I could not add {title(write.title)}: {reason}."
    verb = {"delete": "delete", "restore": "restore", "update": "change"}[write.op]
    return f"I did not {verb} {title(write.title) if write.title else 'it'}: {reason}."


def intent(write: Write, context: Context) -> str:
    """The question before a write that needs a yes."""
    name = title(write.title)
    fields = write.fields or {}
    if write.op == "create":
        return f"Add {name}{details(fields, context)}?"
    if write.op == "delete":
        return f"Delete {name}?"
    if "completed" in fields:
        return f"Mark {name} as done?" if fields["completed"] else f"Reopen {name}?"
    if "title" in fields:
        return f"Rename {name} to {title(fields['title'])}?"
    if "priority" in fields:
        return f"Set the priority of {name} to {fields['priority']}?"
    if fields.get("due_at"):
        return f"Set {name} due {due(fields['due_at'], context)}?"
    return f"Change {name}?"
