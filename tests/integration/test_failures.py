"""Failures explain themselves: cause, component, last log lines and next step; and what served before still serves.

Each one is provoked on the deployed stack. The sentences are what an operator reads.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from stack import COMPONENTS, ROOT, Browser, Ran, Stack, User, docker, filled, until

Variant = Callable[[str, str], dict[str, Any]]
PutBack = Callable[[Ran, str], None]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a file system that is really full must be mounted")


# Before anything changes


@pytest.mark.parametrize("verb", ["deploy", "health", "teardown"])
def test_docker_is_not_running(stack: Stack, verb: str) -> None:
    ran = stack.fails(verb, env={"DOCKER_HOST": f"unix://{stack.folder}/nobody.sock"})
    ran.says(
        r"docker: the Docker engine does not answer: .*nobody\.sock",
        r"next step: start it \(systemctl start docker, or open Docker Desktop\), or let scripts/docker-start\.sh do it",
    )


def test_a_port_is_taken_by_a_process(stack: Stack) -> None:
    before = stack.identities()
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        ran = stack.fails("deploy", frontend_published_port=port)
    ran.says(
        rf"frontend: port {port} on 127\.0\.0\.1 is taken by .*{os.getpid()}",
        r"next step: end it, or set frontend_published_port to another port",
    )
    assert stack.identities() == before


def test_a_port_is_taken_by_a_container(stack: Stack) -> None:
    before = stack.identities()
    image = stack.containers()["frontend"]["Config"]["Image"]
    name = f"{stack.name}-squatter"
    docker("run", "--detach", "--rm", "--name", name, "--publish", "127.0.0.1::9", "--entrypoint", "sleep", image, "60")
    try:
        port = int(docker("port", name, "9").rpartition(":")[2])
        ran = stack.fails("deploy", backend_published_port=port)
    finally:
        docker("rm", "--force", name)
    ran.says(
        rf"backend: port {port} on 127\.0\.0\.1 is taken by .*container {name}",
        r"next step: end it, or set backend_published_port to another port",
    )
    assert stack.identities() == before


@needs_root
def test_the_disk_is_full(stack: Stack) -> None:
    before = stack.identities()
    with filled(stack.state.parent):
        early = stack.fails("deploy", todo_min_free_mb=500, chatbot_log_level="warning")
        # The same without the look ahead: the record cannot be written, and nothing else was done by then.
        late = stack.fails("deploy", chatbot_log_level="warning")
    early.says(
        rf"host: the disk is full: 0 MB are free at {stack.state.parent}.*, 500 MB are wanted",
        r"next step: free space \(docker system df shows what Docker holds\), or lower todo_min_free_mb",
    )
    late.says(
        r"release: the disk is full: .*No space left on device",
        r"next step: free space on the host \(docker system df shows what Docker holds\), then deploy again",
    )
    assert stack.identities() == before
    assert not (stack.state / "lock").exists()
    assert stack.ok("deploy").report["outcome"] in ("nothing to do", "succeeded")
    assert stack.identities() == before


# Images


@pytest.fixture
def clone(stack: Stack, tmp_path: Path) -> Stack:
    """The deployment as another clone sees it, whose chatbot does not build."""
    root = tmp_path / "clone"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    link = root / ".ansible/collections/ansible_collections/todoapp/stack"
    link.parent.mkdir(parents=True)
    link.symlink_to(root)
    (root / "services/chatbot/Dockerfile").write_text(
        "ARG BASE_IMAGE=debian:trixie-slim\nFROM ${BASE_IMAGE}\nRUN echo 'the compiler is on holiday' >&2; exit 7\n"
    )
    options = {**stack.options, "chatbot_image": {"tag": ""}}
    return Stack(stack.name, stack.folder, stack.ports, options, root, stack.state)


def test_an_image_does_not_build(stack: Stack, clone: Stack) -> None:
    before = stack.identities()
    built = clone.fails("build", todo_images_only=["chatbot"])
    built.says(
        r"chatbot: .*exit 7",
        r"last log lines:\n.*the compiler is on holiday",
        r"next step: ",
    )
    # And a deploy without it changes nothing.
    clone.fails("deploy").says(
        r"chatbot: its image todo-app/chatbot:[0-9a-f]{12} is not on this host", r"next step: .*playbooks/build\.yml"
    )
    assert stack.identities() == before


# A component does not come up: the previous release is put back


def test_a_container_exits_at_start(stack: Stack, variant: Variant, put_back: PutBack) -> None:
    others = {name: it for name, it in stack.identities().items() if name in ("postgres", "ollama", "backend")}
    image = variant("chatbot", 'ENTRYPOINT []\nCMD ["bash", "-c", "echo cannot find my marbles >&2; exit 3"]')
    ran = stack.fails("deploy", chatbot_image=image)
    ran.says(
        rf"chatbot \(container {stack.container('chatbot')}\): it exits at start with code 3",
        r"last log lines:\n.*\| cannot find my marbles",
        rf"next step: .*{stack.newest()}/chatbot\.log",
    )
    assert "cannot find my marbles" in (stack.newest() / "chatbot.log").read_text()
    put_back(ran, "chatbot")
    assert others == {name: it for name, it in stack.identities().items() if name in others}, "others were touched"


def test_a_health_check_is_never_green(stack: Stack, variant: Variant, put_back: PutBack) -> None:
    image = variant("frontend", 'ENTRYPOINT []\nCMD ["bash", "-c", "echo waiting for a better day; sleep infinity"]')
    ran = stack.fails("deploy", frontend_image=image, todo_gate_seconds=4)
    ran.says(
        rf"frontend \(container {stack.container('frontend')}\): it runs, but its health check is not green.*; it was given 4 s",
        r"last log lines:\n.*\| waiting for a better day",
        rf"next step: .*{stack.newest()}/frontend\.log",
    )
    put_back(ran, "frontend")


def test_the_database_password_is_wrong(stack: Stack, put_back: PutBack) -> None:
    wrong = "not-the-one-of-the-data-1234567890"
    ran = stack.fails("deploy", todo_secrets={"postgres_password": wrong})
    ran.says(
        r"backend \(container .*\): .*the database refuses its password: "
        r"the secret postgres_password is not the one that the data was made with",
        r"last log lines:\n.*password authentication failed for user",
        r"next step: put the old password back \(todo_secrets\.postgres_password, or the file in the state directory's secrets/\)",
    )
    assert wrong not in ran.out
    put_back(ran, "backend")
    assert (stack.state / "secrets/postgres_password").read_text() != wrong


@needs_root
def test_the_database_has_no_room(stack: Stack, tmp_path: Path) -> None:
    """A deployment of its own, whose volume is a full file system."""
    small = Stack(f"{stack.name}-small", tmp_path, {}, {**stack.options, "todo_components": ["postgres"]})
    volume = f"{small.name}_postgres-data"
    labels = [f"--label=com.docker.compose.project={small.name}", "--label=com.docker.compose.volume=postgres-data"]
    kind = ["--opt=type=tmpfs", "--opt=device=tmpfs", "--opt=o=size=8m,uid=10001,gid=10001,mode=0700"]
    small.state.mkdir(mode=0o700)
    secrets = {"postgres_password": "a-password-that-is-given-4321"}
    docker("volume", "create", *labels, *kind, volume)
    try:
        ran = small.fails("deploy", todo_secrets=secrets)
        ran.says(
            rf"postgres \(container {small.container('postgres')}\): .*the disk is full",
            r"last log lines:\n.*No space left on device",
            r"next step: free space",
            r"there is no earlier release to go back to; what was started is left for you to look at",
        )
        assert small.outcome() == "failed"
    finally:
        small.ok("teardown", todo_delete_data=True)
    assert not small.left()


def test_the_model_file_is_missing(stack: Stack, variant: Variant, put_back: PutBack) -> None:
    damaged = variant(
        "ollama",
        "USER 0\nRUN for blob in /usr/share/ollama/models/blobs/*; do truncate --size=1000 $blob; done\nUSER 10001:10001",
    )
    docker("exec", stack.container("ollama"), "sh", "-c", "rm -rf /var/lib/ollama/models/*")
    ran = stack.fails("deploy", ollama_image=damaged)
    ran.says(
        rf"ollama \(container {stack.container('ollama')}\): .*the model file is missing or damaged",
        r"last log lines:\n.*the model smollm2:135m is damaged in the image: /usr/share/ollama/models/blobs/sha256-",
        r"next step: build the ollama image again \(playbooks/build\.yml\)",
    )
    put_back(ran, "ollama")


# A component hangs


def test_ollama_hangs(stack: Stack, canary: User) -> None:
    """Health says so, the assistant works on by its rules, and the next deploy of whatever else repairs it."""
    browser = Browser(stack, canary.account)
    with hung(stack, "ollama"):
        for message, tool in (("add water the plants", "create_todo"), ("delete water the plants", "delete_todo")):
            answer = browser("POST", "/api/chat", {"message": message})
            assert answer.status == 200, answer
            assert [action["tool"] for action in answer.json["actions"]] == [tool], answer
            assert answer.json["source"] == "rules"
        until(
            lambda: stack.containers()["ollama"]["State"]["Health"]["Status"] == "unhealthy",
            "Docker sees that it hangs",
        )
        seen = stack.fails("health")
        seen.says(
            r"postgres +ready",
            r"ollama +not ready",
            rf"ollama \(container {stack.container('ollama')}\): it runs, but its health check is not green",
            rf"next step: docker logs {stack.container('ollama')}; ansible-playbook playbooks/deploy\.yml replaces it",
        )
        states = {row["component"]: row["state"] for row in seen.report["components"]}
        assert states == {**dict.fromkeys(COMPONENTS, "ready"), "ollama": "not ready"}
        planned = stack.ok("deploy", "--check", "--diff", chatbot_log_level="warning")
        planned.says(r"~ ollama would be replaced", r"health: unhealthy -> healthy", r"~ chatbot would be replaced")
        repaired = stack.ok("deploy", chatbot_log_level="warning")
        repaired.says("replace ollama, chatbot")
    assert stack.ok("health").report["healthy"]


@contextmanager
def hung(stack: Stack, component: str) -> Iterator[None]:
    """All of a component's processes stopped in their tracks, but for Docker's own."""
    # A container that Docker has never seen healthy is not called unhealthy before its start period is over.
    until(
        lambda: stack.containers()[component]["State"]["Health"]["Status"] == "healthy", "Docker's own check is green"
    )
    rows = docker("top", stack.container(component), "-eo", "pid,comm").splitlines()[1:]
    pids = [int(row.split()[0]) for row in rows if "docker-init" not in row]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


# Runs that end early, or meet


@pytest.mark.parametrize(("step", "outcome"), [("record", "written"), ("apply", "started"), ("gate", "ready")])
def test_a_run_is_killed(stack: Stack, canary: User, variant: Variant, step: str, outcome: str) -> None:
    """The next one says what it found and ends where the killed one was going; the one after has nothing to do."""
    changes = {"postgres_image": variant("postgres", "LABEL test=another")}  # the data survives another image, too
    before = stack.newest()
    killed = stack.start("deploy", **changes)
    until(
        lambda: stack.newest() != before and any((e["step"], e["outcome"]) == (step, outcome) for e in stack.journal()),
        f"the run is at {step} {outcome}",
    )
    os.killpg(killed.pid, signal.SIGKILL)
    print(killed.communicate()[0])
    number = int(stack.newest().name)
    resumed = stack.ok("deploy", **changes)
    resumed.says(
        rf"release {number} was interrupted at {step} \(.*\); this run goes on from what is there",
        r"took over the lock of a run that ended without giving it back: \w+ \(deploy, since .*\)",
        rf"release {number + 1} succeeded",
    )
    assert stack.current() == number + 1
    again = stack.ok("deploy", **changes)
    again.says("nothing to do", "changed=0")
    assert {todo["title"] for todo in canary.todos().values()} == {"Feed the cat", "Call mum"}


def test_two_runs_at_once(stack: Stack) -> None:
    """Exactly one proceeds; the other names it."""
    runs = [stack.start("deploy", frontend_resources={"limits": {"memory": f"{size}Mi"}}) for size in (250, 251)]
    outputs = [run.communicate()[0] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2], "\n".join(outputs)
    winner, loser = sorted(range(2), key=lambda index: runs[index].returncode)
    assert re.search(
        rf"another run has the lock: \w+ on {re.escape(socket.gethostname())} \(process {runs[winner].pid}\), "
        r"deploy, since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ; wait for it to end",
        outputs[loser],
    ), outputs[loser]
    limit = stack.containers()["frontend"]["HostConfig"]["Memory"]
    assert limit == (250, 251)[winner] * 2**20
