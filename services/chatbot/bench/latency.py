#!/usr/bin/env python3
"""Measure `/api/chat/` for sentences that the rules know: `python3 bench/latency.py --chatbot URL --backend URL`.

Signs up one throw-away account at the backend, says one sentence after another, and deletes the account.
"""

import argparse
import secrets
import time
from collections import defaultdict

import httpx

SENTENCES = {
    "create": "add wash the car {n} tomorrow, high priority",
    "list": "what's on my list",
    "complete": "mark wash the car {n} as done",
    "reopen": "reopen wash the car {n}",
    "update": "set priority of wash the car {n} to low",
    "delete": "delete wash the car {n}",
    "ask": "i need to wash the van {n}",
}


def measure(chatbot: httpx.Client, rounds: int) -> dict[str, list[float]]:
    """The milliseconds each answer took, by kind of sentence. Raises HTTPStatusError when one fails."""
    took: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        for kind, sentence in SENTENCES.items():
            started = time.perf_counter()
            chatbot.post("/api/chat/", json={"message": sentence.format(n=number)}).raise_for_status()
            took[kind].append(1000 * (time.perf_counter() - started))
            time.sleep(0.05)  # as a person's client, not as a load test: a container's processor time is refilled
    return took


def at(took: list[float], share: float) -> float:
    """The milliseconds that `share` of the answers stayed within."""
    return sorted(took)[min(len(took) - 1, int(len(took) * share))]


def main() -> None:
    """Print p50 and p95 by kind and over all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chatbot", default="http://127.0.0.1:8001")
    parser.add_argument("--backend", default="http://127.0.0.1:8000")
    parser.add_argument("--token", help="an account's token, instead of a new account")
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with httpx.Client(base_url=options.backend, trust_env=False, timeout=10) as backend:
        password = secrets.token_urlsafe(18)
        token = options.token or sign_up(backend, password)
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=options.chatbot, headers=headers, trust_env=False, timeout=10) as chatbot:
            try:
                measure(chatbot, 2)
                took = measure(chatbot, options.rounds)
            finally:
                if not options.token:
                    backend.request("DELETE", "/api/auth/me", headers=headers, json={"password": password})
    for kind, each in [*took.items(), ("all", [one for some in took.values() for one in some])]:
        print(f"{kind:9s} n={len(each):5d} p50 {at(each, 0.5):6.1f} ms, p95 {at(each, 0.95):6.1f} ms")


def sign_up(backend: httpx.Client, password: str) -> str:
    """The token of a new account. Raises HTTPStatusError."""
    account = {"email": f"{secrets.token_hex(8)}@example.com", "password": password, "name": "Bench"}
    answer = backend.post("/api/auth/signup", json=account).raise_for_status()
    return str(answer.json()["access_token"])


if __name__ == "__main__":
    main()
