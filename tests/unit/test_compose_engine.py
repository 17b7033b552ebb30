"""What is asked of a Compose host, against the real one: its ports, its disks, and containers that fail in their ways."""

import copy
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import compose_engine, docker
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.state import State
from ansible_collections.todoapp.stack.plugins.modules import compose_observe

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "deployment.json").read_text())["containers"]


ANY = "0.0.0.0"  # noqa: S104 - what a user may publish on


def listener(address, family=socket.AF_INET):
    server = socket.socket(family)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, 0))
    server.listen()
    return server


@pytest.mark.parametrize(
    ("at", "family"), [("127.0.0.1", socket.AF_INET), (ANY, socket.AF_INET), ("::", socket.AF_INET6)]
)
@pytest.mark.parametrize("wanted", ["127.0.0.1", ANY])
def test_a_taken_port_names_who_holds_it(at, family, wanted):
    with listener(at, family) as server:
        port = server.getsockname()[1]
        [found] = compose_engine.taken_ports({"web": (wanted, port)}, {})
    assert found.component == "web"
    assert found.cause.startswith(f"port {port} on {wanted} is taken by process {os.getpid()} (")
    assert Path(sys.executable).name in found.cause
    assert found.next_step == "end it, or set web_published_port to another port"


def test_a_port_that_a_container_holds_names_the_container():
    name = f"unit-engine-port-{os.getpid()}"
    with listener("127.0.0.1") as server:
        port = server.getsockname()[1]
    command = [
        "run",
        "--detach",
        "--rm",
        "--name",
        name,
        "--publish",
        f"127.0.0.1:{port}:80",
        "debian:trixie-slim",
        "sleep",
        "60",
    ]
    network = docker.run([docker.client(), "network", "create", name]).strip()
    try:
        docker.run([docker.client(), command[0], "--network", network, *command[1:]])
        [found] = compose_engine.taken_ports({"web": ("127.0.0.1", port)}, {})
        assert found.cause == f"port {port} on 127.0.0.1 is taken by the container {name}"
    finally:
        subprocess.run([docker.client(), "rm", "--force", name], check=False, capture_output=True)
        docker.run([docker.client(), "network", "rm", network])


def test_free_ports_and_our_own_are_not_taken():
    with listener("127.0.0.1") as server:
        port = server.getsockname()[1]
        live = copy.deepcopy(RECORDED)
        live["backend"]["HostConfig"]["PortBindings"]["8000/tcp"][0]["HostPort"] = str(port)
        assert compose_engine.taken_ports({"backend": ("127.0.0.1", port)}, live) == []
        live["backend"]["State"]["Running"] = False
        assert len(compose_engine.taken_ports({"backend": ("127.0.0.1", port)}, live)) == 1
    assert compose_engine.taken_ports({"backend": ("127.0.0.1", port)}, {}) == []


@pytest.mark.parametrize("address", ["192.0.2.1", "nowhere.invalid", "::1 "])
def test_an_address_that_is_not_this_host_s_is_said_to_be_that(address):
    [found] = compose_engine.taken_ports({"web": (address, 18099)}, {})
    assert found.cause == f"{address} is no IPv4 address of this host, so nothing can be published there"
    assert found.next_step == "set todo_publish_address to an address of this host"


def test_free_bytes_is_the_least_of_all(tmp_path):
    small = Path("/dev/shm")
    paths = [tmp_path / "not" / "there", small]
    free, path = compose_engine.free_bytes(paths)
    expected = min((shutil.disk_usage(place).free, str(place)) for place in (tmp_path, small))
    assert path == expected[1]
    assert abs(free - expected[0]) < 2**30


def test_a_secret_s_digest_is_the_same_before_and_after_the_first_deploy(tmp_path):
    params = {
        **{name: spec.get("default") for name, spec in compose_observe.SPEC.items()},
        "project": "unit-engine-none",
        "state_dir": str(tmp_path / "state"),
        "secrets": {"given": "a long enough secret", "missing": ""},
    }
    compose_observe.observe(params, check_mode=True)
    assert list(tmp_path.iterdir()) == [], "a check changes nothing"
    first = compose_observe.observe(params, check_mode=False)["secret_digests"]
    State(params["state_dir"]).write_secrets({"given": params["secrets"]["given"]}, generate=False)
    assert compose_observe.observe(params, check_mode=False)["secret_digests"] == first
    assert first["missing"] is None
    made = compose_observe.observe({**params, "generate_secrets": True}, check_mode=False)["made_secrets"]
    assert made == ["missing"]


SERVICE = {"image": "debian:trixie-slim", "init": True, "restart": "unless-stopped", "networks": ["only"]}
SERVICES = {
    "good": {"command": ["sleep", "60"], "healthcheck": {"test": ["CMD", "true"], "interval": "60s"}},
    "sick": {"command": ["sleep", "60"], "healthcheck": {"test": ["CMD", "false"], "interval": "60s"}},
    "loop": {"command": ["bash", "-c", "echo 'FATAL: no such thing' >&2; exit 3"]},
    "step": {"command": ["bash", "-c", "echo done"], "restart": "no"},
    "failing": {"command": ["touch", "/file"], "read_only": True, "restart": "no"},
    "absent": {"image": "unit-engine/absent:1"},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A real Compose project: its name, its file and its folder."""
    name, folder = f"unit-engine-{os.getpid()}", tmp_path_factory.mktemp("engine")
    services = {key: {**SERVICE, **more} for key, more in SERVICES.items()}
    content = {"name": name, "services": services, "networks": {"only": {"internal": True}}}
    (folder / "compose.yaml").write_text(yaml.safe_dump(content))
    compose_engine.apply(name, folder / "compose.yaml", folder, [k for k in SERVICES if k != "absent"], recreate=True)
    yield name, folder / "compose.yaml", folder
    compose_engine.remove(name, data=True)


def test_the_gate_opens_when_the_health_check_is_green(project):
    looks = []
    compose_engine.gate(project[0], "good", "good", 10, lambda: looks.append(1))
    assert looks


@pytest.mark.parametrize(
    ("service", "seconds", "cause"),
    [
        ("sick", 0.5, "sick is not ready: it runs, but its health check is not green; it was given 0.5 s"),
        ("loop", 30, "loop is not ready: it exits at start with code 3"),
        ("failing", 30, "failing is not ready: it exits at start with code 1: it writes to a path that is read-only"),
    ],
)
def test_the_gate_says_why_it_stays_closed(project, service, seconds, cause):
    with pytest.raises(DeployError) as caught:
        compose_engine.gate(project[0], service, service, seconds, lambda: None)
    assert str(caught.value).startswith(cause)
    assert caught.value.diagnosis["container"] == f"{project[0]}-{service}-1"


def test_a_one_off_command_is_waited_for(project):
    compose_engine.run_to_end(project[0], "step", "web", "migrate", 10, lambda: None)
    with pytest.raises(DeployError, match="web: migrate failed: it exits at migrate with code 1"):
        compose_engine.run_to_end(project[0], "failing", "web", "migrate", 10, lambda: None)
    with pytest.raises(DeployError, match="web: migrate failed: it is still running after 0 s"):
        compose_engine.run_to_end(project[0], "good", "web", "migrate", 0, lambda: None)


def test_an_image_that_is_not_there_is_named(project):
    with pytest.raises(DeployError, match="start absent: its image is not on this host") as caught:
        compose_engine.apply(*project, ["absent"], recreate=True)
    assert caught.value.diagnosis["next_step"] == "ansible-playbook playbooks/build.yml"


def test_a_host_without_compose_is_told_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "docker").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python3"))
    with pytest.raises(DeployError, match="there is no Docker Compose on this host") as caught:
        docker.compose()
    assert "compose plugin" in caught.value.diagnosis["next_step"]


def test_networks_that_left_are_removed_unless_they_are_used(project):
    name = f"{project[0]}_old"
    docker.run([docker.client(), "network", "create", "--label", f"{docker.PROJECT_LABEL}={project[0]}", name])
    assert compose_engine.remove_networks(project[0], ["only"]) == [name]
    assert compose_engine.remove_networks(project[0], []) == []
    assert compose_engine.gate(project[0], "good", "good", 10, lambda: None) >= 0


def test_what_left_is_removed_and_nothing_else(project):
    before = docker.containers(project[0])
    compose_engine.remove_services(project[0], ["step", "nobody"])
    assert docker.containers(project[0]).keys() == before.keys() - {"step"}
