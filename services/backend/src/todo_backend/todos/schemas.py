"""Bodies and queries of the todo endpoints."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, field_validator

from todo_backend.schemas import Input
from todo_backend.todos.due import DueText

Priority = Literal["low", "normal", "high"]
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Description = Annotated[str, StringConstraints(max_length=10_000)]
Sort = Literal[
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "due_at",
    "-due_at",
    "priority",
    "-priority",
    "title",
    "-title",
]


class TodoInput(Input):
    """A whole todo: POST makes it, PUT replaces it."""

    title: Title
    description: Description = ""
    completed: Annotated[bool, Field(strict=True)] = False
    priority: Priority = "normal"
    due_at: DueText | None = None


class TodoChange(Input):
    """What to change; what is not named stays."""

    title: Title = ""
    description: Description = ""
    completed: Annotated[bool, Field(strict=True)] = False
    priority: Priority = "normal"
    due_at: DueText | None = None


class TodoQuery(Input):
    completed: bool | None = None
    priority: Priority | None = None
    due_after: Annotated[DueText | None, Field(description="due then or later")] = None
    due_before: Annotated[DueText | None, Field(description="due earlier than that")] = None
    q: Annotated[
        str | None,
        StringConstraints(max_length=200),
        Field(description="title or description contains it, in whatever case and with whatever accents"),
    ] = None
    sort: Sort = "-created_at"
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, StringConstraints(max_length=1000)] = None

    @field_validator("q", "cursor")
    @classmethod
    def empty_is_none(cls, value: str | None) -> str | None:
        return value or None


class Todo(BaseModel):
    id: str
    title: str
    description: str
    completed: bool
    priority: Priority
    due_at: Annotated[str | None, Field(description="a date, or a moment in UTC")]
    version: int
    created_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    updated_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class TodoPage(BaseModel):
    items: list[Todo]
    next_cursor: str | None
