"""Server-sent events over a real socket, since a transport within the process would collect them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn

from backend_double import BackendDouble, problem
from ollama_double import OllamaDouble
from todo_chatbot.app import make_app
from todo_chatbot.model import Model
from todo_chatbot.settings import Settings

HEADERS = {"Authorization": "Bearer alice-token", "Accept": "text/event-stream"}


class Served:
    def __init__(self, http: httpx.AsyncClient, model: Model) -> None:
        self.http, self.model = http, model

    async def events(self, path: str, body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        async with self.http.stream("POST", f"/api/chat/{path}", json=body, headers=HEADERS) as response:
            assert response.headers["Content-Type"].startswith("text/event-stream")
            return [event async for event in parsed(response)]


async def parsed(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


@pytest.fixture
async def served(settings: Settings, backend: BackendDouble) -> AsyncIterator[Served]:
    settings.model_timeout = 5
    app = make_app(settings, httpx.ASGITransport(backend.app))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on"))
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        model: Model = app.state.services.model
        await model.probe()
        yield Served(http, model)
    server.should_exit = True
    await task


async def test_an_action_streams(served: Served, backend: BackendDouble) -> None:
    events = await served.events("", {"message": "add milk"})
    assert [name for name, _ in events] == ["thinking", "action", "token", "done"]
    assert events[1][1]["tool"] == "create_todo"
    assert events[2][1] == {"text": "Added “milk”."}
    assert events[3][1]["actions"] == [events[1][1]]
    undone = await served.events("undo/", {"undo": events[1][1]["undo"]})
    assert [name for name, _ in undone] == ["thinking", "action", "token", "done"]
    assert backend.titles() == []


async def test_the_models_words_stream(served: Served) -> None:
    events = await served.events("", {"message": "hello"})
    names = [name for name, _ in events]
    assert names == ["thinking", "token", "token", "done"]
    assert "".join(data["text"] for name, data in events if name == "token") == events[-1][1]["reply"]
    assert events[-1][1]["source"] == "model"


async def test_an_early_error_is_the_status(served: Served, backend: BackendDouble) -> None:
    backend.valid.clear()
    response = await served.http.post("/api/chat/", json={"message": "add milk"}, headers=HEADERS)
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    response = await served.http.post("/api/chat/", json={"message": ""}, headers=HEADERS)
    assert response.status_code == 422


async def test_thinking_comes_while_the_model_is_silent_and_leaving_stops_the_model(
    served: Served, ollama: OllamaDouble
) -> None:
    ollama.mode = "hang_in_chat"
    async with (
        asyncio.timeout(4),
        served.http.stream("POST", "/api/chat/", json={"message": "hello"}, headers=HEADERS) as response,
    ):
        events = parsed(response)
        assert await anext(events) == ("thinking", {})
        await ollama.asked.wait()
        assert not ollama.gone.is_set()
    # The client has left; the model's time-out of 5 s is not what ends the call.
    async with asyncio.timeout(3):
        await ollama.gone.wait()


async def test_a_late_error_is_an_event(served: Served, backend: BackendDouble) -> None:
    backend.fail_with, backend.fail_methods = problem(500, "x"), ("POST",)
    backend.held = asyncio.Event()
    async with served.http.stream("POST", "/api/chat/", json={"message": "add milk"}, headers=HEADERS) as response:
        events = parsed(response)
        assert await anext(events) == ("thinking", {})
        backend.held.set()
        rest = [event async for event in events]
    assert [name for name, _ in rest] == ["error"]
    assert (rest[0][1]["status"], rest[0][1]["code"]) == (503, "backend_unavailable")
