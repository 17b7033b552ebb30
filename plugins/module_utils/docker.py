"""The Docker client and Compose on a host, as far as this collection needs them: one adapter, nothing else calls them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

PROJECT_LABEL = "com.docker.compose.project"
_ONE_OFF_LABEL = "com.docker.compose.oneoff"
SERVICE_LABEL = "com.docker.compose.service"
COMPONENT_LABEL = "todoapp.stack/component"


class DockerError(DeployError):
    """A docker or compose command failed. `output` is what it printed on stderr."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


def run(command: list[str], timeout: float = 120, stdin: str | None = None) -> str:
    """Run a client command and return its stdout. Raises DockerError with its stderr's last line."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, input=stdin)
    except subprocess.TimeoutExpired as error:
        raise DockerError(f"{' '.join(command[:3])} gave no answer within {timeout:g} s") from error
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise DockerError(lines[-1] if lines else f"{command[0]} ended with {done.returncode}", done.stderr)
    return done.stdout


def client() -> str:
    """The docker client's path. Raises DeployError with the next step when there is none."""
    for candidate in (shutil.which("docker"), "/usr/bin/docker", "/usr/local/bin/docker"):
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    raise DeployError(
        "there is no docker command on this host", _not_running("there is no docker command on this host")
    )


def compose() -> list[str]:
    """The Compose command: the pinned one beside this Python first, then the client's plugin, then one on PATH."""
    pinned = Path(sys.executable).parent / "docker-compose"
    if os.access(pinned, os.X_OK):
        return [str(pinned)]
    docker = client()
    if subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:
        return [docker, "compose"]
    found = shutil.which("docker-compose")
    if found:
        return [found]
    cause = "there is no Docker Compose on this host"
    step = "install Docker's compose plugin (Debian and Ubuntu: docker-compose-v2 or docker-compose-plugin)"
    raise DeployError(cause, Diagnosis("docker", cause, step).as_dict())


def engine_version() -> str:
    """The engine's version. Raises DeployError with a diagnosis when it does not answer."""
    try:
        return run([client(), "version", "--format", "{{.Server.Version}}"], timeout=20).strip()
    except DockerError as error:
        cause = f"the Docker engine does not answer: {error}"
        raise DeployError(cause, _not_running(cause)) from error


def _not_running(cause: str) -> dict[str, Any]:
    return Diagnosis(
        "docker",
        cause,
        "start it (systemctl start docker, or open Docker Desktop), or let scripts/docker-start.sh do it",
    ).as_dict()


def containers(project: str) -> dict[str, dict[str, Any]]:
    """The project's containers as `docker inspect` gives them, by Compose service name.

    One that a killed run left of a one-off command stands under its own name: it is no service's.
    """
    ids = run(
        [client(), "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={PROJECT_LABEL}={project}"]
    ).split()
    inspected = json.loads(run([client(), "container", "inspect", *ids])) if ids else []
    return {_service(c): c for c in inspected}


def _service(inspected: Mapping[str, Any]) -> str:
    labels = inspected["Config"]["Labels"]
    return inspected["Name"] if labels.get(_ONE_OFF_LABEL) == "True" else labels.get(SERVICE_LABEL, inspected["Name"])


def container(name: str) -> dict[str, Any]:
    """One container as `docker inspect` gives it."""
    return json.loads(run([client(), "container", "inspect", name]))[0]


def images(references: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """What the host has of these images: reference -> {id, env, command, labels}, None where it is missing."""
    wanted = sorted(set(references))
    if not wanted:
        return {}
    done = subprocess.run(
        [client(), "image", "inspect", *wanted], capture_output=True, text=True, check=False, timeout=60
    )
    found: dict[str, dict[str, Any] | None] = dict.fromkeys(wanted)
    for image in json.loads(done.stdout or "[]"):
        config = image.get("Config") or {}
        facts = {
            "id": image["Id"],
            "env": config.get("Env") or [],
            "command": config.get("Cmd"),
            "labels": config.get("Labels") or {},
            "size": image.get("Size", 0),
        }
        for reference in [*(image.get("RepoTags") or []), *(image.get("RepoDigests") or []), image["Id"]]:
            if reference in found:
                found[reference] = facts
    return found


def volumes(project: str) -> list[str]:
    """The names of the project's volumes."""
    return run([client(), "volume", "ls", "--quiet", "--filter", f"label={PROJECT_LABEL}={project}"]).split()


def logs(name: str, lines: int = 60) -> str:
    """A container's last log lines, both streams."""
    done = subprocess.run(
        [client(), "logs", "--tail", str(lines), name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=30,
        errors="replace",
    )
    return done.stdout


def state(inspected: Mapping[str, Any]) -> dict[str, Any]:
    """A container's state in few words: name, status, exit_code, oom_killed, error, restarts, health, health_log."""
    raw = inspected["State"]
    health = raw.get("Health") or {}
    said = [entry["Output"].strip() for entry in health.get("Log") or [] if entry.get("ExitCode")]
    return {
        "name": inspected["Name"].lstrip("/"),
        "status": raw["Status"],
        "exit_code": raw["ExitCode"],
        "oom_killed": raw.get("OOMKilled", False),
        "error": raw.get("Error", ""),
        "restarts": inspected.get("RestartCount", 0),
        "started_at": raw.get("StartedAt", ""),
        "health": health.get("Status", "none"),
        "health_log": said[-1][:300] if said else "",
    }


def check_now(inspected: Mapping[str, Any]) -> bool:
    """Run the container's own health check once, now, instead of waiting for Docker's next turn."""
    test = (inspected["Config"].get("Healthcheck") or {}).get("Test") or []
    if test[:1] != ["CMD"]:
        return state(inspected)["health"] == "healthy"
    command = [client(), "exec", inspected["Id"], *test[1:]]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False
