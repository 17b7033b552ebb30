import pytest

from todo_chatbot.acts import Context
from todo_chatbot.rules import dates


@pytest.mark.parametrize(
    ("span", "due"),
    [
        ("today", "2026-11-24"),
        ("tonight", "2026-11-24"),
        ("tomorrow", "2026-11-25"),
        ("the day after tomorrow", "2026-11-26"),
        ("on friday", "2026-11-27"),
        ("by fri", "2026-11-27"),
        ("next friday", "2026-12-04"),
        ("this friday", "2026-11-27"),
        ("on tuesday", "2026-12-01"),
        ("next week", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("this weekend", "2026-11-28"),
        ("end of the month", "2026-11-30"),
        ("in 3 days", "2026-11-27"),
        ("in a week", "2026-12-01"),
        ("in two months", "2027-01-24"),
        ("in 2 hours", "2026-11-24T13:00:00+01:00"),
        ("at 5", "2026-11-24T17:00:00+01:00"),
        ("at 9am", "2026-11-25T09:00:00+01:00"),
        ("tomorrow at noon", "2026-11-25T12:00:00+01:00"),
        ("at 17:30 on friday", "2026-11-27T17:30:00+01:00"),
        ("by 3 march", "2027-03-03"),
        ("december 24th", "2026-12-24"),
        ("2026-12-31", "2026-12-31"),
        ("12/31", "2026-12-31"),
        ("5.12.", "2026-12-05"),
        ("on the 5th", "2026-12-05"),
    ],
)
def test_read(span: str, due: str, context: Context) -> None:
    found = dates.at_end(f"pay rent {span}", context)
    assert found == dates.Found("pay rent", due)


@pytest.mark.parametrize(
    "span", ["february 30", "31.13.2026", "at 99", "13/45", "in 0 blinks", "on the 45th", "2026-13-01"]
)
def test_no_such_date_is_no_date(span: str, context: Context) -> None:
    found = dates.at_end(f"pay rent {span}", context)
    assert found is None or found.rest != "pay rent"


@pytest.mark.parametrize("text", ["buy sun cream", "watch friday night lights", "call may", "read 1984", "room 12"])
def test_words_that_only_resemble_dates_stay(text: str, context: Context) -> None:
    assert dates.at_end(text, context) is None
