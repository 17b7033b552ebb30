"""What each act does to the user's list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from todo_chatbot import words
from todo_chatbot.acts import (
    Act,
    Ask,
    Complete,
    Context,
    Create,
    Delete,
    Interpretation,
    Later,
    Many,
    Say,
    Show,
    Update,
)
from todo_chatbot.backend import Backend, Todo
from todo_chatbot.finding import PAGE, Finder, InsteadError, NotOursError
from todo_chatbot.problems import BackendUnavailableError
from todo_chatbot.rules.dates import moved
from todo_chatbot.schemas import Action, ChatAnswer, Choice, Confirm, Tool
from todo_chatbot.tokens import Write
from todo_chatbot.writing import Outcome, Writer

MAX_MANY = 100


class Actor:
    """Carries out acts for one caller."""

    def __init__(self, backend: Backend, writer: Writer) -> None:
        self._backend, self._writer, self._finder = backend, writer, Finder(backend)

    async def act(self, meaning: Interpretation, context: Context) -> ChatAnswer:
        """Carry out an act, or ask first. Raises NotOursError when nothing of the list is meant."""
        try:
            answer = await self._act(meaning.act, context, suggested=meaning.ask or meaning.source == "model")
        except InsteadError as stopped:
            answer = stopped.answer
        answer.source = meaning.source
        return answer

    async def _act(self, act: Act, context: Context, *, suggested: bool) -> ChatAnswer:
        match act:
            case Create():
                return await self._create(act, context, suggested)
            case Show():
                return await self._show(act, context)
            case Complete():
                return await self._complete(act, context, suggested)
            case Update():
                return await self._update(act, context, suggested)
            case Delete():
                return await self._delete(act, context, suggested)
            case Many():
                return await self._many(act, context)
            case Ask():
                await self._backend.user_id(fresh=True)
                return ChatAnswer(reply=act.question, choices=_choices(act.choices))
            case Say():
                await self._backend.user_id(fresh=True)
                return ChatAnswer(reply=act.text)
            case _:
                raise NotOursError

    async def _create(self, act: Create, context: Context, suggested: bool) -> ChatAnswer:
        writes = [Write("create", item.title, fields=item.fields or None) for item in act.items]
        return await self._write("create_todo", [(write, None) for write in writes], context, ask=suggested)

    async def _show(self, show: Show, context: Context) -> ChatAnswer:
        todos, more, filters = await self._shown(show, PAGE, context)
        action = Action(
            tool="list_todos",
            arguments={name: value for name, value in filters.items() if name != "limit"},
            status="done",
            result={"items": todos, "more": more},
        )
        return ChatAnswer(reply=words.listing(todos, more, show, context), actions=[action])

    async def _complete(self, act: Complete, context: Context, suggested: bool) -> ChatAnswer:
        verb = "complete" if act.completed else "reopen"

        def message(todo: Todo) -> str:
            return f"{verb} {_named(todo)}"

        found, guess = await self._finder.find(act.target, message, context, completed=not act.completed)
        fields = {"completed": act.completed}
        writes = [(_update_of(todo, fields), todo) for todo in found]
        return await self._write("complete_todo", writes, context, ask=suggested or guess)

    async def _update(self, act: Update, context: Context, suggested: bool) -> ChatAnswer:
        found, guess = await self._finder.find(
            act.target, lambda todo: _change_message(todo, _settled(act.fields, todo, context)), context, single=True
        )
        writes = [(_update_of(todo, _settled(act.fields, todo, context)), todo) for todo in found]
        return await self._write("update_todo", writes, context, ask=suggested or guess)

    async def _delete(self, act: Delete, context: Context, suggested: bool) -> ChatAnswer:
        found, guess = await self._finder.find(act.target, lambda todo: f"delete {_named(todo)}", context)
        writes = [(Write("delete", todo["title"], todo["id"], todo["version"]), todo) for todo in found]
        return await self._write("delete_todo", writes, context, ask=suggested or guess or len(writes) > 1)

    async def _many(self, act: Many, context: Context) -> ChatAnswer:
        todos, more, _ = await self._shown(act.which, MAX_MANY, context)
        kind = words.kind_of(act.which)
        if not todos:
            return ChatAnswer(reply=f"There is nothing to {act.action}: {words.listing([], False, act.which, context)}")
        if act.action == "delete":
            writes = [Write("delete", id=todo["id"], version=todo["version"]) for todo in todos]
            return await self._ask_many("delete_todo", "Delete", writes, todos, more, kind)
        fields = {"completed": act.action == "complete"}
        writes = [Write("update", id=todo["id"], version=todo["version"], fields=fields) for todo in todos]
        verb = "Mark as done" if act.action == "complete" else "Reopen"
        return await self._ask_many("complete_todo", verb, writes, todos, more, kind)

    async def _shown(self, show: Show, limit: int, context: Context) -> tuple[list[Todo], bool, dict[str, str | int]]:
        """The todos that `show` means, whether there are more, and the filters they were asked for with."""
        filters: dict[str, str | int] = {"limit": limit}
        if show.completed is not None:
            filters["completed"] = "true" if show.completed else "false"
        if show.priority:
            filters["priority"] = show.priority
        if show.words:
            filters["q"] = show.words
        if show.last_day:
            # A day wider than asked: a moment's day depends on the time zone, so the edges are judged here.
            filters["sort"] = "due_at"
            filters["due_before"] = (show.last_day + timedelta(days=2)).isoformat()
            if show.first_day:
                filters["due_after"] = (show.first_day - timedelta(days=2)).isoformat()
        if show.sort:
            filters["sort"] = show.sort
        todos, more = await self._backend.list_todos(filters)
        if show.last_day:
            todos = [todo for todo in todos if _is_due(todo, show, context)]
        return todos, more, filters

    async def _ask_many(
        self, tool: Tool, verb: str, writes: list[Write], todos: list[Todo], more: bool, kind: str
    ) -> ChatAnswer:
        if len(writes) == 1:
            writes = [Write(writes[0].op, todos[0]["title"], writes[0].id, writes[0].version, writes[0].fields)]
        names = ", ".join(words.title(todo["title"]) for todo in todos[:3])
        rest = f" and {len(todos) - 3} more" if len(todos) > 3 else ""
        which = f"the latest {words.count(len(todos), kind)}" if more else words.count(len(todos), kind)
        titles = [todo["title"] for todo in todos]
        return await self._ask(tool, writes, f"{verb} {which} ({names}{rest})?", titles)

    async def _write(
        self, tool: Tool, writes: Sequence[tuple[Write, Todo | None]], context: Context, *, ask: bool
    ) -> ChatAnswer:
        if ask:
            titles = [write.title for write, _ in writes]
            return await self._ask(tool, [write for write, _ in writes], _question(writes, context), titles)
        outcomes: list[Outcome] = []
        for write, before in writes:
            outcome = await self._writer.write(write, before)
            if isinstance(outcome.error, BackendUnavailableError) and not any(one.done for one in outcomes):
                raise outcome.error
            outcomes.append(outcome)
        actions = [await self._writer.action(tool, outcome) for outcome in outcomes]
        return ChatAnswer(reply=_reply(outcomes, context), actions=actions)

    async def _ask(self, tool: Tool, writes: list[Write], summary: str, titles: list[str]) -> ChatAnswer:
        token = await self._writer.confirmation(tool, writes)
        return ChatAnswer(reply=summary, confirm=Confirm(token=token, summary=summary, titles=titles))


def _update_of(todo: Todo, fields: dict[str, Any]) -> Write:
    return Write("update", todo["title"], todo["id"], todo["version"], fields)


def _settled(fields: dict[str, Any], todo: Todo, context: Context) -> dict[str, Any]:
    """The fields with what depends on the todo itself."""
    due = fields.get("due_at")
    if not isinstance(due, Later):
        return fields
    try:
        return {**fields, "due_at": moved(todo.get("due_at"), due, context)}
    except (ValueError, OverflowError):
        raise InsteadError(ChatAnswer(reply="No calendar has that day, so I changed nothing.")) from None


def _is_due(todo: Todo, show: Show, context: Context) -> bool:
    value, last = todo["due_at"], show.last_day
    if not value or last is None:
        return False
    day = datetime.fromisoformat(value)
    local = day.date() if len(value) == len("2026-01-31") else day.astimezone(context.zone).date()
    return (show.first_day is None or local >= show.first_day) and local <= last


def _named(todo: Todo) -> str:
    title = todo["title"].replace('"', "'")
    # The end of the id: ids are ordered in time, so those of one minute begin alike.
    return f'"{title}" #{todo["id"][-8:]}'


def _change_message(todo: Todo, fields: dict[str, Any]) -> str:
    name, (field, value) = _named(todo), next(iter(fields.items()))
    if field == "title":
        return f'rename {name} to "{value}"'
    if field == "priority":
        return f"set the priority of {name} to {value}"
    if field == "due_at":
        return f"set the due date of {name} to {value}" if value else f"remove the due date of {name}"
    return f'set the description of {name} to "{value}"'


def _choices(pairs: tuple[tuple[str, str], ...]) -> list[Choice] | None:
    return [Choice(label=label, message=message) for label, message in pairs] or None


def _question(writes: Sequence[tuple[Write, Todo | None]], context: Context) -> str:
    if len(writes) == 1:
        return words.intent(writes[0][0], context)
    names = ", ".join(words.title(write.title) for write, _ in writes)
    completed = (writes[0][0].fields or {}).get("completed")
    verb = {"delete": "Delete", "create": "Add", "update": "Mark" if completed else "Reopen", "restore": "Restore"}
    return f"{verb[writes[0][0].op]} {words.count(len(writes))}{' as done' if completed else ''}: {names}?"


def _reply(outcomes: list[Outcome], context: Context) -> str:
    return " ".join(outcome.sentence(context) for outcome in outcomes)
