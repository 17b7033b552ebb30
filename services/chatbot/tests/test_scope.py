"""Which sentences are a todo list's: lists by any name, and what another assistant is asked for."""

import pytest

from todo_chatbot.acts import Act, Ask, Complete, Context, Create, Delete, NewTodo, Show, Target
from todo_chatbot.rules.lists import ONE_LIST, WHOLE_LIST
from todo_chatbot.rules.stage import understand
from todo_chatbot.stages import AskStage


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("add hammer to the hardware list", "hammer"),
        ("add sunscreen to our beach trip list", "sunscreen"),
        ("put tie shoelaces at the top of my morning list", "tie shoelaces"),
        ("jarvis add rice to my list", "rice"),
        ("hey siri, add rice to my list please", "rice"),
        ("I'd like you to add rice to my list, would you", "rice"),
        ("I need to add rice to the list", "rice"),
        ("my list should also contain rice", "rice"),
        ("update my shopping list with rice", "rice"),
        ("could rice be added to my list", "rice"),
        ("rice should go on the list", "rice"),
        ("rice should be on my list", "rice"),
        ("add to the camping list rice", "rice"),
        ("add the item rice to my list", "rice"),
        ("log rice in my list", "rice"),
        ("can I have rice on my list", "rice"),
        ("add letter to grandma to my list", "letter to grandma"),
        ("add buy a notebook", "buy a notebook"),
    ],
)
def test_added_to_a_list_of_any_name(sentence: str, title: str, context: Context) -> None:
    assert understand(sentence, context) == Create((NewTodo(title),))


def test_the_day_after_the_list_is_the_due_day(context: Context) -> None:
    made = Create((NewTodo("sweep the yard", {"due_at": "2026-11-25"}),))
    assert understand("put sweep the yard on my list for tomorrow", context) == made
    assert understand("put sweep the yard on tomorrow's list", context) == Create((NewTodo("sweep the yard"),))


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("remove glue from the crafts list", "glue"),
        ("take glue off of my crafts list", "glue"),
        ("look at my list and delete glue", "glue"),
        ("the job is done so take fence painting off the list", "fence painting"),
        ("remove from my list glue", "glue"),
        ("cut glue from my shopping list", "glue"),
        ("take glue out of my list", "glue"),
    ],
)
def test_deleted_from_a_list_of_any_name(sentence: str, words: str, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Delete)
    assert act.target.words in (words, f"{words} from my list")
    assert act.target.sure


@pytest.mark.parametrize(
    "sentence",
    [
        "cross glue off the crafts list",
        "cross out glue from my crafts list",
        "scratch glue off my list",
        "cross off glue",
    ],
)
def test_crossed_off(sentence: str, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Complete | Delete)
    assert act.target.words == "glue"


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("create a new list", ONE_LIST),
        ("start another list for the garden", ONE_LIST),
        ("make a list of seeds to order", ONE_LIST),
        ("create a list of movies to watch", ONE_LIST),
        ("delete the first list", WHOLE_LIST),
        ("I don't need this list anymore", WHOLE_LIST),
        ("remove the packing list", WHOLE_LIST),
    ],
)
def test_lists_as_such_are_asked_about(sentence: str, question: Ask, context: Context) -> None:
    assert understand(sentence, context) == question


@pytest.mark.parametrize(
    "sentence",
    [
        "what lists do I have",
        "can you tell me what the things on my garden list are",
        "how many things are on the list",
        "read back what I put on my list",
        "can I see my work list",
        "does my list have anything on it",
        "what does the packing list contain",
        "what things do I need to buy",
        "go to my list",
        "summarize my list",
    ],
)
def test_questions_about_the_list(sentence: str, context: Context) -> None:
    assert isinstance(understand(sentence, context), Show)


@pytest.mark.parametrize(
    "sentence",
    [
        "add grandpa's birthday on saturday",
        "add lunch with sue for monday at one",
        "add yoga at the gym next tuesday at 6 pm",
        "add this tune to my music list",
        "remove sue from my contact list",
        "add forty plus two",
        "show me the list of radio stations",
        "list of hotels nearby",
        "set a reminder alarm for my meeting",
        "don't forget the wedding on saturday",
        "turn it up",
        "keep chocolate off my list",
        "keep chocolate off my list for tomorrow",
        "add up my expenses",
        "I'm done with you",
        "add oil to my car",
        "add me to the group",
        "put me on the waiting list",
        "take me off the mailing list",
        "restart the film",
        "give me a list of bands",
        "create a list of songs for the party",
        "Hello, how are you today?",
        "should I add rice to my list",
    ],
)
def test_anothers_business(sentence: str, context: Context) -> None:
    assert understand(sentence, context) is None


@pytest.mark.parametrize("sentence", ["clear the list of recent calls", "clear my call history"])
def test_what_is_cleared_elsewhere_is_no_list(sentence: str, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Delete)
    assert not act.target.sure


@pytest.mark.parametrize("sentence", ["delete the party on saturday", "remove my 8 am alarm", "cancel dinner with sue"])
def test_a_calendars_things_are_deleted_only_by_their_very_title(sentence: str, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Delete)
    assert act.target.only_exact
    assert not act.target.sure


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("we need flour", "flour"),
        ("I need some more flour", "flour"),
        ("I need flour", "flour"),
        ("we are out of flour", "flour"),
    ],
)
async def test_a_want_is_asked_about(sentence: str, title: str, context: Context) -> None:
    assert understand(sentence, context) is None
    meaning = await AskStage().interpret(sentence, context)
    assert meaning
    assert isinstance(meaning.act, Ask)
    assert meaning.act.choices[0][1] == f'add "{title}"'


@pytest.mark.parametrize(
    "sentence",
    [
        "I need to know the time",
        "I need to book a taxi",
        "I have to be at the meeting at 5 pm",
        "I need to turn the lamp on",
    ],
)
async def test_no_question_about_anothers_business(sentence: str, context: Context) -> None:
    meaning: object = await AskStage().interpret(sentence, context)
    act: Act | None = understand(sentence, context)
    assert (meaning, act) == (None, None)


@pytest.mark.parametrize(
    ("sentence", "words", "sure"),
    [
        ("get glue off my list", "glue", True),
        ("I want glue removed from my list", "glue", True),
        ("we don't need glue anymore", "glue", False),
        ("I already have glue, so take it off", "glue", False),
        ("we no longer need glue", "glue", False),
    ],
)
def test_what_is_not_needed(sentence: str, words: str, sure: bool, context: Context) -> None:
    act = understand(sentence, context)
    assert isinstance(act, Delete)
    assert (act.target.words, act.target.sure) == (words, sure)


@pytest.mark.parametrize("sentence", ["I bought glue", "we've already paid glue", "glue is taken care of"])
def test_what_is_told_as_done_is_never_sure(sentence: str, context: Context) -> None:
    assert understand(sentence, context) == Complete(Target("glue", sure=False))
