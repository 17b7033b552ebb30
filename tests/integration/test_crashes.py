"""Processes that die: their containers come back by themselves, and nothing that was acknowledged is lost.

The short form; scripts/campaign.sh does this for longer.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from stack import COMPONENTS, Stack, User, until

WRITERS = 4


class Writer(threading.Thread):
    """Adds todos without a pause. What got no clear answer is sent again under the same key."""

    def __init__(self, user: User, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.user, self.stop = user, stop
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.retries = 0

    def run(self) -> None:
        while not self.stop.is_set():
            key = str(uuid.uuid4())
            while not self._add(key) and not self.stop.is_set():
                self.retries += 1
                time.sleep(0.05)

    def _add(self, key: str) -> bool:
        try:
            answer = self.user("POST", "/api/todos/", {"title": f"todo {key}"}, Idempotency_Key=key)
        except OSError:
            return False
        if answer.status == 201:
            self.acknowledged.append(answer.json["id"])
            return True
        if answer.status not in (500, 502, 503, 504):
            self.refused.append(f"{answer.status} {answer.text}")
        return False


@contextmanager
def writing(user: User) -> Iterator[list[Writer]]:
    stop = threading.Event()
    writers = [Writer(user, stop) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        stop.set()
        for writer in writers:
            writer.join(60)


def test_every_component_comes_back_by_itself_and_loses_nothing(stack: Stack) -> None:
    user = stack.signup("writer")
    containers = {name: container["Id"] for name, container in stack.containers().items()}
    with writing(user) as writers:
        until(lambda: all(writer.acknowledged for writer in writers), "everybody has written")
        for component in COMPONENTS:
            before = stack.containers()[component]
            # From the host: Docker takes `docker kill` for the operator's wish and would leave it down.
            os.kill(before["State"]["Pid"], signal.SIGKILL)
            until(
                lambda name=component, old=before["RestartCount"]: stack.containers()[name]["RestartCount"] > old,
                f"{component} is started again",
            )
            written = [len(writer.acknowledged) for writer in writers]
            until(
                lambda old=written: all(len(w.acknowledged) > n for w, n in zip(writers, old, strict=True)),
                f"writes succeed after the end of {component}",
            )
        until(stack.healthy, "all are healthy again", 180)
    acknowledged = [todo for writer in writers for todo in writer.acknowledged]
    assert sum(writer.retries for writer in writers), "nobody noticed: the kills hit nothing"
    assert not [line for writer in writers for line in writer.refused]
    todos = user.todos()
    assert set(acknowledged) <= set(todos)
    # A write that was repeated under its key was made once.
    titles = [todo["title"] for todo in todos.values()]
    assert len(titles) == len(set(titles))
    assert {name: container["Id"] for name, container in stack.containers().items()} == containers
