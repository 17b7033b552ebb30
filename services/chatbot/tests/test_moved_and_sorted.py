"""Due dates that are moved by an amount, and lists in an order that was asked for."""

import pytest

from backend_double import BackendDouble
from conftest import Chat
from todo_chatbot.acts import Context, Later, Show, Update
from todo_chatbot.rules.dates import moved
from todo_chatbot.rules.lists import ONE_LIST
from todo_chatbot.rules.stage import understand


@pytest.mark.parametrize(
    ("sentence", "words", "later"),
    [
        ("postpone rent by two days", "rent", Later(days=2)),
        ("push rent back a week", "rent", Later(days=7)),
        ("push back the rent by 3 days please", "the rent", Later(days=3)),
        ("put off laundry for a week", "laundry", Later(days=7)),
        ("can you delay the report's deadline by a month", "the report", Later(months=1)),
        ("snooze laundry for a couple of days", "laundry", Later(days=2)),
        ("postpone paying rent another week", "paying rent", Later(days=7)),
        ("shift rent by 2 more weeks", "rent", Later(days=14)),
        ("bring rent forward by a day", "rent", Later(days=-1)),
        ("move rent up two days", "rent", Later(days=-2)),
        ("move rent two days earlier", "rent", Later(days=-2)),
        ("move rent by a year", "rent", Later(months=12)),
    ],
)
def test_moved_by_an_amount(sentence: str, words: str, later: Later, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Update)
    assert (act.target.words, act.fields) == (words, {"due_at": later})


@pytest.mark.parametrize(
    "sentence",
    ["move the couch two days", "snooze the alarm for five minutes", "move rent forward by a day", "postpone pay day"],
)
def test_not_moved_by_an_amount(sentence: str, context: Context) -> None:
    act = understand(sentence, context)
    assert not isinstance(act, Update) or not isinstance(act.fields.get("due_at"), Later)


def test_a_meeting_is_moved_only_where_a_todo_has_that_very_title(context: Context) -> None:
    act = understand("postpone the meeting by a day", context)
    assert isinstance(act, Update)
    assert act.target.only_exact


@pytest.mark.parametrize(
    ("value", "later", "then"),
    [
        ("2026-11-30", Later(days=2), "2026-12-02"),
        ("2026-01-31", Later(months=1), "2026-02-28"),
        (None, Later(days=2), "2026-11-26"),  # today is the 24th
        # Nine in the morning in Berlin, also after the clocks have changed.
        ("2026-03-28T08:00:00Z", Later(days=1), "2026-03-29T09:00:00+02:00"),
    ],
)
def test_moved(value: str | None, later: Later, then: str, context: Context) -> None:
    assert moved(value, later, context) == then


async def test_moving_tells_the_day_and_can_be_undone(chat: Chat, backend: BackendDouble) -> None:
    rent = backend.add("rent", due_at="2026-11-27")
    answer = await chat.say("postpone rent by two days")
    assert answer["reply"] == "Set “rent” due Sun 29 Nov 2026."
    assert backend.todos[rent["id"]]["due_at"] == "2026-11-29"
    await chat.done("undo/", {"undo": answer["actions"][0]["undo"]})
    assert backend.todos[rent["id"]]["due_at"] == "2026-11-27"


async def test_which_of_two_is_moved_is_asked_by_the_day_that_it_would_get(chat: Chat, backend: BackendDouble) -> None:
    backend.add("rent for the flat", due_at="2026-11-27")
    backend.add("rent for the garage", due_at="2026-12-01")
    answer = await chat.say("postpone rent by a week")
    assert backend.writes() == []
    assert [choice["message"][-10:] for choice in answer["choices"]] == ["2026-12-08", "2026-12-04"]
    await chat.say(answer["choices"][0]["message"])
    assert sorted(str(todo["due_at"]) for todo in backend.todos.values()) == ["2026-11-27", "2026-12-08"]


async def test_a_day_that_no_calendar_has(chat: Chat, backend: BackendDouble) -> None:
    backend.add("rent", due_at="9999-12-30")
    assert (await chat.say("postpone rent by a week"))["reply"] == "No calendar has that day, so I changed nothing."
    assert backend.writes() == []


@pytest.mark.parametrize(
    ("sentence", "show"),
    [
        ("sort by date", Show(sort="due_at")),
        ("sort my list by priority", Show(sort="-priority")),
        ("show by priority", Show(sort="-priority")),
        ("show me my todos sorted by name", Show(sort="title")),
        ("order the list alphabetically", Show(sort="title")),
        ("what's on my list by due date", Show(sort="due_at")),
        ("show all done tasks, newest first", Show(True, sort="-created_at")),
        ("show high priority todos with the oldest first", Show(priority="high", sort="created_at")),
    ],
)
def test_sorted(sentence: str, show: Show, context: Context) -> None:
    assert understand(sentence, context) == show


@pytest.mark.parametrize("sentence", ["sort my emails by date", "arrange the playlist by name", "sort songs by date"])
def test_what_is_no_todo_list_is_not_sorted(sentence: str, context: Context) -> None:
    assert understand(sentence, context) is None


async def test_the_backend_is_asked_for_the_order(chat: Chat, backend: BackendDouble) -> None:
    backend.add("milk", due_at="2026-11-24")
    answer = await chat.say("show today's tasks by priority")
    assert backend.requests[-1].query_params["sort"] == "-priority"
    assert answer["actions"][0]["arguments"]["sort"] == "-priority"


@pytest.mark.parametrize("sentence", ["bring up a new shopping list", "show me a new list", "set a list of chores"])
def test_a_wish_for_another_list_is_answered_with_a_question(sentence: str, context: Context) -> None:
    assert understand(sentence, context) == ONE_LIST
