"""Brings the node's container up, looks at it, and takes it down, by the Docker client."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import socket
import time
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import docker, local_cluster
from ansible_collections.todoapp.stack.plugins.module_utils.compose_engine import holder
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, last_lines
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.local_cluster import Part, Settings

STATE_DIR = Path("~/.local/state/todoapp-cluster")
_POLL_SECONDS = 0.5


def inspect(kind: str, name: str) -> dict[str, Any] | None:
    """A container or volume as Docker describes it, None when there is none."""
    try:
        return json.loads(docker.run([docker.client(), kind, "inspect", name]))[0]
    except docker.DockerError as error:
        if "no such" in str(error).lower():
            return None
        raise


def kubeconfig(name: str) -> Path:
    """Where the cluster's kubeconfig lies on the host."""
    return STATE_DIR.expanduser() / name / "kubeconfig"


def up(settings: Settings, wait_seconds: int, *, check_mode: bool) -> dict[str, Any]:
    """Make the cluster answer.

    :returns: changed, said (what was done), kubeconfig.
    :raises DeployError: it cannot be made, or does not become ready in time.
    """
    container, volume = inspect("container", settings.name), inspect("volume", settings.volume)
    local_cluster.refuse_strangers(settings.name, container, volume)
    done, remove = "", False
    if container and (changes := local_cluster.difference(settings, container)):
        done, remove = f"made again with {', '.join(changes)}; its data are kept", True
    elif not container:
        done = "made again; its data are kept" if volume else "made"
    elif not container["State"]["Running"]:
        done = "started again"
    if remove or not container:
        settings.check(_host_networks())
    if done:
        _refuse_taken_ports(settings, _published(container))
    if done and not check_mode:
        if remove:
            docker.run([docker.client(), "rm", "--force", "--volumes", settings.name])
        if remove or not container:
            _make(settings, make_volume=not volume)
        else:
            docker.run([docker.client(), "start", settings.name])
    wrote = False
    if not check_mode:
        _await_ready(settings, wait_seconds)
        wrote = _write_kubeconfig(settings.name)
    said = f"the cluster {settings.name} is ready" + (f" ({done})" if done else "")
    said = f"the cluster {settings.name} would be {done}" if check_mode and done else said
    return {"changed": bool(done) or wrote, "said": said, "kubeconfig": str(kubeconfig(settings.name))}


def down(name: str, *, check_mode: bool) -> dict[str, Any]:
    """Remove the container, the volume with all data, and the kubeconfig.

    :returns: changed, said.
    :raises DeployError: something of that name is not ours.
    """
    container, volume = inspect("container", name), inspect("volume", name)
    local_cluster.refuse_strangers(name, container, volume)
    folder = kubeconfig(name).parent
    found = bool(container or volume or folder.exists())
    if not check_mode:
        if container:
            docker.run([docker.client(), "rm", "--force", "--volumes", name])
        if volume:
            docker.run([docker.client(), "volume", "rm", name])
        shutil.rmtree(folder, ignore_errors=True)
    gone = f"the cluster {name} and its data are removed"
    if check_mode:
        gone = gone.replace("are removed", "would be removed")
    return {"changed": found, "said": gone if found else f"there is no cluster {name}"}


def status(name: str) -> list[Part]:
    """Each part's state.

    :raises DeployError: there is no such cluster, or it does not run.
    """
    container = inspect("container", name)
    local_cluster.refuse_strangers(name, container, None)
    step = "ansible-playbook playbooks/cluster.yml -e local_cluster_state=up"
    if not container:
        raise DeployError(f"there is no cluster {name}", Diagnosis(name, "there is none", step).as_dict())
    if not container["State"]["Running"]:
        cause = f"its container {container['State']['Status']} (code {container['State']['ExitCode']})"
        raise DeployError(cause, Diagnosis(name, cause, step, name, last_lines(docker.logs(name))).as_dict())
    return _parts(name)


def _parts(name: str) -> list[Part]:
    # `true`: parts that still wait make node-status end with 1, and are no error here.
    command = [docker.client(), "exec", name, "bash", "-c", "node-status || true"]
    try:
        return local_cluster.read_status(docker.run(command, timeout=60))
    except docker.DockerError as error:
        return [Part("node", "waiting", "", str(error))]


def _make(settings: Settings, *, make_volume: bool) -> None:
    if make_volume:
        label = f"{local_cluster.LABEL}={settings.name}"
        docker.run([docker.client(), "volume", "create", f"--label={label}", settings.volume])
    # In two steps: what cannot be created (another `up` was faster) must not be removed, what cannot be started must be.
    made = ""
    try:
        made = docker.run(
            [docker.client(), "create", *local_cluster.create_arguments(settings, _bounding_set())]
        ).strip()
        docker.run([docker.client(), "start", made])
    except docker.DockerError as error:
        if made:
            with contextlib.suppress(docker.DockerError):
                docker.run([docker.client(), "rm", "--force", "--volumes", made])
        cause = f"Docker does not {'start' if made else 'create'} the node: {error}"
        step = "run this again if another run was making it; Docker must run on Linux, 20.10 or newer, with its own root (not rootless)"
        raise DeployError(cause, Diagnosis(settings.name, cause, step).as_dict()) from error


def _bounding_set() -> int:
    """The engine's capabilities, taken to be this process's; an engine in a machine of its own (no /proc here) has all."""
    file = Path("/proc/self/status")
    found = re.search(r"CapBnd:\s*([0-9a-f]+)", file.read_text()) if file.exists() else None
    return int(found[1], 16) if found else -1


def _host_networks() -> list[Any]:
    routes, names = Path("/proc/net/route"), Path("/etc/resolv.conf")
    found = local_cluster.host_routes(routes.read_text()) if routes.exists() else []
    return [*found, *(local_cluster.resolvers(names.read_text()) if names.exists() else [])]


def _published(container: dict[str, Any] | None) -> set[int]:
    """The host's ports that our own running container holds."""
    if not container or not container["State"]["Running"]:
        return set()
    bindings = (container["HostConfig"].get("PortBindings") or {}).values()
    return {int(entry["HostPort"]) for entries in bindings for entry in entries or []}


def _refuse_taken_ports(settings: Settings, own: set[int]) -> None:
    taken = []
    for option, port in settings.ports().items():
        if port in own:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    taken.append(
                        f"port {port} on 127.0.0.1 is taken by {holder(port)}; "
                        f"end it, or set local_cluster_{option} to another port"
                    )
    if taken:
        raise DeployError("\n".join(taken))


def _await_ready(settings: Settings, seconds: int) -> None:
    end = time.monotonic() + seconds
    while True:
        parts = status(settings.name)
        waiting = [part for part in parts if part.state != "ready"]
        if parts and not waiting:
            return
        if time.monotonic() > end:
            names = [part.component for part in waiting] or ["node"]
            log = _log_of(settings.name, names[0])
            cause = f"it is not ready after {seconds} s; still waiting: {', '.join(names)}"
            step = f"docker exec {settings.name} tail /var/log/node/{names[0]}.log; a busy host may need more time (local_cluster_wait_seconds)"
            raise DeployError(cause, Diagnosis(settings.name, cause, step, settings.name, last_lines(log)).as_dict())
        time.sleep(_POLL_SECONDS)


def _log_of(name: str, part: str) -> str:
    log = "kubelet" if part == "node" else part
    with contextlib.suppress(docker.DockerError):
        return docker.run([docker.client(), "exec", name, "tail", "-n", "15", f"/var/log/node/{log}.log"])
    return ""


def _write_kubeconfig(name: str) -> bool:
    """Bring the cluster's kubeconfig to the host, for this user alone. Returns whether it changed."""
    text = docker.run([docker.client(), "exec", name, "cat", "/var/lib/node/pki/host.kubeconfig"])
    file = kubeconfig(name)
    if file.is_file() and file.read_text() == text and file.stat().st_mode & 0o777 == 0o600:
        return False
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(".kubeconfig.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(text)
    new.replace(file)
    return True
