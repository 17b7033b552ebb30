"""A deployment that the tests drive as an operator does: the real playbooks, run as processes, on real Docker."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = ["postgres", "ollama", "backend", "chatbot", "frontend"]


def docker(*arguments: str, stdin: str | None = None, check: bool = True) -> str:
    """Run the docker client; its stdout. Its stderr is in the error when it fails."""
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    done = subprocess.run(
        [client(), *arguments], capture_output=True, text=True, input=stdin, check=False, timeout=180, env=environment
    )
    if check and done.returncode:
        raise AssertionError(f"docker {' '.join(arguments[:4])}: {done.stderr}")
    return done.stdout


def client() -> str:
    """The docker client that builds with BuildKit on this engine; a newer one without buildx does not."""
    return next(path for path in ("/usr/bin/docker", shutil.which("docker")) if path and os.access(path, os.X_OK))


def until(condition: Callable[[], Any], what: str, seconds: float = 120) -> Any:
    """Wait until a condition is true; what it returned. The limit only ends a test that would wait for ever."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds:g} s until {what}"
        time.sleep(0.1)
    return value


@dataclass
class Ran:
    """One run of a playbook: its exit code, all that it printed, its report (todo_report) and its duration."""

    command: str
    code: int
    out: str
    report: dict[str, Any]
    seconds: float

    def says(self, *sentences: str) -> None:
        """Assert that each sentence (a regular expression) is printed, in one line or across its breaks."""
        for sentence in sentences:
            assert re.search(sentence, self.out, re.DOTALL), f"not printed: {sentence}\n{self}"

    def __str__(self) -> str:
        return f"$ {self.command}\n{self.out}\nexit code {self.code} after {self.seconds:.1f} s"


@dataclass
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(port: int, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """One HTTP request to a published port; `body` is sent as JSON, or as it is when it is bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    try:
        connection.request(method, path, data, sent)
        got = connection.getresponse()
        return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read().decode(errors="replace"))
    finally:
        connection.close()


@dataclass
class Stack:
    """One deployment: its name, ports and state directory, and the verbs that work on it."""

    name: str
    folder: Path
    ports: dict[str, int]
    options: dict[str, Any] = field(default_factory=dict)
    root: Path = ROOT
    state: Path = Path()

    def __post_init__(self) -> None:
        if self.state == Path():
            self.state = self.folder / "state"

    def command(self, verb: str, *flags: str, **options: Any) -> tuple[list[str], Path]:
        """The command line of a verb, and the report that it writes. Options go by a file: some are secrets."""
        mark = secrets.token_hex(4)
        report = self.folder / f"report-{mark}.json"
        given = {
            "todo_name": self.name,
            "todo_state_dir": str(self.state),
            "todo_report": str(report),
            **{f"{component}_published_port": port for component, port in self.ports.items()},
            **self.options,
            **options,
        }
        file = self.folder / f"options-{mark}.json"
        file.write_text(json.dumps({name: value for name, value in given.items() if value is not None}))
        return ["ansible-playbook", f"playbooks/{verb}.yml", f"--extra-vars=@{file}", *flags], report

    def start(self, verb: str, *flags: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        """Start a verb in a process group of its own, with its output in a pipe."""
        command, _ = self.command(verb, *flags, **options)
        return self._start(command, env)

    def _start(self, command: list[str], env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        environment = {**os.environ, "ANSIBLE_CONFIG": str(self.root / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        return subprocess.Popen(
            command,
            cwd=self.root,
            env={**environment, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, verb: str, *flags: str, env: dict[str, str] | None = None, **options: Any) -> Ran:
        """Run a verb to its end."""
        command, report = self.command(verb, *flags, **options)
        begun = time.monotonic()
        process = self._start(command, env)
        try:
            out, _ = process.communicate(timeout=400)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        written = json.loads(report.read_text()) if report.is_file() else {}
        ran = Ran(" ".join(command), process.returncode, out, written, time.monotonic() - begun)
        print(ran)  # pytest shows it when the test fails
        return ran

    def ok(self, verb: str, *flags: str, **options: Any) -> Ran:
        """Run a verb that must succeed."""
        ran = self.run(verb, *flags, **options)
        assert ran.code == 0, str(ran)
        return ran

    def fails(self, verb: str, *flags: str, env: dict[str, str] | None = None, **options: Any) -> Ran:
        """Run a verb that must fail as the documentation says: with exit code 2."""
        ran = self.run(verb, *flags, env=env, **options)
        assert ran.code == 2, str(ran)
        assert "Traceback" not in ran.out, str(ran)
        return ran

    # What is there

    def containers(self) -> dict[str, dict[str, Any]]:
        """The deployment's containers as `docker inspect` gives them, by service."""
        ids = docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={self.name}").split()
        found = json.loads(docker("container", "inspect", *ids)) if ids else []
        return {c["Config"]["Labels"]["com.docker.compose.service"]: c for c in found}

    def identities(self) -> dict[str, tuple[str, str]]:
        """What a restart or a replacement of a container would change."""
        return {name: (c["Id"], c["State"]["StartedAt"]) for name, c in self.containers().items()}

    def container(self, component: str) -> str:
        return f"{self.name}-{component}-1"

    def left(self) -> list[str]:
        """All that Docker holds of it."""
        label = f"label=com.docker.compose.project={self.name}"
        return [
            *docker("ps", "--all", "--quiet", "--filter", label).split(),
            *docker("network", "ls", "--quiet", "--filter", label).split(),
            *docker("volume", "ls", "--quiet", "--filter", label).split(),
        ]

    def current(self) -> int:
        """The release that serves."""
        return int((self.state / "current").read_text())

    def newest(self) -> Path:
        """The folder of the newest release."""
        return max(folder for folder in (self.state / "releases").iterdir() if folder.name.isdigit())

    def journal(self) -> list[dict[str, Any]]:
        """The newest release's journal."""
        file = self.newest() / "journal.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []

    def outcome(self) -> str:
        """How the newest release's journal ends."""
        return self.journal()[-1]["outcome"]

    # Its users

    def backend(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        return ask(self.ports["backend"], method, path, body, **headers)

    def signup(self, name: str = "user") -> User:
        account = {
            "email": f"{name}-{secrets.token_hex(5)}@example.com",
            "password": secrets.token_hex(12),
            "name": name,
        }
        answer = self.backend("POST", "/api/auth/signup", account)
        assert answer.status == 201, answer
        return User(self, account, answer.json["access_token"])

    def healthy(self) -> bool:
        """Whether every component's own check is green just now, and no init step is running."""
        found = self.containers()
        return set(COMPONENTS) <= set(found) and all(
            found[name]["State"]["Running"] and found[name]["State"].get("Health", {}).get("Status") == "healthy"
            for name in COMPONENTS
        )


@dataclass
class User:
    """A user of a deployment, who speaks to the backend's published port."""

    stack: Stack
    account: dict[str, str]
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        return self.stack.backend(method, path, body, Authorization=f"Bearer {self.token}", **headers)

    def add(self, title: str) -> dict[str, Any]:
        answer = self("POST", "/api/todos/", {"title": title})
        assert answer.status == 201, answer
        return answer.json

    def todos(self) -> dict[str, dict[str, Any]]:
        """All todos by id, page after page."""
        found, cursor = {}, ""
        while True:
            answer = self("GET", f"/api/todos/?limit=100{f'&cursor={cursor}' if cursor else ''}")
            assert answer.status == 200, answer
            found |= {item["id"]: item for item in answer.json["items"]}
            cursor = answer.json["next_cursor"]
            if not cursor:
                return found


class Browser:
    """A user at the front door: a session cookie and an origin."""

    def __init__(self, stack: Stack, account: dict[str, str]) -> None:
        self.port = stack.ports["frontend"]
        self.origin = f"http://127.0.0.1:{self.port}"
        answer = ask(
            self.port, "POST", "/api/auth/login", {k: account[k] for k in ("email", "password")}, Origin=self.origin
        )
        assert answer.status == 200, answer
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        return ask(self.port, method, path, body, Origin=self.origin, Cookie=self.cookie)


@contextlib.contextmanager
def small_file_system(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, that can be really full."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """No room left in a (small) file system."""
    file = folder / "filler"
    try:
        with contextlib.suppress(OSError), file.open("wb", buffering=0) as target:
            while True:
                target.write(b"\0" * 4096)
        yield
    finally:
        file.unlink()
