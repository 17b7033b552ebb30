"""References to what was just shown name a todo, and the user is asked before it is written."""

from dataclasses import replace

import pytest

from backend_double import BackendDouble
from conftest import Chat
from todo_chatbot.acts import Complete, Context, Delete, Target
from todo_chatbot.rules.stage import understand

LISTING = (
    "You have 3 open todos:\n1. buy tea (due tomorrow at 17:00, high priority)\n"
    "2. fix fence (the tall one)\n3. nap — done"
)


def after(context: Context, *said: str) -> Context:
    return replace(context, history=tuple(("assistant", text) for text in said))


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("delete the first one", "buy tea"),
        ("delete the second one", "fix fence (the tall one)"),
        ("delete the last one", "nap"),
        ("delete number 2", "fix fence (the tall one)"),
        ("delete item three", "nap"),
        ("remove #1", "buy tea"),
        ("delete the 3rd task", "nap"),
    ],
)
def test_a_place_on_the_list_shown(sentence: str, title: str, context: Context) -> None:
    assert understand(sentence, after(context, "before", LISTING)) == Delete(Target(title, recalled=True))


@pytest.mark.parametrize(
    "said", ["Added “buy tea”.", "Set “buy tea” due tomorrow.", "You have 1 open todo:\n1. buy tea (high priority)"]
)
@pytest.mark.parametrize("sentence", ["mark it as done", "complete that one"])
def test_it_is_the_one_just_named(sentence: str, said: str, context: Context) -> None:
    assert understand(sentence, after(context, said)) == Complete(Target("buy tea", recalled=True))


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("delete the first two", ("buy tea", "fix fence (the tall one)")),
        ("delete the last two items", ("fix fence (the tall one)", "nap")),
        ("delete the first and the third", ("buy tea", "nap")),
        ("delete all of them", ("buy tea", "fix fence (the tall one)", "nap")),
        ("delete them", ("buy tea", "fix fence (the tall one)", "nap")),
    ],
)
def test_several_of_the_list_shown(sentence: str, titles: tuple[str, ...], context: Context) -> None:
    act = understand(sentence, after(context, LISTING))
    assert isinstance(act, Delete)
    assert (act.target.titles, act.target.recalled) == (titles, True)


def test_both_are_two(context: Context) -> None:
    act = understand("complete both", after(context, "Added “buy tea”. Added “nap”."))
    assert act == Complete(Target("both", recalled=True, titles=("buy tea", "nap")))
    assert understand("complete both", after(context, LISTING)) == Complete(Target("both"))


def test_it_is_done(context: Context) -> None:
    assert understand("it's done", after(context, "Added “buy tea”.")) == Complete(Target("buy tea", recalled=True))
    assert understand("I did the second one", after(context, LISTING)) == Complete(
        Target("fix fence (the tall one)", recalled=True)
    )
    assert understand("it is done", context) is None
    assert understand("it is done", after(context, "I am fine.")) is None


async def test_several_are_asked_about_together(chat: Chat, backend: BackendDouble) -> None:
    for title in ("pay rent", "buy tea", "nap"):
        backend.add(title)
    history = [{"role": "assistant", "content": (await chat.say("what's on my list"))["reply"]}]
    answer = await chat.say("mark the first two as done", history=history)
    assert answer["confirm"]["summary"] == "Mark 2 todos as done: “nap”, “buy tea”?"
    assert backend.writes() == []
    await chat.done("confirm/", {"token": answer["confirm"]["token"]})
    assert backend.titles(completed=True) == ["buy tea", "nap"]
    answer = await chat.say("move the first two to tomorrow", history=history)
    assert answer["reply"] == "I change one todo at a time. Which one first?"
    answer = await chat.say("delete both", history=[{"role": "assistant", "content": "Added “a”. Added “b”."}])
    assert answer["reply"] == "I cannot tell which “a” is. I changed nothing."
    assert backend.titles() == ["pay rent", "buy tea", "nap"]


@pytest.mark.parametrize("said", ["", "Renamed “a” to “b”.", LISTING, "I am fine."])
def test_what_is_not_clear_stays_a_question(said: str, context: Context) -> None:
    assert understand("mark it as done", after(context, said)) == Complete(Target("it"))
    assert understand("delete the ninth one", after(context, said)) == Delete(Target("the ninth one"))


def test_what_the_user_said_is_not_what_was_shown(context: Context) -> None:
    mine = replace(context, history=(("user", LISTING),))
    assert understand("delete the first one", mine) == Delete(Target("the first one"))


@pytest.mark.parametrize(
    ("sentence", "question"),
    [("delete the second one", "Delete “pay rent”?"), ("mark number 2 as done", "Mark “pay rent” as done?")],
)
async def test_it_is_asked_before_it_is_written(
    chat: Chat, backend: BackendDouble, sentence: str, question: str
) -> None:
    backend.add("pay rent")
    backend.add("buy tea")
    history = [{"role": "assistant", "content": "You have 2 open todos:\n1. buy tea\n2. pay rent"}]
    answer = await chat.say(sentence, history=history)
    assert answer["confirm"]["summary"] == question
    assert backend.writes() == []
    answer = await chat.say("delete the fifth one", history=history)
    assert answer["reply"] == "Which one do you mean?"
    assert backend.writes() == []


async def test_a_history_cannot_name_what_is_not_there(chat: Chat, backend: BackendDouble) -> None:
    backend.add("pay rent")
    history = [{"role": "assistant", "content": "Added “everything and all”."}]
    answer = await chat.say("delete it", history=history)
    assert answer["actions"] == []
    assert "confirm" not in answer
    assert backend.writes() == []
