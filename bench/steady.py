"""Requests of a page's user at a steady rate, each with its own moment, whatever the ones before it took."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

TIMEOUT = 15
WORKERS = 24


class Visitor:
    """A user at the front door, with an account of its own: a session cookie and the page's origin.

    :param address: HOST:PORT to connect to.
    :param host: the name by which the Ingress knows the page; the address itself when it is empty.
    """

    def __init__(self, address: str, host: str = "") -> None:
        self.address = address
        self.host = host or address
        self.cookie = ""
        self.password = secrets.token_urlsafe(16)
        account = {"email": f"bench-{secrets.token_hex(6)}@example.com", "password": self.password, "name": "Bench"}
        connection = self.connect()
        status, headers = self.ask(connection, "POST", "/api/auth/signup", account)
        connection.close()
        if status != http.client.CREATED:
            raise SystemExit(f"http://{address} (host {self.host}) answers a signup with {status}")
        self.cookie = headers["Set-Cookie"].partition(";")[0]

    def connect(self) -> http.client.HTTPConnection:
        """A connection of one worker."""
        return http.client.HTTPConnection(self.address, timeout=TIMEOUT)

    def ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None
    ) -> tuple[int, http.client.HTTPMessage]:
        """One request; its status and headers. Raises OSError or HTTPException when there is no whole answer."""
        headers = {"Host": self.host, "Origin": f"http://{self.host}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_hex(
                16
            )  # as the page does, so that whoever lost it may repeat it
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers

    def leave(self) -> None:
        """Remove the account."""
        connection = self.connect()
        self.ask(connection, "DELETE", "/api/auth/me", {"password": self.password})
        connection.close()


# What the user does, in turns: (method, path, body, good status).
STEPS: tuple[tuple[str, str, Any, int], ...] = (
    ("GET", "/", None, 200),
    ("GET", "/api/todos?limit=20", None, 200),
    ("GET", "/api/auth/me", None, 200),
    ("POST", "/api/todos", {"title": "Water the plants"}, 201),
    ("GET", "/api/todos?limit=20", None, 200),
)


@dataclass
class Outcome:
    """What became of the requests. `late` is how far the load fell behind its own clock at worst."""

    sent: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    late: float = 0.0
    seconds: float = 0.0


class Load:
    """Sends a visitor's steps at `rate` per second from its start until it is stopped."""

    def __init__(self, visitor: Visitor, rate: float) -> None:
        self.visitor = visitor
        self.rate = rate
        self.outcome = Outcome()
        self._next = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> Outcome:
        """End after the requests that are under way; what became of all."""
        self._stopped.set()
        for worker in self._workers:
            worker.join()
        self.outcome.seconds = self.outcome.seconds or time.monotonic() - self._begun
        return self.outcome

    def wait_for(self, requests: int) -> None:
        """Return when so many have been sent."""
        while self.outcome.sent < requests and any(worker.is_alive() for worker in self._workers):
            self._stopped.wait(0.1)

    def _work(self) -> None:
        connection = self.visitor.connect()
        while True:
            with self._lock:
                number, self._next = self._next, self._next + 1
            due = self._begun + number / self.rate
            if self._stopped.wait(max(0.0, due - time.monotonic())):
                break
            late = time.monotonic() - due
            method, path, body, good = STEPS[number % len(STEPS)]
            begun, wrong = time.monotonic(), ""
            try:
                status, _ = self.visitor.ask(connection, method, path, body)
                if status != good:
                    wrong = f"{method} {path} answered {status}"
            except (OSError, http.client.HTTPException) as error:
                wrong = f"{method} {path}: {error!r}"
                connection.close()
            took = time.monotonic() - begun
            with self._lock:
                self.outcome.sent += 1
                self.outcome.slowest = max(self.outcome.slowest, took)
                self.outcome.late = max(self.outcome.late, late)
                if wrong:
                    self.outcome.failures.append(f"{begun - self._begun:.2f} s: {wrong} after {took:.2f} s")
        connection.close()
