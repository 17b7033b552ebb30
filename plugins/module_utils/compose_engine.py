"""Bring a Compose project to a host: observe, apply, gate, run, remove. Every step renews the lock and notes itself."""

from __future__ import annotations

import contextlib
import errno
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import docker
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import (
    Diagnosis,
    last_lines,
    of_container,
    sign_in,
)
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

POLL_SECONDS = 0.3
SETTLED_SECONDS = 2.0
"""How long a container without a health check must have run to count as ready: one that crashes runs for a moment too."""
KEPT_LOG_LINES = 10_000


def command(project: str, file: Path, directory: Path) -> list[str]:
    """The Compose command line up to the subcommand."""
    return [
        *docker.compose(),
        "--project-name",
        project,
        "--file",
        str(file),
        "--project-directory",
        str(directory),
        "--progress",
        "quiet",
    ]


def apply(project: str, file: Path, directory: Path, services: list[str], *, recreate: bool) -> None:
    """Create or replace these services and start them, without waiting for any to be ready.

    Compose only creates: when it starts several it waits for each one's dependencies, health checks' intervals and all,
    though told --no-deps. The gate does that, faster.

    :raises DeployError: with a diagnosis that names the service where Compose or the engine refuses.
    """
    force = ["--force-recreate"] if recreate else []
    try:
        docker.run(
            [
                *command(project, file, directory),
                "up",
                "--no-start",
                "--no-deps",
                "--no-build",
                "--pull",
                "never",
                *force,
                *services,
            ],
            timeout=300,
        )
        docker.run([docker.client(), "start", *(f"{project}-{service}-1" for service in services)], timeout=300)
    except docker.DockerError as error:
        raise _refused(project, services, error) from error


def _refused(project: str, services: list[str], error: docker.DockerError) -> DeployError:
    """What Compose's stderr says, with the component found in it."""
    text = error.output or str(error)
    component = next((s for s in services if f"{project}-{s}-" in text or f"service {s}" in text.lower()), services[0])
    lines = last_lines(text)
    cause, step = str(error), "docker compose ls; docker ps --all"
    sign = sign_in(lines)
    if "port is already allocated" in text or "address already in use" in text:
        cause = f"a port that it publishes is taken: {lines[-1]}"
        step = f"end what uses the port, or set {component}_published_port to another"
    elif "No such image" in text or ("not found" in text and "image" in text):
        cause, step = f"its image is not on this host: {lines[-1]}", "ansible-playbook playbooks/build.yml"
    elif sign:
        cause, step = sign.cause, sign.next_step
    diagnosis = Diagnosis(component, cause, step, log=lines)
    return DeployError(f"start {component}: {cause}", diagnosis.as_dict())


def gate(project: str, service: str, component: str, seconds: float, keep_alive: Callable[[], None]) -> float:
    """Wait until a service is ready; return how long it took, in seconds.

    Fails at once on what cannot heal (it exits again and again, it was killed for its memory), after `seconds` otherwise.

    :param keep_alive: called at every look; renews the lock.
    :raises DeployError: with the diagnosis.
    """
    start = time.monotonic()
    name = f"{project}-{service}-1"
    started_at, seen_at = "", start
    while True:
        keep_alive()
        inspected = docker.container(name)
        now = docker.state(inspected)
        waited = time.monotonic() - start
        if now["started_at"] != started_at:
            started_at, seen_at = now["started_at"], time.monotonic()
        if now["status"] == "running":
            checked = (inspected["Config"].get("Healthcheck") or {}).get("Test")
            if docker.check_now(inspected) if checked else time.monotonic() - seen_at >= SETTLED_SECONDS:
                return waited
        ended = now["status"] in ("exited", "dead")
        # Between two restarts, when the exit code is there to be read; a running container's is 0.
        looping = now["restarts"] >= 2 and now["status"] == "restarting"
        if ended or looping or now["oom_killed"] or waited > seconds:
            diagnosis = of_container(
                component, now, docker.logs(name), "start" if now["restarts"] or ended else "become ready"
            )
            if waited > seconds and not ended:
                diagnosis.cause += f"; it was given {seconds:g} s"
            raise DeployError(f"{component} is not ready: {diagnosis.cause}", diagnosis.as_dict())
        time.sleep(POLL_SECONDS)


def run_to_end(
    project: str, service: str, component: str, doing: str, seconds: float, keep_alive: Callable[[], None]
) -> float:
    """Wait until a one-off container (an init step that `apply` started) has completed; return how long it took.

    :raises DeployError: with the diagnosis when it ends otherwise or takes longer than `seconds`.
    """
    start = time.monotonic()
    name = f"{project}-{service}-1"
    while True:
        keep_alive()
        now = docker.state(docker.container(name))
        waited = time.monotonic() - start
        if now["status"] == "exited" and now["exit_code"] == 0:
            return waited
        ended = now["status"] in ("exited", "dead")
        if ended or waited > seconds:
            diagnosis = of_container(component, now, docker.logs(name), doing)
            if not ended:
                diagnosis.cause = f"it is still {now['status']} after {seconds:g} s"
            raise DeployError(f"{component}: {doing} failed: {diagnosis.cause}", diagnosis.as_dict())
        time.sleep(POLL_SECONDS)


def keep_log(error: DeployError, folder: Path) -> None:
    """Keep the whole log of the container that failed: going back replaces the container, and its log with it.

    The next step then names the file instead of `docker logs`. The first failure of a component is the one that counts.
    """
    container = str(error.diagnosis.get("container", ""))
    file = folder / f"{error.diagnosis.get('component')}.log"
    if not container:
        return
    with contextlib.suppress(OSError, docker.DockerError):
        if not file.exists():
            file.write_text(docker.logs(container, KEPT_LOG_LINES))
            file.chmod(0o600)
        step = str(error.diagnosis["next_step"])
        error.diagnosis["next_step"] = step.replace(f"docker logs {container}", f"less {file}")


def remove(project: str, *, data: bool) -> list[str]:
    """Remove the project's containers and networks, and with `data` its volumes; return what was removed.

    Found by Compose's label, so that it works without the project file and touches nothing else.
    """
    docker_client = docker.client()
    removed = []
    label = f"label={docker.PROJECT_LABEL}={project}"
    containers = sorted(docker.containers(project).items())
    if containers:
        grace = max((c["Config"].get("StopTimeout") or 10) for _, c in containers)
        docker.run([docker_client, "stop", *(c["Id"] for _, c in containers)], timeout=grace + 60)
        docker.run([docker_client, "rm", "--force", *(c["Id"] for _, c in containers)])
        removed += [f"container {name}" for name, _ in containers]
    networks = docker.run([docker_client, "network", "ls", "--format", "{{.Name}}", "--filter", label]).split()
    if networks:
        docker.run([docker_client, "network", "rm", *networks])
        removed += [f"network {name}" for name in sorted(networks)]
    if data:
        volumes = docker.volumes(project)
        if volumes:
            docker.run([docker_client, "volume", "rm", *volumes])
            removed += [f"volume {name}" for name in sorted(volumes)]
    return removed


def remove_services(project: str, services: list[str]) -> None:
    """Remove containers that left the description (what we made: they carry the project's label)."""
    live = docker.containers(project)
    ids = [live[name]["Id"] for name in services if name in live]
    if ids:
        docker.run([docker.client(), "stop", *ids])
        docker.run([docker.client(), "rm", "--force", *ids])


def remove_networks(project: str, keep: Iterable[str]) -> list[str]:
    """Remove the project's networks but those to keep (by their names in the project); return what was removed.

    One that a container still uses stays: it is gone with a later wave, when that container has been replaced.
    """
    kept = {f"{project}_{name}" for name in keep}
    label = f"label={docker.PROJECT_LABEL}={project}"
    removed = []
    for name in docker.run([docker.client(), "network", "ls", "--format", "{{.Name}}", "--filter", label]).split():
        if name not in kept:
            with contextlib.suppress(docker.DockerError):
                docker.run([docker.client(), "network", "rm", name])
                removed.append(name)
    return removed


def taken_ports(ports: Mapping[str, tuple[str, int]], live: Mapping[str, Mapping[str, Any]]) -> list[Diagnosis]:
    """A diagnosis for each wanted port that something else than this project holds.

    :param ports: service -> (address, port) that it would publish.
    :param live: the project's containers, whose own ports are theirs.
    """
    own = {
        int(binding["HostPort"])
        for container in live.values()
        if container["State"]["Running"]
        for bindings in (container["HostConfig"].get("PortBindings") or {}).values()
        for binding in bindings or []
    }
    found = []
    for service, (address, port) in ports.items():
        if port in own:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except PermissionError:
                continue  # a low port, which the engine may open and this user may not
            except OSError as error:
                cause = f"port {port} on {address} is taken by {holder(port)}"
                step = f"end it, or set {service}_published_port to another port"
                if error.errno != errno.EADDRINUSE:
                    cause = f"{address} is no IPv4 address of this host, so nothing can be published there"
                    step = "set todo_publish_address to an address of this host"
                found.append(Diagnosis(service, cause, step))
    return found


def holder(port: int) -> str:
    """Who listens on a port: a container, else a process by name, as far as this user may see."""
    names = docker.run([docker.client(), "ps", "--filter", f"publish={port}", "--format", "{{.Names}}"]).split()
    if names:
        return f"the container {names[0]}"
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        rows = Path(table).read_text().splitlines()[1:] if Path(table).is_file() else []
        found = (row.split() for row in rows)
        sockets |= {f"socket:[{row[9]}]" for row in found if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
    for process in Path("/proc").glob("[0-9]*"):
        if sockets & _links(process / "fd"):
            words = b""
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").strip()
            return f"process {process.name} ({words[:80].decode(errors='replace') or 'unknown'})"
    return "a process of another user"


def _links(folder: Path) -> set[str]:
    """What the links in a folder point to; those that vanish meanwhile, as a busy process's do, are left out."""
    found = set()
    with contextlib.suppress(OSError):
        for link in folder.iterdir():
            with contextlib.suppress(OSError):
                found.add(str(link.readlink()))
    return found


def free_bytes(paths: list[Path]) -> tuple[int, str]:
    """The least free space among the file systems of these paths, and the path it is on."""
    least = (1 << 62, "")
    for path in paths:
        existing = path
        while not existing.exists():
            existing = existing.parent
        least = min(least, (shutil.disk_usage(existing).free, str(existing)))
    return least
