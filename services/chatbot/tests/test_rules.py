import time
from datetime import date

import pytest

from todo_chatbot.acts import (
    Act,
    Ask,
    Complete,
    Context,
    Create,
    Delete,
    Many,
    NewTodo,
    Say,
    Show,
    Target,
    Update,
)
from todo_chatbot.rules.stage import UNDO, understand
from todo_chatbot.stages import AskStage, by_guess, by_rules


def made(*titles: str, **fields: str) -> Create:
    return Create(tuple(NewTodo(title, fields) for title in titles))


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        ("add buy milk", made("buy milk")),
        ("Add buy milk.", made("buy milk")),
        ("please could you add buy milk for me, thanks!", made("buy milk")),
        ("add milk, eggs and bread", made("milk", "eggs", "bread")),
        ("add milk and eggs to my shopping list", made("milk", "eggs")),
        ("add buy milk, eggs and bread", made("buy milk", "buy eggs", "buy bread")),
        ("add buy milk and eggs", made("buy milk and eggs")),
        ("add call mom and pay rent", made("call mom", "pay rent")),
        ("add call John, the plumber", made("call John, the plumber")),
        ('add "milk, eggs and bread"', made("milk, eggs and bread")),
        ("add:\n- milk\n- call Bob, the plumber", made("milk", "call Bob, the plumber")),
        ("put eggs on my list", made("eggs")),
        ("remind me to call mom", made("call mom")),
        ("remind me to call mom tomorrow at 5", made("call mom", due_at="2026-11-25T17:00:00+01:00")),
        ("remind me tomorrow at 5pm to call mom", made("call mom", due_at="2026-11-25T17:00:00+01:00")),
        ("add pay rent tomorrow, high priority", made("pay rent", priority="high", due_at="2026-11-25")),
        ("add a high priority task: pay rent by friday", made("pay rent", priority="high", due_at="2026-11-27")),
        ("create a todo to water the plants", made("water the plants")),
        ("new task: file taxes", made("file taxes")),
        ("add read tomorrow's newspaper", made("read tomorrow's newspaper")),
        ("add friday", made("friday")),
        ("add pay rent by friday and high priority", made("pay rent", priority="high", due_at="2026-11-27")),
        ("add pay rent (high priority, due friday)", made("pay rent", priority="high", due_at="2026-11-27")),
        ("add fix fence (the tall one)", made("fix fence (the tall one)")),
        ("add both milk and eggs as well as tea to my list", made("milk", "eggs", "tea")),
        ("add read the news", made("read the news")),
        ("don't forget to feed the cat", made("feed the cat")),
    ],
)
def test_create(sentence: str, meaning: Act, context: Context) -> None:
    assert understand(sentence, context) == meaning


@pytest.mark.parametrize(
    ("sentence", "completed"),
    [
        ("what's on my list", False),
        ("What is on my todo list?", False),
        ("show open todos", False),
        ("list my tasks please", False),
        ("what do I have to do", False),
        ("show me all my completed tasks", True),
        ("show all todos", None),
        ("which tasks are not done", False),
        ("show completed", True),
        ("what groceries do I need", False),
        ("give me an update on my list", False),
    ],
)
def test_show(sentence: str, completed: bool | None, context: Context) -> None:
    assert understand(sentence, context) == Show(completed)


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("what's due today", ("2026-11-24", "2026-11-24")),
        ("what do I have to do today", (None, "2026-11-24")),
        ("show todos due tomorrow", ("2026-11-25", "2026-11-25")),
        ("what's due this week", ("2026-11-23", "2026-11-29")),
        ("show tasks for next week", ("2026-11-30", "2026-12-06")),
        ("show overdue tasks", (None, "2026-11-23")),
        ("what tasks are due on friday", ("2026-11-27", "2026-11-27")),
    ],
)
def test_show_by_day(sentence: str, days: tuple[str | None, str], context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Show)
    assert (act.first_day and act.first_day.isoformat(), act.last_day and act.last_day.isoformat()) == days


def test_show_what_is_looked_for(context: Context) -> None:
    for asked in (
        "is milk on my list?",
        "have I added milk to my list",
        "does my list include milk",
        "check my list for milk",
    ):
        assert understand(asked, context) == Show(None, words="milk"), asked
    assert understand("show high priority todos", context) == Show(False, priority="high")


@pytest.mark.parametrize(
    ("sentence", "words", "completed"),
    [
        ("mark buy milk as done", "buy milk", True),
        ("complete milk", "milk", True),
        ("tick off milk", "milk", True),
        ("cross milk off my list", "milk", True),
        ("check the milk off", "the milk", True),
        ("done with milk", "milk", True),
        ("I finished the laundry", "the laundry", True),
        ("milk is done", "milk", True),
        ("reopen milk", "milk", False),
        ("mark milk as not done", "milk", False),
        ("uncheck milk", "milk", False),
    ],
)
def test_complete_and_reopen(sentence: str, words: str, completed: bool, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Complete)
    assert (act.target.words, act.completed) == (words, completed)


@pytest.mark.parametrize(
    ("sentence", "words", "fields"),
    [
        ("rename milk to oat milk", "milk", {"title": "oat milk"}),
        ("change milk to oat milk", "milk", {"title": "oat milk"}),
        ('rename "a to b" to "c"', "a to b", {"title": "c"}),
        ("set priority of milk to high", "milk", {"priority": "high"}),
        ("make milk high priority", "milk", {"priority": "high"}),
        ("mark milk as urgent", "milk", {"priority": "high"}),
        ("change the priority of milk from low to high", "milk", {"priority": "high"}),
        ("give milk a due date of friday", "milk", {"due_at": "2026-11-27"}),
        ("put milk off until friday", "milk", {"due_at": "2026-11-27"}),
        ("swap milk for oat milk on my list", "milk", {"title": "oat milk"}),
        ("lower the priority of milk", "milk", {"priority": "low"}),
        ("move rent to tomorrow", "rent", {"due_at": "2026-11-25"}),
        ("move rent to the 5th", "rent", {"due_at": "2026-12-05"}),
        ("postpone rent until next friday", "rent", {"due_at": "2026-12-04"}),
        ("change the due date of rent to 2026-12-24", "rent", {"due_at": "2026-12-24"}),
        ("set rent due friday", "rent", {"due_at": "2026-11-27"}),
        ("remove the due date of rent", "rent", {"due_at": None}),
        ("set the description of rent to ask for the receipt", "rent", {"description": "ask for the receipt"}),
    ],
)
def test_update(sentence: str, words: str, fields: dict[str, str | None], context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Update)
    assert (act.target.words, act.fields) == (words, fields)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("delete milk", "milk"),
        ("remove the task milk", "milk"),
        ("take milk off my list", "milk"),
        ("get rid of milk", "milk"),
        ("delete milk and eggs", "milk and eggs"),
    ],
)
def test_delete(sentence: str, words: str, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Delete)
    assert act.target.words == words


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        ("delete all done ones", Many("delete", Show(True))),
        ("delete all my completed todos", Many("delete", Show(True))),
        ("clear completed tasks", Many("delete", Show(True))),
        ("delete everything that is done", Many("delete", Show(True))),
        ("delete all open tasks", Many("delete", Show(False))),
        ("delete everything", Many("delete", Show(None))),
        ("clear my list", Many("delete", Show(None))),
        ("mark everything as done", Many("complete", Show(False))),
        ("delete all todos due today", Many("delete", Show(None, None, date(2026, 11, 24), date(2026, 11, 24)))),
        ("complete everything due today", Many("complete", Show(False, None, date(2026, 11, 24), date(2026, 11, 24)))),
        ("delete all high priority tasks", Many("delete", Show(None, "high"))),
        ("reopen all done ones", Many("reopen", Show(True))),
        ("I've finished everything on my list", Many("complete", Show(False))),
        ("undo that", Say(UNDO)),
    ],
)
def test_many(sentence: str, meaning: Act, context: Context) -> None:
    assert understand(sentence, context) == meaning


@pytest.mark.parametrize(
    "sentence",
    [
        "what is the capital of France",
        "play music",
        "add this song to my playlist",
        "add meeting with bob to my calendar",
        "add an event for tomorrow",
        "add tom to my contact list",
        "set an alarm for 7",
        "turn the lights off",
        "what's the weather tomorrow",
        "show me the news",
        "list of restaurants in paris",
        "add 2 and 3",
        "what is 2 plus 2",
        "don't delete milk",
        "never add milk",
        "should I delete milk?",
        "did you add milk",
        "make coffee",
        "tell me a joke",
        "set the table",
        "i have a dog",
        "book a table for two",
        "???",
    ],
)
def test_what_names_nothing_of_a_list_is_not_ours(sentence: str, context: Context) -> None:
    assert understand(sentence, context) is None


def test_another_assistants_things_need_the_very_title(context: Context) -> None:
    assert understand("delete my alarm", context) == Delete(Target("my alarm", sure=False, only_exact=True))


def test_a_clicked_choice_is_understood_with_its_id(context: Context) -> None:
    target = Target("buy milk", id_end="1a2b3c4d")
    assert understand('complete "buy milk" #1a2b3c4d', context) == Complete(target)
    assert understand('delete "buy milk" #1a2b3c4d', context) == Delete(target)
    assert understand('rename "buy milk" #1a2b3c4d to "oat milk"', context) == Update(target, {"title": "oat milk"})
    due = {"due_at": "2026-11-25T17:00:00+01:00"}
    said = f'set the due date of "buy milk" #1a2b3c4d to {due["due_at"]}'
    assert understand(said, context) == Update(target, due)


def test_help(context: Context) -> None:
    assert isinstance(understand("what can you do?", context), Say)
    assert isinstance(understand("add", context), Ask)


async def test_the_ask_stage_only_asks(context: Context) -> None:
    meaning = await AskStage().interpret("I need to call mom", context)
    assert meaning
    assert isinstance(meaning.act, Ask)
    assert meaning.act.choices == (("Yes, add it", 'add "call mom"'),)
    assert await AskStage().interpret("what is the capital of France", context) is None


@pytest.mark.parametrize(
    "unit",
    ["a", "a, ", "tomorrow ", "all ", "my ", "open ", " to ", '"', "please ", "1 ", "off ", " to 5", " ", "at 5 ", "\n",
     "high ", "on my list ", "and ", "; ", "done ", "#a ", "what is ", "(", "priority ", "'s ",
     "list ", "and delete ", "so ", "from ", "buy ", "on the ", "to do ", "new list of ", "the second one ",
     "it and ", "no longer ", "need to ", "put it ", "the following ", "is "],
)  # fmt: skip
@pytest.mark.parametrize(
    "head",
    [
        "",
        "add ",
        "delete ",
        "show ",
        "rename ",
        "mark ",
        "move ",
        "remind me ",
        "is ",
        "create a ",
        "I don't need ",
        "put ",
        "what ",
    ],
)
def test_no_sentence_takes_long(head: str, unit: str, context: Context) -> None:
    # Just below and above the lengths at which patterns with gaps no longer look, and the longest message.
    for length in (200, 300, 4000):
        sentence = (head + unit * length)[:length]
        started = time.process_time()
        by_rules(sentence, context)
        by_guess(sentence)
        assert time.process_time() - started < 0.02, length
