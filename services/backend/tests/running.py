"""A backend that runs in a thread of the tests, and clients for it."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import URL, Engine

from todo_backend.server import make_server
from todo_backend.service import Service
from todo_backend.settings import Configuration, Secrets, Settings

PASSWORD = "correct horse battery"
KEY = "a key that is used by nobody but the tests, long enough for SHA-384"


class Backend:
    """A running server: its URL, its parts, and its database for looking behind the scenes."""

    def __init__(self, url: str, service: Service, engine: Engine) -> None:
        self.url = url
        self.service = service
        self.engine = engine
        self._clients: list[httpx.Client] = []

    def client(self, token: str | None = None) -> httpx.Client:
        client = httpx.Client(base_url=self.url, timeout=30)
        if token:
            client.headers["Authorization"] = f"Bearer {token}"
        self._clients.append(client)
        return client

    def user(self, email: str | None = None) -> "User":
        """Sign somebody up."""
        client = self.client()
        email = email or f"{secrets.token_hex(8)}@example.com"
        answer = client.post("/api/auth/signup", json={"email": email, "password": PASSWORD, "name": "Somebody"})
        assert answer.status_code == 201, answer.text
        return User(self.client(answer.json()["access_token"]), answer.json())

    def close(self) -> None:
        for client in self._clients:
            client.close()


class User:
    """Somebody who is logged in."""

    def __init__(self, client: httpx.Client, signed_up: dict[str, Any]) -> None:
        self.http = client
        self.token: str = signed_up["access_token"]
        self.id: str = signed_up["user"]["id"]
        self.email: str = signed_up["user"]["email"]

    def create(self, title: str = "Buy milk", **fields: object) -> dict[str, Any]:
        answer = self.http.post("/api/todos/", json={"title": title, **fields})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def titles(self, query: str = "") -> list[str]:
        answer = self.http.get(f"/api/todos/?{query}")
        assert answer.status_code == 200, answer.text
        return [item["title"] for item in answer.json()["items"]]


def write_secrets(folder: Path, password: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "postgres_password").write_text(password)
    (folder / "jwt_key").write_text(KEY)
    return folder


def configuration(url: URL, **settings: Any) -> Configuration:
    """Return a configuration for this database without limits on the rate."""
    values = {
        "host": "127.0.0.1",
        "port": 0,
        "database_host": url.host,
        "database_port": url.port,
        "database_name": url.database,
        "database_user": url.username,
        "database_pool_size": 4,
        "login_limit_per_account": 0,
        "login_limit_per_address": 0,
        "signup_limit_per_address": 0,
        **settings,
    }
    return Configuration(Settings(**values), Secrets())


@contextmanager
def running(configured: Configuration, engine: Engine) -> Iterator[Backend]:
    """Serve in a thread, on any free port, until the block ends."""
    server = make_server(configured)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()  # the socket accepts already: the first request waits for the rest
    app: Any = server.config.app
    backend = Backend(f"http://127.0.0.1:{listener.getsockname()[1]}", app.state.service, engine)
    try:
        yield backend
    finally:
        backend.close()
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive(), "the server did not stop"


def environment(url: URL, secrets_dir: Path, **more: str) -> dict[str, str]:
    """Return the environment for the `backend` command in a process of its own."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "SECRETS_DIR": str(secrets_dir),
        "DATABASE_HOST": str(url.host),
        "DATABASE_PORT": str(url.port),
        "DATABASE_NAME": str(url.database),
        "DATABASE_USER": str(url.username),
        "HOST": "127.0.0.1",
        **more,
    }
