"""What the HTTP interface takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from todo_chatbot.tokens import MAX_TOKEN_CHARS

MAX_MESSAGE = 4000
MAX_HISTORY = 50
MAX_HISTORY_TEXT = 20_000
_FIRST_YEAR, _LAST_YEAR = 1971, 2999


def _clean(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError("must not contain half of a surrogate pair") from error
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be a time zone's name, such as Europe/Berlin") from error
    return name


def _moment(now: datetime) -> datetime:
    # Far enough from datetime's own ends for any sum of dates.
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        raise ValueError(f"must be in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return now


Text = Annotated[str, AfterValidator(_clean)]


class Body(BaseModel):
    """The base of every request: no unknown members, no NUL."""

    model_config = ConfigDict(extra="forbid")


class Turn(Body):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[Text, Field(max_length=MAX_HISTORY_TEXT)]


class ChatRequest(Body):
    """A sentence, what was said before, and where and when the user is."""

    message: Annotated[Text, AfterValidator(_said), Field(min_length=1, max_length=MAX_MESSAGE)]
    history: Annotated[list[Turn], Field(max_length=MAX_HISTORY)] = []
    time_zone: Annotated[Text, AfterValidator(_zone), Field(max_length=64)] = "UTC"
    now: Annotated[datetime, AfterValidator(_moment)] | None = None


class ConfirmRequest(Body):
    """The token of a question that the user said yes to."""

    token: Annotated[Text, Field(min_length=1, max_length=MAX_TOKEN_CHARS)]


class UndoRequest(Body):
    """The token of an action that the user wants undone."""

    undo: Annotated[Text, Field(min_length=1, max_length=MAX_TOKEN_CHARS)]


Tool = Literal["create_todo", "list_todos", "update_todo", "complete_todo", "delete_todo"]


class Action(BaseModel):
    """One thing that was tried: `done`, or `failed` with the reason in `result`."""

    tool: Tool
    arguments: dict[str, Any]
    status: Literal["done", "failed"]
    result: Any
    undo: str | None = None


class Confirm(BaseModel):
    """A question whose yes is the token, and the titles of all todos that a yes would touch."""

    token: str
    summary: str
    titles: list[str] = []


class Choice(BaseModel):
    """A way to go on: `label` is shown, `message` is sent when it is chosen."""

    label: str
    message: str


class ChatAnswer(BaseModel):
    """What was said and done. Members without a value are left out."""

    reply: str
    actions: list[Action] = []
    confirm: Confirm | None = None
    choices: list[Choice] | None = None
    source: Literal["rules", "model"] = "rules"

    def as_json(self) -> dict[str, Any]:
        """The answer as the HTTP interface gives it."""
        return self.model_dump(mode="json", exclude_none=True)


class ModelStatus(BaseModel):
    """The model's name, whether it answers, a sentence about it, and whether it may suggest changes."""

    name: str
    reachable: bool
    detail: str
    may_act: bool


class ExamResult(BaseModel):
    """What `chatbot exam` found: about which model by which exam, and how it went."""

    model: str
    model_digest: str
    exam_digest: str
    passed: bool
    right: int
    asked: int  # fewer than there are when it could no longer pass
    cases: int
    needed: int
    detail: str


class Status(BaseModel):
    """`model` when unknown sentences are answered by the model, else `rules`."""

    mode: Literal["rules", "model"]
    model: ModelStatus
