"""What each act does to the user's list."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from todo_chatbot import words
from todo_chatbot.acts import (
    Act,
    Ask,
    Complete,
    CompleteMany,
    Context,
    Create,
    Delete,
    DeleteMany,
    Interpretation,
    Say,
    Show,
    Target,
    Update,
)
from todo_chatbot.backend import Backend, Todo
from todo_chatbot.matching import Matches, match
from todo_chatbot.problems import BackendUnavailableError
from todo_chatbot.rules import items
from todo_chatbot.rules.target import is_pronoun
from todo_chatbot.schemas import Action, ChatAnswer, Choice, Confirm, Tool
from todo_chatbot.tokens import Write
from todo_chatbot.writing import Outcome, Writer

PAGE = 100
MAX_MANY = 100
_MAX_CHOICES = 8


class NotOursError(Exception):
    """The sentence may have meant something else than the list, and nothing on the list is like it."""


class _AnswerError(Exception):
    """The act cannot go on; this is what to say instead."""

    def __init__(self, answer: ChatAnswer) -> None:
        super().__init__(answer.reply)
        self.answer = answer


class Actor:
    """Carries out acts for one caller."""

    def __init__(self, backend: Backend, writer: Writer) -> None:
        self._backend, self._writer = backend, writer

    async def act(self, meaning: Interpretation, context: Context) -> ChatAnswer:
        """Carry out an act, or ask first. Raises NotOursError when nothing of the list is meant."""
        try:
            answer = await self._act(meaning.act, context, suggested=meaning.source == "model")
        except _AnswerError as stopped:
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
            case DeleteMany():
                return await self._delete_many(act)
            case CompleteMany():
                return await self._complete_many()
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
        filters: dict[str, str | int] = {"limit": PAGE}
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
        todos, more = await self._backend.list_todos(filters)
        if show.last_day:
            todos = [todo for todo in todos if _is_due(todo, show, context)]
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

        found, guess = await self._find(act.target, message, context, completed=not act.completed)
        fields = {"completed": act.completed}
        writes = [(_update_of(todo, fields), todo) for todo in found]
        return await self._write("complete_todo", writes, context, ask=suggested or guess)

    async def _update(self, act: Update, context: Context, suggested: bool) -> ChatAnswer:
        found, guess = await self._find(
            act.target, lambda todo: _change_message(todo, act.fields), context, single=True
        )
        writes = [(_update_of(todo, act.fields), todo) for todo in found]
        return await self._write("update_todo", writes, context, ask=suggested or guess)

    async def _delete(self, act: Delete, context: Context, suggested: bool) -> ChatAnswer:
        found, guess = await self._find(act.target, lambda todo: f"delete {_named(todo)}", context)
        writes = [(Write("delete", todo["title"], todo["id"], todo["version"]), todo) for todo in found]
        return await self._write("delete_todo", writes, context, ask=suggested or guess or len(writes) > 1)

    async def _delete_many(self, act: DeleteMany) -> ChatAnswer:
        kind = {True: "done", False: "open", None: ""}[act.completed]
        todos, more = await self._all(act.completed, MAX_MANY)
        if not todos:
            return ChatAnswer(reply=f"There is nothing to delete: you have no {kind}{' ' if kind else ''}todos.")
        writes = [Write("delete", id=todo["id"], version=todo["version"]) for todo in todos]
        return await self._ask_many("delete_todo", "Delete", writes, todos, more, kind)

    async def _complete_many(self) -> ChatAnswer:
        todos, more = await self._all(False, MAX_MANY)
        if not todos:
            return ChatAnswer(reply="You have no open todos; everything is done.")
        writes = [Write("update", id=todo["id"], version=todo["version"], fields={"completed": True}) for todo in todos]
        return await self._ask_many("complete_todo", "Mark as done", writes, todos, more, "open")

    async def _ask_many(
        self, tool: Tool, verb: str, writes: list[Write], todos: list[Todo], more: bool, kind: str
    ) -> ChatAnswer:
        if len(writes) == 1:
            writes = [Write(writes[0].op, todos[0]["title"], writes[0].id, writes[0].version, writes[0].fields)]
        names = ", ".join(words.title(todo["title"]) for todo in todos[:3])
        rest = f" and {len(todos) - 3} more" if len(todos) > 3 else ""
        which = f"the latest {words.count(len(todos), kind)}" if more else words.count(len(todos), kind)
        return await self._ask(tool, writes, f"{verb} {which} ({names}{rest})?")

    async def _write(
        self, tool: Tool, writes: Sequence[tuple[Write, Todo | None]], context: Context, *, ask: bool
    ) -> ChatAnswer:
        if ask:
            return await self._ask(tool, [write for write, _ in writes], _question(writes, context))
        outcomes: list[Outcome] = []
        for write, before in writes:
            outcome = await self._writer.write(write, before)
            if isinstance(outcome.error, BackendUnavailableError) and not any(one.done for one in outcomes):
                raise outcome.error
            outcomes.append(outcome)
        actions = [await self._writer.action(tool, outcome) for outcome in outcomes]
        return ChatAnswer(reply=_reply(outcomes, context), actions=actions)

    async def _ask(self, tool: Tool, writes: list[Write], summary: str) -> ChatAnswer:
        token = await self._writer.confirmation(tool, writes)
        return ChatAnswer(reply=summary, confirm=Confirm(token=token, summary=summary))

    async def _all(self, completed: bool | None, limit: int) -> tuple[list[Todo], bool]:
        filters: dict[str, str | int] = {"limit": limit}
        if completed is not None:
            filters["completed"] = "true" if completed else "false"
        return await self._backend.list_todos(filters)

    async def _find(
        self,
        target: Target,
        message: Callable[[Todo], str],
        context: Context,
        *,
        completed: bool | None = None,
        single: bool = False,
    ) -> tuple[list[Todo], bool]:
        """The todos that `target` names and whether that is a guess. Ends the act when none or several may be meant."""
        if is_pronoun(target.words) and not target.id_prefix:
            todos, _ = await self._all(completed, _MAX_CHOICES)
            raise _AnswerError(_which("Which one do you mean?", todos, message, context))
        todos, more = await self._all(completed, PAGE)
        found = match(target, todos)
        if more and not found.exact:
            found = await self._search(target, todos, completed)
        if not found.exact and not single and (several := _several(target, todos)):
            return several, False
        if not found.todos or (target.only_exact and not found.exact):
            raise await self._none(target, completed)
        if len(found.todos) > 1:
            raise _AnswerError(_which(f"Which {words.title(target.words)} do you mean?", found.todos, message, context))
        return found.todos, found.guess or not (target.sure or found.exact)

    async def _search(self, target: Target, known: list[Todo], completed: bool | None) -> Matches:
        """Look beyond the first page, for lists that are longer than it."""
        todos = {todo["id"]: todo for todo in known}
        filters: dict[str, str | int] = {"limit": PAGE}
        if completed is not None:
            filters["completed"] = "true" if completed else "false"
        longest = max(target.words.split(), key=len, default="")
        for sought in dict.fromkeys((target.words[:200], longest[:200])):
            more, _ = await self._backend.list_todos({**filters, "q": sought})
            todos |= {todo["id"]: todo for todo in more}
        return match(target, list(todos.values()))

    async def _none(self, target: Target, completed: bool | None) -> Exception:
        """What to say, or to raise, when nothing is like `target`."""
        name = words.title(target.words)
        if completed is not None:
            others, _ = await self._all(not completed, PAGE)
            already = match(target, others)
            if len(already.todos) == 1 and not already.guess:
                state = "open" if completed else "done"
                reply = f"{words.title(already.todos[0]['title'])} is already {state}. I changed nothing."
                return _AnswerError(ChatAnswer(reply=reply))
        if not target.sure:
            return NotOursError()
        return _AnswerError(ChatAnswer(reply=f"I found no todo like {name} on your list, so I changed nothing."))


def _several(target: Target, todos: list[Todo]) -> list[Todo] | None:
    """The todos of an enumeration ("milk and eggs"), None unless each part names just one of them."""
    parts = items.enumerated(target.words)
    if len(parts) < 2 or len(parts) > items.MAX_ITEMS or target.id_prefix:
        return None
    found = [match(Target(part), todos) for part in parts]
    if any(len(one.todos) != 1 or one.guess for one in found):
        return None
    return list({one.todos[0]["id"]: one.todos[0] for one in found}.values())


def _update_of(todo: Todo, fields: dict[str, Any]) -> Write:
    return Write("update", todo["title"], todo["id"], todo["version"], fields)


def _is_due(todo: Todo, show: Show, context: Context) -> bool:
    value, last = todo["due_at"], show.last_day
    if not value or last is None:
        return False
    day = datetime.fromisoformat(value)
    local = day.date() if len(value) == len("2026-01-31") else day.astimezone(context.zone).date()
    return (show.first_day is None or local >= show.first_day) and local <= last


def _named(todo: Todo) -> str:
    title = todo["title"].replace('"', "'")
    return f'"{title}" #{todo["id"][:8]}'


def _change_message(todo: Todo, fields: dict[str, Any]) -> str:
    name, (field, value) = _named(todo), next(iter(fields.items()))
    if field == "title":
        return f'rename {name} to "{value}"'
    if field == "priority":
        return f"set the priority of {name} to {value}"
    if field == "due_at":
        return f"set the due date of {name} to {value}" if value else f"remove the due date of {name}"
    return f'set the description of {name} to "{value}"'


def _which(question: str, todos: list[Todo], message: Callable[[Todo], str], context: Context) -> ChatAnswer:
    if not todos:
        return ChatAnswer(reply="There is no todo that this could mean. I changed nothing.")
    offered = [
        Choice(label=f"{todo['title'][:80]}{words.details(todo, context)}", message=message(todo))
        for todo in todos[:_MAX_CHOICES]
    ]
    return ChatAnswer(reply=question, choices=offered)


def _choices(pairs: tuple[tuple[str, str], ...]) -> list[Choice] | None:
    return [Choice(label=label, message=message) for label, message in pairs] or None


def _question(writes: Sequence[tuple[Write, Todo | None]], context: Context) -> str:
    if len(writes) == 1:
        return words.intent(writes[0][0], context)
    names = ", ".join(words.title(write.title) for write, _ in writes)
    verb = {"delete": "Delete", "create": "Add", "update": "Change", "restore": "Restore"}[writes[0][0].op]
    return f"{verb} {words.count(len(writes))}: {names}?"


def _reply(outcomes: list[Outcome], context: Context) -> str:
    return " ".join(outcome.sentence(context) for outcome in outcomes)
