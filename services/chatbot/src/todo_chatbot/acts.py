"""What a sentence may mean: a closed set of acts, and the interface of whatever finds out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

Source = Literal["rules", "model"]


@dataclass(frozen=True)
class Context:
    """What else is known when a sentence is interpreted."""

    now: datetime
    zone: ZoneInfo
    history: tuple[tuple[str, str], ...] = ()  # (role, words)

    @property
    def today(self) -> date:
        """The user's day."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class NewTodo:
    """A todo to make."""

    title: str
    fields: dict[str, Any] = field(default_factory=dict)  # priority, due_at, as the backend takes them


@dataclass(frozen=True)
class Create:
    """Make todos."""

    items: tuple[NewTodo, ...]


@dataclass(frozen=True)
class Later:
    """A due date so much later than the todo's own, or earlier: in place of a value, which only the todo can tell."""

    days: int = 0
    months: int = 0


@dataclass(frozen=True)
class Show:
    """List todos. `first_day` and `last_day` bound the due day, both included; `words` is looked for; `sort` as the

    backend takes it.
    """

    completed: bool | None = False
    priority: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    words: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Target:
    """The words that name one of the user's todos.

    `sure`: the sentence can mean nothing but a todo list. `only_exact`: the words are another assistant's ("my alarm"),
    so only a todo with that very title is meant. `recalled`: the words come from what was said before; `titles` are
    those of the several todos that were named then.
    """

    words: str
    sure: bool = True
    id_end: str = ""
    only_exact: bool = False
    recalled: bool = False
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Complete:
    """Complete the todos that are named, or reopen them."""

    target: Target
    completed: bool = True


@dataclass(frozen=True)
class Update:
    """Change fields of the todo that is named."""

    target: Target
    fields: dict[str, Any]


@dataclass(frozen=True)
class Delete:
    """Delete the todos that are named."""

    target: Target


@dataclass(frozen=True)
class Many:
    """Delete, complete or reopen all todos that `which` would show."""

    action: Literal["delete", "complete", "reopen"]
    which: Show


@dataclass(frozen=True)
class Ask:
    """Not sure enough to act: a question and the (label, message) ways to answer it."""

    question: str
    choices: tuple[tuple[str, str], ...] = ()
    about: str = "create"  # the action that a yes would be


@dataclass(frozen=True)
class Say:
    """Nothing to do, only something to say."""

    text: str


@dataclass(frozen=True)
class Talk:
    """The model talks; `parts` raises ModelUnavailableError when it cannot."""

    parts: AsyncIterator[str]


Act = Create | Show | Complete | Update | Delete | Many | Ask | Say | Talk


@dataclass(frozen=True)
class Interpretation:
    """An act and who thought of it. `ask`: it is written only after the user confirms it."""

    act: Act
    source: Source = "rules"
    ask: bool = False


class Interpreter(Protocol):
    """One stage: finds out what a sentence means, or leaves it to the next."""

    name: str

    async def interpret(self, sentence: str, context: Context) -> Interpretation | None:
        """The meaning of `sentence`, None when this stage does not know."""
        ...
