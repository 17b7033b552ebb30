"""The same request sent again."""

from backend_double import BackendDouble
from conftest import NOW, Chat


async def test_a_request_sent_again_under_its_key_does_nothing_twice(chat: Chat, backend: BackendDouble) -> None:
    headers = {"Authorization": "Bearer alice-token", "Idempotency-Key": "a-message"}
    body = {"message": "add milk and eggs", "time_zone": "Europe/Berlin", "now": NOW}
    first, again = [(await chat.http.post("/api/chat/", json=body, headers=headers)).json() for _ in range(2)]
    assert sorted(backend.titles()) == ["eggs", "milk"]
    assert again["reply"] == first["reply"]
    assert [action["status"] for action in again["actions"]] == ["done", "done"]


async def test_a_question_names_all_that_it_is_about(chat: Chat, backend: BackendDouble) -> None:
    for title in "abcde":
        backend.add(title)
    answer = await chat.say("delete all my todos")
    assert sorted(answer["confirm"]["titles"]) == list("abcde")
