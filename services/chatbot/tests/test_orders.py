"""Misspelt, spoken and double orders."""

import pytest

from todo_chatbot.acts import Ask, Complete, Context, Create, Delete, NewTodo, Show, Target, Update
from todo_chatbot.rules.stage import understand
from todo_chatbot.stages import AskStage


@pytest.mark.parametrize(
    ("sentence", "mended"),
    [
        ("delte soap", "delete soap"),
        ("remvoe soap from my list", "remove soap from my list"),
        ("compelte soap", "complete soap"),
        ("remnd me to buy soap", "remind me to buy soap"),
        ("ad soap to teh lst", "add soap to the list"),
        ("whats on my todoo list", "what's on my todo list"),
    ],
)
def test_a_misspelt_order(sentence: str, mended: str, context: Context) -> None:
    meaning = understand(sentence, context)
    assert meaning is not None
    assert meaning == understand(mended, context)


@pytest.mark.parametrize("sentence", ["compete with soap", "deleted soap", "removes soap", "rewind soap"])
def test_another_word_is_no_misspelt_order(sentence: str, context: Context) -> None:
    assert understand(sentence, context) is None


def test_an_items_words_stay_as_written(context: Context) -> None:
    assert understand("add delte key", context) == Create((NewTodo("delte key"),))


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("add soap and delete bread", ["add soap", "delete bread"]),
        ("mark soap as done, then rename bread to rolls", ["mark soap as done", "rename bread to rolls"]),
    ],
)
def test_two_orders_are_asked_about(sentence: str, parts: list[str], context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Ask)
    assert [message for _, message in act.choices] == parts


@pytest.mark.parametrize(
    ("sentence", "words", "completed", "sure"),
    [
        ("can you tick soap off for me", "soap", True, True),
        ("set soap to done", "soap", True, True),
        ("soap isn't done yet", "soap", False, False),
        ("I haven't finished soap", "soap", False, False),
    ],
)
def test_spoken_completion(sentence: str, words: str, completed: bool, sure: bool, context: Context) -> None:
    assert understand(sentence, context) == Complete(Target(words, sure=sure), completed=completed)


@pytest.mark.parametrize(
    ("sentence", "level"),
    [("bump rent to high priority", "high"), ("raise rent's priority", "high"), ("lower rent's priority", "low")],
)
def test_spoken_priority(sentence: str, level: str, context: Context) -> None:
    assert understand(sentence, context) == Update(Target("rent"), {"priority": level})


@pytest.mark.parametrize(
    ("sentence", "completed"),
    [("what have I finished", True), ("which ones are still open", False), ("which tasks are done", True)],
)
def test_spoken_filters(sentence: str, completed: bool, context: Context) -> None:
    assert understand(sentence, context) == Show(completed)


@pytest.mark.parametrize("sentence", ["add soap too", "add soap as well", "note to self: soap", "make a note to soap"])
def test_spoken_adding(sentence: str, context: Context) -> None:
    assert understand(sentence, context) == Create((NewTodo("soap"),))


@pytest.mark.parametrize("sentence", ["buy soap", "pay the plumber", "please water the ferns"])
async def test_an_errand_is_asked_about(sentence: str, context: Context) -> None:
    assert understand(sentence, context) is None
    meaning = await AskStage().interpret(sentence, context)
    assert meaning
    assert isinstance(meaning.act, Ask)


def test_a_thing_on_a_day_is_a_calendars_unless_it_is_due(context: Context) -> None:
    assert understand("add the old town fair on friday", context) is None
    assert understand("add the old town fair tomorrow", context) is None
    due = {"due_at": "2026-11-27"}
    assert understand("add the old town fair to my list for friday", context) == Create(
        (NewTodo("the old town fair", due),)
    )
    assert understand("add the old town form due friday", context) == Create((NewTodo("the old town form", due),))
    assert understand("add soap tomorrow", context) == Create((NewTodo("soap", {"due_at": "2026-11-25"}),))


def test_what_has_a_day_is_deleted_only_by_its_very_title(context: Context) -> None:
    act = understand("delete the fair on friday", context)
    assert act == Delete(Target("the fair on friday", sure=False, only_exact=True))


@pytest.mark.parametrize(
    ("sentence", "mended"),
    [
        ("take soap of my list", "take soap off my list"),
        ("take soap off of my list", "take soap off of my list"),
        ("add soap 2 my list", "add soap to my list"),
        ("remove soap frm my list", "remove soap from my list"),
        ("add soap tomorow", "add soap tomorrow"),
        ("mark soap dne", "mark soap done"),
        ("whats left", "what's left"),
        ("dont forget to buy soap", "don't forget to buy soap"),
        ("um can you uh add soap", "add soap"),
        ("put soap on my list asap", "add soap, high priority"),
    ],
)
def test_misspelt_small_words(sentence: str, mended: str, context: Context) -> None:
    meaning = understand(sentence, context)
    assert meaning is not None
    assert meaning == understand(mended, context)


@pytest.mark.parametrize("title", ["soap 2", "sundays", "the end of the list price", "cake of soap", "saturdays"])
def test_titles_are_not_mended(title: str, context: Context) -> None:
    assert understand(f"add {title}", context) == Create((NewTodo(title),))
