"""The classifier asks, and does nothing else."""

from pathlib import Path

import pytest

from backend_double import BackendDouble
from conftest import Chat
from todo_chatbot.acts import Ask, Context, Create, Delete, NewTodo, Target
from todo_chatbot.asking import guess as classifier
from todo_chatbot.asking.guess import CLASSES, guess
from todo_chatbot.asking.questions import named_in, question
from todo_chatbot.stages import AskStage, RulesStage, doubted
from train import EXAMPLES, examples, train


def test_the_weights_are_those_of_the_examples() -> None:
    """Fails when the examples or the features were changed without training anew."""
    text = EXAMPLES.read_text(encoding="utf-8")
    assert f'"{classifier.digest(text)}"' in classifier.WEIGHTS.read_text(encoding="utf-8")
    sentences = examples(text)[::20]
    right = sum(
        (found.action if (found := guess(sentence)).likely > found.none else "none") == kind
        for kind, sentence in sentences
    )
    assert right / len(sentences) > 0.97


def test_the_same_examples_give_the_same_weights() -> None:
    grammar = "[x]\na|b (c|d)\n= create\nadd {x}\nput (this|that) on LIST\n= none\nplay {x}\n"
    made = examples(grammar)
    assert made == examples(grammar)
    assert ("create", "add b c") in made
    assert {kind for kind, _ in made} == {"create", "none"}
    assert train(made) == train(examples(grammar))
    with pytest.raises(ValueError, match="no slot y"):
        examples("= none\nplay {y}\n")


def test_weights_are_small() -> None:
    assert Path(classifier.WEIGHTS).stat().st_size < 500_000


@pytest.mark.parametrize(
    ("sentence", "about", "first"),
    [
        ("I gotta polish the boots", "create", 'add "polish the boots"'),
        ("i could use more clothespins on the shopping list", "create", 'add "clothespins"'),
        ("the contents of my grocery list would be nice to hear", "list", "show my list"),
        ("I have just ironed the blouse so tick it please", "complete", None),
        ("strike the rakes, they have no business on my list", "delete", None),
    ],
)
def test_question(sentence: str, about: str, first: str | None) -> None:
    asked = question(sentence)
    assert asked
    assert asked.about == about
    if first:
        assert asked.choices[0][1] == first


@pytest.mark.parametrize(
    "sentence",
    [
        "what is the capital of France",
        "I need to transfer money to my savings",
        "play the second song",
        "who is on the guest list",
        "make it warmer in the bedroom",
        "tell me about the roman empire",
        "x" * 300,
    ],
)
def test_no_question_about_anything_else(sentence: str) -> None:
    assert question(sentence) is None


async def test_it_never_does_more_than_ask(context: Context) -> None:
    for _, sentence in examples(EXAMPLES.read_text(encoding="utf-8"))[::50]:
        meaning = await AskStage().interpret(sentence, context)
        assert meaning is None or (isinstance(meaning.act, Ask) and meaning.act.about in CLASSES)


@pytest.mark.parametrize("sentence", ["don't add milk to my list", "never put milk on my list", "do not show my list"])
async def test_who_says_not_to_is_not_asked(sentence: str, context: Context) -> None:
    assert await AskStage().interpret(sentence, context) is None


@pytest.mark.parametrize(
    ("sentence", "action", "name"),
    [
        ("I really need to call the roofer", "create", "call the roofer"),
        ("we're out of clothespins", "create", "clothespins"),
        ("take the clothespins off of the shopping list", "delete", "clothespins"),
        ("something on my list", "delete", ""),
        ("what is on my list", "create", ""),
        ("was soap added to my list", "create", ""),
    ],
)
def test_the_words_for_the_todo(sentence: str, action: str, name: str) -> None:
    assert named_in(sentence, action) == name


async def test_an_order_that_reads_like_another_is_asked_about(
    chat: Chat, backend: BackendDouble, context: Context
) -> None:
    made = Create((NewTodo("some jazz", {"priority": "high"}),))
    assert doubted(made, "play some jazz in the kitchen please").ask
    assert not doubted(made, "add jazz records to my list").ask
    read = doubted(made, "what's on my shopping list")
    assert isinstance(read.act, Ask)
    assert read.act.about == "list"
    assert not doubted(Delete(Target("some jazz")), "play some jazz in the kitchen please").ask
    meaning = await RulesStage().interpret("add milk", context)
    assert meaning
    assert not meaning.ask


async def test_a_todo_that_is_not_there_is_not_asked_about(chat: Chat, backend: BackendDouble) -> None:
    answer = await chat.say("the laundry is done")
    assert answer["reply"] == "I found no todo like “the laundry” on your list, so I changed nothing."
    assert backend.writes() == []
