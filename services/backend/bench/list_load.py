"""Load a running backend with authenticated list requests; prints requests per second and latencies.

Starts nothing itself:
    python3 bench/list_load.py http://127.0.0.1:8000 --connections 20 --seconds 20

Standard library only. The client reads answers no further than it must, so that on a small machine it does not
become what is measured.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit


def call(url: str, path: str, body: dict[str, str], token: str | None = None) -> dict[str, Any]:
    """POST JSON; returns the answer's JSON, raises urllib.error.HTTPError for an error."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  the URL is the operator's
        found: dict[str, Any] = json.load(answer)
        return found


def prepare(url: str, todos: int) -> str:
    """Make a user with todos; returns the token."""
    user = {
        "email": f"load-{secrets.token_hex(6)}@example.com",
        "password": secrets.token_urlsafe(16),
        "name": "Load",
    }
    token: str = call(url, "/api/auth/signup", user)["access_token"]
    for number in range(todos):
        body = {"title": f"Todo number {number}", "description": "Something that takes a line to say."}
        call(url, "/api/todos/", body, token)
    return token


async def one_connection(host: str, port: int, request: bytes, until: float, times: list[float]) -> int:
    """Send the request again and again; returns how many were not answered with 200."""
    errors = 0
    reader, writer = await asyncio.open_connection(host, port)
    while (start := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - start)
        errors += not head.startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()
    return errors


async def load(url: str, token: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Return the numbers of one run."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    request = (f"GET {arguments.path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n").encode()
    times: list[float] = []
    start = time.perf_counter()
    errors = await asyncio.gather(
        *(one_connection(host, port, request, start + arguments.seconds, times) for _ in range(arguments.connections))
    )
    elapsed = time.perf_counter() - start
    cuts = statistics.quantiles(times, n=100)
    return {
        "requests_per_second": round(len(times) / elapsed, 1),
        "p50_ms": round(cuts[49] * 1000, 1),
        "p95_ms": round(cuts[94] * 1000, 1),
        "p99_ms": round(cuts[98] * 1000, 1),
        "errors": sum(errors),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--todos", type=int, default=100, help="how many the user has")
    parser.add_argument("--path", default="/api/todos/?limit=20")
    arguments = parser.parse_args()
    url = arguments.url.rstrip("/")
    token = prepare(url, arguments.todos)
    print(json.dumps(asyncio.run(load(url, token, arguments))))


if __name__ == "__main__":
    main()
