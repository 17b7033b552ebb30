"""Roundabout orders become plain ones, and nothing else does."""

import pytest

from todo_chatbot.rules.clauses import straight


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("on my garden list, put rakes", "put rakes to my garden list"),
        ("open my list and add rakes to it", "add rakes to my list"),
        ("shopping list: add rakes", "add rakes to shopping list"),
        ("from my list please take rakes", "take rakes from my list"),
        ("we're out of rakes, so put them on the list", "put rakes on the list"),
        ("I need to get rakes, can you add that to my list", "add get rakes to my list"),
        ("I've bought rakes so they can come off the list", "remove rakes from the list"),
        ("I have to rake the leaves tomorrow, put that on my list", "put rake the leaves tomorrow on my list"),
        ("I did the raking, so check it off", "check the raking off"),
        ("rakes no longer need to be on the list", "remove rakes from the list"),
        ("I don't want rakes on my list anymore", "remove rakes from my list"),
        ("make sure rakes are on my list", "add rakes on my list"),
        ("make sure to put rakes on my list", "put rakes on my list"),
        ("put rakes down as a task", "add rakes to my list"),
        ("put an entry on my list for raking", "add raking to my list"),
        ("undo adding rakes to my list", "remove rakes from my list"),
    ],
)
def test_straight(said: str, plain: str) -> None:
    assert straight(said) == plain


@pytest.mark.parametrize(
    "said",
    [
        "add rakes to my list",
        "it is cold, so take it off",
        "my hands are full so put that on hold",
        "should rakes be removed from my list",
        'open my list and add "rakes"',
        "what should come off my list",
        "get rid of rakes on my list",
        "on friday add rakes",
        "I'd hate for you to delete rakes from my list",
        "he wants me to, so delete rakes from my list",
        "mom says to add rakes to my list",
        "I heard you can delete rakes from my list",
    ],
)
def test_what_is_plain_or_no_order_stays(said: str) -> None:
    assert straight(said) == said
