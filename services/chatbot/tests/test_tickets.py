"""Confirmations and undo, over the interface."""

import pytest

from backend_double import BackendDouble
from conftest import Chat


async def test_deleting_many_needs_a_yes(chat: Chat, backend: BackendDouble) -> None:
    for title in ("a1", "b2", "c3", "d4"):
        backend.add(title, completed=True)
    backend.add("open")
    answer = await chat.say("delete all done ones")
    assert answer["confirm"]["summary"] == "Delete 4 done todos (“d4”, “c3”, “b2” and 1 more)?"
    assert backend.writes() == []
    answer = await chat.done("confirm/", {"token": answer["confirm"]["token"]})
    assert answer["reply"] == "Deleted 4 todos."
    assert backend.titles() == ["open"]
    assert answer["actions"][0]["result"] == {"done": 4, "failed": 0}
    answer = await chat.done("undo/", {"undo": answer["actions"][0]["undo"]})
    assert answer["reply"] == "Restored 4 todos."
    assert len(backend.titles()) == 5


async def test_deleting_two_by_name_needs_a_yes(chat: Chat, backend: BackendDouble) -> None:
    backend.add("milk")
    backend.add("eggs")
    answer = await chat.say("delete milk and eggs")
    assert answer["reply"] == "Delete 2 todos: “milk”, “eggs”?"
    assert backend.titles() == ["milk", "eggs"]
    await chat.done("confirm/", {"token": answer["confirm"]["token"]})
    assert backend.titles() == []


async def test_one_todo_named_like_an_enumeration_is_one(chat: Chat, backend: BackendDouble) -> None:
    backend.add("milk")
    backend.add("eggs")
    backend.add("milk and eggs")
    await chat.say("delete milk and eggs")
    assert backend.titles() == ["milk", "eggs"]


async def test_a_guess_needs_a_yes(chat: Chat, backend: BackendDouble) -> None:
    backend.add("call the dentist")
    answer = await chat.say("delete the dentits")
    assert answer["reply"] == "Delete “call the dentist”?"
    assert backend.writes() == []
    answer = await chat.done("confirm/", {"token": answer["confirm"]["token"]})
    assert answer["reply"] == "Deleted “call the dentist”."


async def test_what_only_sounds_like_a_wish_needs_a_yes(chat: Chat, backend: BackendDouble) -> None:
    backend.add("prepare the quarterly report")
    answer = await chat.say("the report is done")
    assert answer["confirm"]["summary"] == "Mark “prepare the quarterly report” as done?"
    assert backend.writes() == []
    answer = await chat.done("confirm/", {"token": answer["confirm"]["token"]})
    assert answer["reply"] == "Marked “prepare the quarterly report” as done."
    await chat.done("undo/", {"undo": answer["actions"][0]["undo"]})
    assert backend.titles(completed=True) == []


async def test_a_used_confirmation_is_refused_even_after_undo(chat: Chat, backend: BackendDouble) -> None:
    for title in ("a", "b"):
        backend.add(title, completed=True)
    token = (await chat.say("delete all done ones"))["confirm"]["token"]
    answer = await chat.done("confirm/", {"token": token})
    await chat.done("undo/", {"undo": answer["actions"][0]["undo"]})
    response = await chat.post("confirm/", {"token": token})
    assert response.status_code == 409
    assert response.json()["code"] == "token_used"
    assert backend.titles() == ["a", "b"]


async def test_anothers_or_an_altered_confirmation_does_nothing(chat: Chat, backend: BackendDouble) -> None:
    for title in ("a", "b"):
        backend.add(title, completed=True)
    token = (await chat.say("delete all done ones"))["confirm"]["token"]
    for said, user in ((token, "bob-token"), (token[:-3] + "AAA", "alice-token"), ("A" + token[1:], "alice-token")):
        response = await chat.post("confirm/", {"token": said}, user)
        assert (response.status_code, response.json()["code"]) == (422, "token_invalid")
        assert "Nothing was changed" in response.json()["detail"]
    undo = await chat.post("undo/", {"undo": token})
    assert undo.status_code == 422
    assert backend.writes() == []


async def test_only_what_was_shown_is_deleted(chat: Chat, backend: BackendDouble) -> None:
    """A todo that was changed, or done, after the question stays."""
    changed = backend.add("a", completed=True)
    backend.add("b", completed=True)
    token = (await chat.say("delete all done ones"))["confirm"]["token"]
    backend.add("c", completed=True)
    backend.todos[changed["id"]]["version"] = 2
    answer = await chat.done("confirm/", {"token": token})
    assert (
        answer["reply"]
        == "Deleted 1 todo. 1 could not be changed. I did not delete it: it was changed in the meantime."
    )
    assert backend.titles() == ["a", "c"]


@pytest.mark.parametrize(
    "sentence",
    [
        "complete milk",
        "delete milk",
        "rename milk to oat milk",
        "set priority of milk to high",
        "move milk to tomorrow",
    ],
)
async def test_undo_gives_back_what_was(chat: Chat, backend: BackendDouble, sentence: str) -> None:
    todo = backend.add("buy milk", due_at="2026-12-01")
    answer = await chat.say(sentence)
    answer = await chat.done("undo/", {"undo": answer["actions"][0]["undo"]})
    assert answer["actions"][0]["status"] == "done"
    assert "undo" not in answer["actions"][0]
    after = backend.todos[todo["id"]]
    assert {name: after[name] for name in todo if name != "version"} == {
        name: value for name, value in todo.items() if name != "version"
    }
    assert not after["deleted"]


async def test_undo_tells_times_in_the_users_zone(chat: Chat, backend: BackendDouble) -> None:
    backend.add("pay rent", due_at="2026-12-01T23:30:00Z")
    undo = (await chat.say("move rent to tomorrow"))["actions"][0]["undo"]
    assert (await chat.done("undo/", {"undo": undo}))["reply"] == "Set “pay rent” due Wed 2 Dec 2026 at 00:30."


async def test_undo_of_create_and_its_repeat(chat: Chat, backend: BackendDouble) -> None:
    undo = (await chat.say("add milk"))["actions"][0]["undo"]
    assert (await chat.done("undo/", {"undo": undo}))["reply"] == "Deleted “milk”."
    assert backend.titles() == []
    response = await chat.post("undo/", {"undo": undo})
    assert (response.status_code, response.json()["code"]) == (409, "token_used")
    assert (await chat.post("undo/", {"undo": undo}, "bob-token")).status_code == 422


async def test_undo_does_not_overwrite_a_later_change(chat: Chat, backend: BackendDouble) -> None:
    todo = backend.add("buy milk")
    undo = (await chat.say("set priority of milk to high"))["actions"][0]["undo"]
    backend.todos[todo["id"]].update(priority="low", version=9)
    answer = await chat.done("undo/", {"undo": undo})
    assert answer["reply"] == "I did not change “buy milk”: it was changed in the meantime."
    assert backend.todos[todo["id"]]["priority"] == "low"
