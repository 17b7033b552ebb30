"""Why something failed, in the words that an operator needs: cause, component, last log lines, next step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LOG_LINES = 12
_CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass
class Diagnosis:
    """One failure, explained. `log` holds the last lines that the component wrote, oldest first.

    `pod` is empty where there are none (a Compose host).
    """

    component: str
    cause: str
    next_step: str
    container: str = ""
    log: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    pod: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The form in which modules return it."""
        return asdict(self)

    def __str__(self) -> str:
        return explain(self.as_dict())


def explain(diagnosis: Mapping[str, Any]) -> str:
    """The diagnosis as the text that an operator reads."""
    where = diagnosis["component"]
    parts = [f"{part} {diagnosis[part]}" for part in ("pod", "container") if diagnosis.get(part)]
    if parts:
        where += f" ({', '.join(parts)})"
    lines = [f"{where}: {diagnosis['cause']}"]
    for title, key in (("last log lines", "log"), ("events", "events")):
        if diagnosis.get(key):
            lines += [f"{title}:", *(f"  | {line}" for line in diagnosis[key])]
    lines.append(f"next step: {diagnosis['next_step']}")
    return "\n".join(lines)


@dataclass(frozen=True)
class Sign:
    """What a log line says about the cause: the first sign that matches wins."""

    pattern: str
    cause: str
    next_step: str
    on_cluster: str = ""
    """The next step where it is another one on a cluster."""


SIGNS = (
    # postgres: "FATAL:  password authentication failed for user"; backend migrate repeats it.
    Sign(
        r"password authentication failed",
        "the database refuses its password: the secret postgres_password is not the one that the data was made with",
        "put the old password back (todo_secrets.postgres_password, or the file in the state directory's secrets/), "
        "or change it in the database first: ALTER ROLE ... PASSWORD",
        "put the old password back (todo_secrets.postgres_password, or that key of your own Secret), "
        "or change it in the database first: ALTER ROLE ... PASSWORD",
    ),
    Sign(
        r"[Nn]o space left on device|ENOSPC|could not extend file|disk full",
        "the disk is full",
        "free space on the host (docker system df shows what Docker holds), then deploy again",
        "enlarge its volume, or free space on its node, then deploy again",
    ),
    Sign(
        r"(?i)model (file|blob)?.*(missing|corrupt|not found|does not exist)|no such model",
        "the model file is missing or damaged",
        "build the ollama image again (playbooks/build.yml); if the volume is damaged, "
        "remove it with teardown and todo_delete_data=true",
    ),
    Sign(
        r"(?i)address already in use", "the port is taken inside the container", "look for a second server in the image"
    ),
    Sign(
        r"(?i)read-only file system",
        "it writes to a path that is read-only",
        "name the path in the description's `writable`, or in `storage` if it must survive",
    ),
    Sign(
        r"(?i)permission denied",
        "it may not read or write a file",
        "the container runs as user 10001: check who owns the files in its volume",
    ),
    Sign(
        r"(?i)exec format error",
        "the image is for another processor",
        "build the image on this host's processor type",
        "build the image for the nodes' processor type",
    ),
)


def last_lines(log: str, count: int = LOG_LINES) -> list[str]:
    """The last lines of a log that are not empty, each cut to a readable length and without terminal controls."""
    readable = (_CONTROLS.sub("", line).rstrip() for line in log.splitlines())
    lines = [line[:300] for line in readable if line]
    return lines[-count:]


def sign_in(lines: Iterable[str]) -> Sign | None:
    """The first known sign in the log, looked for from its end."""
    for line in reversed(list(lines)):
        for sign in SIGNS:
            if re.search(sign.pattern, line):
                return sign
    return None


def of_container(component: str, state: Mapping[str, Any], log: str, doing: str) -> Diagnosis:
    """Diagnose a container that is not as it should be.

    :param state: {name, status, exit_code, oom_killed, error, restarts, health, health_log} as docker.py gives it.
    :param doing: what was waited for ("start", "become ready", "run migrate"), for the sentence.
    """
    lines = last_lines(log)
    sign = sign_in(lines)
    name = str(state["name"])
    logs = f"docker logs {name}"
    if state["oom_killed"]:
        cause = "it needed more memory than its limit and was killed"
        step = f"raise {component}_resources.limits.memory, or find out what it holds: {logs}"
    elif state["error"]:
        cause, step = str(state["error"]), f"docker inspect {name}"
    elif state["status"] == "paused":
        cause, step = "it is paused: somebody stopped it with docker pause", f"docker unpause {name}, or deploy again"
    elif state["status"] == "running" and state["health"] in ("unhealthy", "starting"):
        said = f"; the check says: {state['health_log']}" if state["health_log"] else ""
        # Whatever it ended with before, it is running now; its exit code would be another run's.
        again = f"; it was started again {_times(state['restarts'])}" if state["restarts"] else ""
        cause, step = f"it runs, but its health check is not green{said}{again}", logs
    elif state["status"] in ("exited", "dead", "restarting") or state["restarts"] > 0:
        code = state["exit_code"]
        again = f", {state['restarts']} times" if state["restarts"] > 1 else ""
        cause = f"it exits at {doing} with code {code}{_meaning(code)}{again}"
        step = logs
    else:
        cause, step = f"it is {state['status']} and did not {doing}", logs
    if sign and not state["oom_killed"]:
        cause, step = f"{cause}: {sign.cause}", sign.next_step
    return Diagnosis(component, cause, step, container=name, log=lines)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _meaning(code: int) -> str:
    meanings = {
        125: "Docker refused it",
        126: "not executable",
        127: "no such command",
        137: "killed",
        139: "crashed",
        143: "terminated",
    }
    return f" ({meanings[code]})" if code in meanings else ""
