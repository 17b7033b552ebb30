"""What a model suggests is written only after a yes, however sure it sounds."""

import pytest

from backend_double import BackendDouble
from conftest import Chat
from todo_chatbot.acting import Actor
from todo_chatbot.acts import Act, Complete, Context, Create, Delete, Interpretation, NewTodo, Target, Update
from todo_chatbot.backend import Backend
from todo_chatbot.routes import writer_for


@pytest.mark.parametrize(
    ("act", "question"),
    [
        (Create((NewTodo("milk", {"due_at": "2026-11-25"}),)), "Add “milk” (due tomorrow)?"),
        (Complete(Target("pay rent")), "Mark “pay rent” as done?"),
        (Update(Target("pay rent"), {"priority": "high"}), "Set the priority of “pay rent” to high?"),
        (Delete(Target("pay rent")), "Delete “pay rent”?"),
    ],
)
async def test_a_suggestion_is_a_question(
    chat: Chat, backend: BackendDouble, context: Context, act: Act, question: str
) -> None:
    backend.add("pay rent")
    services = chat.app.state.services
    caller = Backend(services.http, "alice-token", services.users)
    actor = Actor(caller, writer_for(caller, services, "UTC"))
    answer = await actor.act(Interpretation(act, "model"), context)
    assert backend.writes() == []
    assert answer.source == "model"
    assert answer.confirm
    assert answer.confirm.summary == question
    confirmed = await chat.done("confirm/", {"token": answer.confirm.token})
    assert confirmed["actions"][0]["status"] == "done"
    assert len(backend.writes()) == 1
