"""One deployment for the whole session. Each test leaves it serving; the next one finds out if it did not."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from stack import Browser, Ran, Stack, User, ask, docker, small_file_system

NAME = "todo-test-integration"


def free_ports() -> dict[str, int]:
    """Ports that nothing uses now, kept open together so that they differ."""
    published = ["frontend", "backend", "chatbot"]
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in published]
    ports = {name: probe.getsockname()[1] for name, probe in zip(published, sockets, strict=True)}
    for probe in sockets:
        probe.close()
    return ports


@pytest.fixture(scope="session")
def given() -> dict[str, str]:
    """The secrets that the operator supplies; the third is made by the deploy."""
    return {name: f"given-{secrets.token_hex(20)}" for name in ("postgres_password", "jwt_key")}


@pytest.fixture(scope="session")
def workspace() -> Iterator[Path]:
    """A folder for options and reports, with a small file system for the state: a test fills it to the brim."""
    with tempfile.TemporaryDirectory(prefix="todo-test-") as folder:
        if os.geteuid() != 0:
            yield Path(folder)
            return
        with small_file_system(Path(folder) / "small", "32m"):
            yield Path(folder)


@pytest.fixture(scope="session")
def first(workspace: Path, given: dict[str, str]) -> Iterator[tuple[Stack, Ran]]:
    """The deployment, and the run that made it (as wordy as Ansible can be, to see what it gives away)."""
    # TODO_TEST_OPTIONS names a file with further options, such as tags of images that are not built from this clone.
    further = os.environ.get("TODO_TEST_OPTIONS")
    options = yaml.safe_load(Path(further).read_text()) if further else {}
    stack = Stack(
        NAME, workspace, free_ports(), {**options, "todo_min_free_mb": 0}, state=workspace / "small" / "state"
    )
    stack.ok("teardown", todo_delete_data=True)
    ran = stack.ok("deploy", "-vvv", "--diff", todo_secrets=given)
    yield stack, ran
    stack.ok("teardown", todo_delete_data=True)
    assert not stack.left()
    assert not stack.state.exists()


@pytest.fixture(scope="session")
def canary(first: tuple[Stack, Ran]) -> User:
    """A user with todos that must outlive everything that the tests do."""
    user = first[0].signup("canary")
    for title in ("Feed the cat", "Call mum"):
        user.add(title)
    return user


@pytest.fixture
def stack(first: tuple[Stack, Ran], canary: User) -> Iterator[Stack]:
    """The deployment, serving; a test that left it otherwise fails at its end, and the next one has it repaired."""
    deployment = first[0]
    if not all(c["State"]["Running"] or name.endswith("-init") for name, c in deployment.containers().items()):
        deployment.ok("deploy")
    yield deployment
    serves(deployment, canary)


def serves(stack: Stack, canary: User) -> None:
    """The front door answers, a login works, and the todos made before are there."""
    ready = ask(stack.ports["frontend"], "GET", "/health/ready")
    assert ready.status == 200, ready
    items = Browser(stack, canary.account)("GET", "/api/todos").json["items"]
    assert {item["title"] for item in items} == {"Feed the cat", "Call mum"}


@pytest.fixture(scope="session")
def variant(first: tuple[Stack, Ran]) -> Iterator[Callable[[str, str], dict[str, Any]]]:
    """What makes an image of a few Dockerfile lines on top of a component's real one, as a value for COMPONENT_image."""
    made: list[str] = []

    def make(component: str, lines: str) -> dict[str, Any]:
        repository, tag = f"todo-test/{component}", f"variant{len(made)}"
        real = first[0].containers()[component]["Config"]["Image"]
        docker("build", "--quiet", "--tag", f"{repository}:{tag}", "-", stdin=f"FROM {real}\n{lines}\n")
        made.append(f"{repository}:{tag}")
        return {"repository": repository, "tag": tag}

    yield make
    if made:
        docker("image", "rm", "--force", *made, check=False)


@pytest.fixture
def put_back(stack: Stack, canary: User) -> Callable[[Ran, str], None]:
    """Assert that after a failed deploy the previous release serves again, and that the journal says so."""
    before = stack.current()

    def check(ran: Ran, component: str) -> None:
        number = int(stack.newest().name)
        ran.says(f"release {before} serves again; release {number} is recorded as rolled back")
        assert stack.current() == before
        assert stack.outcome() == "rolled back"
        assert not (stack.state / "lock").exists()
        assert ran.report["outcome"] == "failed"
        assert ran.report["diagnosis"]["component"] == component
        assert ran.report["diagnosis"]["next_step"]
        serves(stack, canary)

    return check
