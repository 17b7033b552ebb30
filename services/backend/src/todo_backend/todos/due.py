"""When something is due: on a date, or at a moment.

Both live in one column that sorts: a date as its midnight in UTC, with a flag. In a comparison with a bound
a date means midnight *where the bound is*: "before 2026-05-02T00:00:00-05:00" includes what is due on May 1st,
as the person who asks, five hours west of Greenwich, means it.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII)


class Due(NamedTuple):
    """What is stored: a moment in UTC, and whether only its date is meant."""

    at: datetime
    is_date: bool


class Bound(NamedTuple):
    """What a date and what a moment are compared with."""

    for_dates: datetime
    for_moments: datetime


def parse(text: str) -> date | datetime:
    """Return the date or the moment (with its offset); raises ValueError with a sentence."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text.upper().replace(" ", "T"))
            moment.astimezone(UTC)
            return moment
    except OverflowError as error:
        raise ValueError("must lie between the years 1 and 9999 in UTC") from error
    except ValueError as error:
        raise ValueError(f"is not in the calendar: {error}") from error
    raise ValueError("must be a date (2026-05-01) or a moment with an offset (2026-05-01T09:00:00+02:00)")


def _checked(text: str) -> str:
    parse(text)
    return text


DueText = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(_checked),
    WithJsonSchema({"type": "string", "examples": ["2026-05-01", "2026-05-01T09:00:00+02:00"]}),
]


def due(text: str | None) -> Due | None:
    """Return what to store for a checked text."""
    if text is None:
        return None
    value = parse(text)
    if isinstance(value, datetime):
        return Due(value.astimezone(UTC), is_date=False)
    return Due(_midnight(value), is_date=True)


def bound(text: str) -> Bound:
    """Return what to compare with for a checked text."""
    value = parse(text)
    if isinstance(value, datetime):
        return Bound(value.replace(tzinfo=UTC), value.astimezone(UTC))
    return Bound(_midnight(value), _midnight(value))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def shown(at: datetime | None, *, is_date: bool) -> date | datetime | None:
    """Return what the client sees of what is stored."""
    return at.date() if at is not None and is_date else at
