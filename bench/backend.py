"""The backend inside its limits: python3 bench/backend.py

Requests per second and p95 of authenticated lists of 20 todos at 20 connections (services/backend/bench does the
counting), and what page 1000 of 100,000 todos costs beside page 1. The deployment must be up.
Ends with 1 below 300 per second, with a p95 of 150 ms or more, or with page 1000 above 1.2 times page 1.
"""

from __future__ import annotations

import http.client
import json
import secrets
import statistics
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import stack

RATE, P95_MS, PAGES = 300, 150, 1.2
TODOS, PAGE = 100_000, 100


class User:
    """An account of its own, on one connection."""

    def __init__(self, base: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        self.token = ""
        self.password = secrets.token_urlsafe(16)
        account = {"email": f"bench-{secrets.token_hex(6)}@example.com", "password": self.password, "name": "Bench"}
        answer = self.ask("POST", "/api/auth/signup", account)
        self.token, self.id = answer["access_token"], answer["user"]["id"]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One request's JSON. Raises SystemExit on an error status."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self.token}"} if self.token else {}
        )
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path} answered {answer.status}: {text[:300]!r}")
        return json.loads(text) if text else None

    def page(self, cursor: str = "") -> tuple[float, str]:
        """The seconds that a page took, and the next page's cursor."""
        query = urlencode({"limit": PAGE} | ({"cursor": cursor} if cursor else {}))
        start = time.perf_counter()
        answer = self.ask("GET", f"/api/todos/?{query}")
        return time.perf_counter() - start, answer["next_cursor"] or ""


def pages(given: Any, base: str) -> tuple[float, float]:
    """Median milliseconds of page 1 and page 1000, asked for in turns."""
    user = User(base)
    try:
        user.ask(
            "POST", "/api/todos/", {"title": "One of very many", "description": "Something that takes a line to say."}
        )
        # Copied inside the database: by the API it would take minutes. Whatever columns there are come along.
        sql(
            given,
            f"""INSERT INTO todo SELECT copy.* FROM todo, generate_series(1, {TODOS - 1}) AS number,
            LATERAL jsonb_populate_record(todo, jsonb_build_object(
              'id', gen_random_uuid(), 'created_at', todo.created_at - number * interval '1 second')) AS copy
            WHERE todo.account_id = '{user.id}'""",  # noqa: S608 - the id is the server's own
        )
        sql(given, "VACUUM ANALYZE todo")
        cursor = ""
        for _ in range(TODOS // PAGE - 1):
            _, cursor = user.page(cursor)
        times = [(user.page()[0], user.page(cursor)[0]) for _ in range(200)]
    finally:
        user.ask("DELETE", "/api/auth/me", {"password": user.password})
    first, last = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    return first, last


def sql(given: Any, statement: str) -> None:
    """Run a statement in the deployment's database, as its own user."""
    stack.docker(
        "exec",
        stack.container(given, "postgres"),
        "psql",
        "--username",
        "todo",
        "--dbname",
        "todo",
        "--quiet",
        "--set",
        "ON_ERROR_STOP=1",
        "--command",
        statement,
    )


def main() -> int:
    parser = stack.arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    base = stack.url(given, "backend")
    load = [
        sys.executable,
        str(stack.ROOT / "services/backend/bench/list_load.py"),
        base,
        "--connections",
        "20",
        "--seconds",
        str(given.seconds),
    ]
    numbers = json.loads(subprocess.run(load, check=True, capture_output=True, text=True).stdout)
    memory = stack.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", stack.container(given, "backend"))
    first, last = pages(given, base)
    print(
        f"lists of 20: {numbers['requests_per_second']} per second, p50 {numbers['p50_ms']} ms, p95 {numbers['p95_ms']} ms, "
        f"{numbers['errors']} errors; memory {memory}"
    )
    print(f"page 1: {first:.2f} ms, page {TODOS // PAGE}: {last:.2f} ms, {last / first:.2f} times")
    good = (
        numbers["requests_per_second"] >= RATE
        and numbers["p95_ms"] < P95_MS
        and not numbers["errors"]
        and last <= PAGES * first
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
