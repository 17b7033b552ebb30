from typing import Any

import pytest

from todo_chatbot.acts import Target
from todo_chatbot.matching import match

TODOS: list[dict[str, Any]] = [
    {"id": f"01a20d1c-{number}f00", "title": title}
    for number, title in enumerate(["buy milk", "Buy oat milk", "call the dentist", "pay rent", "read War and Peace"])
]


@pytest.mark.parametrize(
    ("words", "titles", "guess"),
    [
        ("buy milk", ["buy milk"], False),
        ("BUY MILK!", ["buy milk"], False),
        ("milk", ["buy milk", "Buy oat milk"], False),
        ("oat milk", ["Buy oat milk"], False),
        ("the dentist", ["call the dentist"], False),
        ("dentists", ["call the dentist"], False),
        ("dentits", ["call the dentist"], True),
        ("pay rennt", ["pay rent"], False),
        ("war and peace", ["read War and Peace"], False),
        ("the car", [], False),
        ("?", [], False),
    ],
)
def test_match(words: str, titles: list[str], guess: bool) -> None:
    found = match(Target(words), TODOS)
    assert ([todo["title"] for todo in found.todos], found.guess) == (titles, guess)


def test_the_one_written_just_so_wins() -> None:
    todos: list[dict[str, Any]] = [{"id": "1", "title": "Milk"}, {"id": "2", "title": "milk"}]
    assert [todo["id"] for todo in match(Target("milk"), todos).todos] == ["2"]
    assert [todo["id"] for todo in match(Target("MILK"), todos).todos] == ["1", "2"]


def test_an_id_decides() -> None:
    assert [todo["title"] for todo in match(Target("milk", id_end="3f00"), TODOS).todos] == ["pay rent"]
    assert match(Target("buy milk", id_end="9999"), TODOS).todos == []
