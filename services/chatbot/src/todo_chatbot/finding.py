"""Finds the todos that a sentence names, or what to ask or say instead."""

from collections.abc import Callable

from todo_chatbot import words
from todo_chatbot.acts import Context, Target
from todo_chatbot.backend import Backend, Todo
from todo_chatbot.matching import Matches, match
from todo_chatbot.rules import items
from todo_chatbot.rules.target import is_pronoun
from todo_chatbot.schemas import ChatAnswer, Choice

PAGE = 100
_MAX_CHOICES = 8


class NotOursError(Exception):
    """The sentence may have meant something else than the list, and nothing on the list is like `words`."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words


class InsteadError(Exception):
    """The act cannot go on; this is what to say instead."""

    def __init__(self, answer: ChatAnswer) -> None:
        super().__init__(answer.reply)
        self.answer = answer


class Finder:
    """Looks through one caller's todos."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def page(self, completed: bool | None, limit: int) -> tuple[list[Todo], bool]:
        """The latest todos in a state and whether there are more."""
        filters: dict[str, str | int] = {"limit": limit}
        if completed is not None:
            filters["completed"] = "true" if completed else "false"
        return await self._backend.list_todos(filters)

    async def find(
        self,
        target: Target,
        message: Callable[[Todo], str],
        context: Context,
        *,
        completed: bool | None = None,
        single: bool = False,
    ) -> tuple[list[Todo], bool]:
        """The todos that `target` names and whether that is a guess. Ends the act when none or several may be meant."""
        if target.titles:
            return await self._recalled(target, completed, single=single), True
        if is_pronoun(target.words) and not target.id_end:
            todos, _ = await self.page(completed, _MAX_CHOICES)
            raise InsteadError(_which("Which one do you mean?", todos, message, context))
        todos, more = await self.page(completed, PAGE)
        found = match(target, todos)
        if more and not found.exact:
            found = await self._search(target, todos, completed)
        if not found.exact and not single and not target.recalled and (several := _several(target, todos)):
            return several, False
        if not found.todos or (target.only_exact and not found.exact):
            raise await self._none(target, completed)
        if len(found.todos) > 1:
            raise InsteadError(_which(f"Which {words.title(target.words)} do you mean?", found.todos, message, context))
        return found.todos, found.guess or target.recalled or not (target.sure or found.exact)

    async def _recalled(self, target: Target, completed: bool | None, *, single: bool) -> list[Todo]:
        """The todos of several titles that were named before."""
        if single:
            raise InsteadError(ChatAnswer(reply="I change one todo at a time. Which one first?"))
        todos, _ = await self.page(completed, PAGE)
        found = [(title, match(Target(title), todos)) for title in target.titles]
        for title, one in found:
            if not one.exact or len(one.todos) != 1:
                raise InsteadError(ChatAnswer(reply=f"I cannot tell which {words.title(title)} is. I changed nothing."))
        return [one.todos[0] for _, one in found]

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
            others, _ = await self.page(not completed, PAGE)
            already = match(target, others)
            if len(already.todos) == 1 and not already.guess:
                state = "open" if completed else "done"
                reply = f"{words.title(already.todos[0]['title'])} is already {state}. I changed nothing."
                return InsteadError(ChatAnswer(reply=reply))
        if not target.sure:
            return NotOursError(target.words)
        return InsteadError(ChatAnswer(reply=f"I found no todo like {name} on your list, so I changed nothing."))


def _several(target: Target, todos: list[Todo]) -> list[Todo] | None:
    """The todos of an enumeration ("milk and eggs"), None unless each part names just one of them."""
    parts = items.enumerated(target.words)
    if len(parts) < 2 or len(parts) > items.MAX_ITEMS or target.id_end:
        return None
    found = [match(Target(part), todos) for part in parts]
    if any(len(one.todos) != 1 or one.guess for one in found):
        return None
    return list({one.todos[0]["id"]: one.todos[0] for one in found}.values())


def _which(question: str, todos: list[Todo], message: Callable[[Todo], str], context: Context) -> ChatAnswer:
    if not todos:
        return ChatAnswer(reply="There is no todo that this could mean. I changed nothing.")
    offered = [
        Choice(label=f"{todo['title'][:80]}{words.details(todo, context)}", message=message(todo))
        for todo in todos[:_MAX_CHOICES]
    ]
    return ChatAnswer(reply=question, choices=offered)
