"""What the tests share: the application with stand-ins on both of its sides."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI

from backend_double import BackendDouble
from ollama_double import OllamaDouble
from todo_chatbot.acts import Context
from todo_chatbot.app import make_app
from todo_chatbot.model import Model
from todo_chatbot.settings import Settings

NOW = "2026-11-24T10:00:00Z"  # a Tuesday


@dataclass
class Chat:
    """The chatbot as a user meets it."""

    http: httpx.AsyncClient
    app: FastAPI

    @property
    def model(self) -> Model:
        model: Model = self.app.state.services.model
        return model

    async def post(self, path: str, body: Any, token: str = "alice-token") -> httpx.Response:
        return await self.http.post(f"/api/chat/{path}", json=body, headers={"Authorization": f"Bearer {token}"})

    async def say(self, message: str, token: str = "alice-token", **more: Any) -> dict[str, Any]:
        body = {"message": message, "time_zone": "Europe/Berlin", "now": NOW, **more}
        response = await self.post("", body, token)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def done(self, path: str, body: Any, token: str = "alice-token") -> dict[str, Any]:
        response = await self.post(path, body, token)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture
def context() -> Context:
    return Context(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"))


@pytest.fixture
def backend() -> BackendDouble:
    return BackendDouble()


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaDouble]:
    double = OllamaDouble()
    yield double
    await double.stop()


@pytest.fixture
async def settings(tmp_path: Path, ollama: OllamaDouble) -> Settings:
    (tmp_path / "chatbot_key").write_bytes(b"k" * 32)
    url = await ollama.start()
    return Settings.model_validate(
        {"secrets_dir": tmp_path, "ollama_url": url, "model_timeout": 0.3, "backend_url": "http://backend"}
    )


@pytest.fixture
async def chat(settings: Settings, backend: BackendDouble) -> AsyncIterator[Chat]:
    """Without the background probe: a test that wants the model lets it be probed."""
    app = make_app(settings, httpx.ASGITransport(backend.app))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://chatbot") as http:
        yield Chat(http, app)
    await app.state.services.close()
