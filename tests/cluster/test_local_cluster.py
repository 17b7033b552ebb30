"""The local cluster itself: up, status, up again, killed and up, down, and what is left on the host. Of its own name and ports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import ROOT, Cluster, ask, until
from stack import docker

NAME = "todo-test-node"
PORTS = {"api": 16643, "http": 18080, "https": 18443, "registry": 15000}
OPTIONS = {"local_cluster_name": NAME, **{f"local_cluster_{name}_port": port for name, port in PORTS.items()}}
KUBECONFIG = Path(f"~/.local/state/todoapp-cluster/{NAME}/kubeconfig").expanduser()
LINUX = sys.platform == "linux"


def play(state: str, **further: Any) -> subprocess.CompletedProcess[str]:
    """Run the playbook as an operator does."""
    options = json.dumps({**OPTIONS, "local_cluster_state": state, **further})
    command = ["ansible-playbook", "playbooks/cluster.yml", "-e", options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600)


def ok(state: str, **further: Any) -> str:
    done = play(state, **further)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


SETTINGS = ("vm.overcommit_memory", "vm.panic_on_oom", "kernel.panic", "kernel.panic_on_oops")


def settings() -> list[str]:
    """What a kubelet would set for the whole host."""
    return [Path("/proc/sys", *name.split(".")).read_text() for name in SETTINGS if LINUX]


def interface() -> str:
    """The host's end of the node's network."""
    index = docker("exec", NAME, "cat", "/sys/class/net/eth0/iflink").strip()
    ends = Path("/sys/class/net").glob("*/ifindex")
    return next((path.parent.name for path in ends if path.read_text().strip() == index), "")


def leftovers(identity: str, end: str) -> list[str]:
    """What is on the host of a node with this container's id and this interface, whatever else runs there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cgroup"):
        try:
            if identity in path.read_text():
                found.append(f"process {path.parent.name}")
        except OSError:
            continue  # it ended meanwhile
    found += [f"group {path}" for path in Path("/sys/fs/cgroup").glob(f"**/*{identity}*")]
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    found += [f"mount {mount}" for mount in mounts if identity in mount or f"/{NAME}/" in mount]
    found += [f"interface {end}"] if end and Path("/sys/class/net", end).exists() else []
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=False).stdout.splitlines()
    found += [rule for rule in rules if "KUBE-" in rule or any(f"dport {port} " in rule for port in PORTS.values())]
    found += ["container"] if NAME in docker("ps", "--all", "--format", "{{.Names}}").split() else []
    found += ["volume"] if NAME in docker("volume", "ls", "--format", "{{.Name}}").split() else []
    found += ["kubeconfig"] if KUBECONFIG.parent.exists() else []
    return found


@pytest.fixture(scope="module")
def before() -> list[str]:
    """The host's settings without the node."""
    play("down")
    return settings()


@pytest.fixture(scope="module")
def node(before: list[str]) -> Iterator[Cluster]:
    ok("up")
    yield Cluster(KUBECONFIG, NAME, f"localhost:{PORTS['registry']}", PORTS["http"], PORTS["https"])
    play("down")


def test_its_parts_are_ready(node: Cluster) -> None:
    rows = [line.split() for line in ok("status").splitlines()]
    states = {row[0]: row[1] for row in rows if len(row) > 1 and row[1] in ("ready", "waiting")}
    assert {"node", "etcd", "kubelet", "traefik", "registry", "coredns", "metrics-server", "local-path"} <= set(states)
    assert set(states.values()) == {"ready"}
    assert KUBECONFIG.stat().st_mode & 0o777 == 0o600


def test_up_again_changes_nothing(node: Cluster) -> None:
    started = docker("inspect", "--format", "{{.State.StartedAt}}", NAME)
    assert "changed=0" in ok("up").splitlines()[-1]
    assert docker("inspect", "--format", "{{.State.StartedAt}}", NAME) == started


def pod(name: str, image: str, command: list[str], **spec: Any) -> dict[str, Any]:
    container = {"name": "main", "image": image, "command": command, **spec.pop("container", {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0, "restartPolicy": "Never", **spec},
    }


@pytest.fixture
def space(node: Cluster) -> Iterator[str]:
    node.kubectl("create", "namespace", "try")
    yield "try"
    node.kubectl("delete", "namespace", "try", "--wait=true")


def test_a_pushed_image_serves_through_dns_storage_and_ingress(node: Cluster, space: str) -> None:
    image = f"{node.registry}/try/base:1"
    docker("tag", "debian:trixie-slim", image)
    docker("push", image)
    digest = json.loads(docker("image", "inspect", image))[0]["RepoDigests"]
    reference = next(name for name in digest if name.startswith(node.registry))
    docker("rmi", image)
    serve = (
        "getent hosts kubernetes.default.svc.cluster.local > /data/name && "
        "perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 8000, Listen => 9, ReuseAddr => 1) or die; "
        'while ($c = $s->accept) { while (<$c>) { last if /^\\r?$/ } open F, "/data/name"; '
        'print $c "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n", <F>; close $c }\''
    )
    mounts = {"volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8000}]},
    }
    path = {
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": "web", "port": {"number": 80}}},
    }
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web"},
        "spec": {"ingressClassName": "traefik", "rules": [{"host": "try.localhost", "http": {"paths": [path]}}]},
    }
    web = pod("web", reference, ["bash", "-c", serve], volumes=volumes, container=mounts)
    node.apply(space, claim, web, service, ingress)
    node.kubectl("wait", f"--namespace={space}", "--for=condition=Ready", "pod/web", "--timeout=120s")

    def answer() -> str:
        got = ask(node.http, "GET", "/", Host="try.localhost")
        return got.text if got.status == 200 else ""

    assert "10.202.0.1" in until(answer, "the Ingress answers", seconds=30)


def test_restricted_namespaces_refuse_pods_that_are_not(node: Cluster, space: str) -> None:
    node.kubectl("label", "namespace", space, "pod-security.kubernetes.io/enforce=restricted")
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        node.apply(space, pod("root", "localhost/pause:1", ["sleep", "1"]))


@pytest.mark.skipif(not LINUX, reason="the node's processes are in Docker's own machine")
@pytest.mark.parametrize("process", ["kube-apiserver", "etcd", "kubelet", "containerd", "traefik"])
def test_a_killed_process_comes_back(node: Cluster, process: str) -> None:
    docker("exec", NAME, "pkill", "-KILL", "--exact", process)
    ok("up")


def test_a_killed_node_comes_back_with_its_data(node: Cluster) -> None:
    node.kubectl("create", "configmap", "kept", "--namespace=default")
    docker("kill", "--signal=KILL", NAME)
    assert "started again" in ok("up")
    assert node.get("default", "configmap", "kept")


def test_a_taken_port_is_named(node: Cluster) -> None:
    done = play("up", local_cluster_name=f"{NAME}-2")
    assert done.returncode != 0
    assert f"port {PORTS['api']} on 127.0.0.1 is taken by the container {NAME}" in done.stdout


@pytest.mark.skipif(not LINUX, reason="what a node could leave is in Docker's own machine")
def test_the_host_s_settings_stay(node: Cluster, before: list[str]) -> None:
    shown = docker("exec", NAME, "cat", *(f"/proc/sys/{name.replace('.', '/')}" for name in SETTINGS)).split()
    assert shown == ["1", "0", "10", "1"], "what the kubelet wants to see"
    assert settings() == before


@pytest.mark.skipif(not LINUX, reason="what a node could leave is in Docker's own machine")
def test_down_leaves_nothing_and_twice_is_fine(node: Cluster) -> None:
    identity, end = docker("inspect", "--format", "{{.Id}}", NAME).strip(), interface()
    there = leftovers(identity, end)
    assert {what.split()[0] for what in there} >= {"process", "group", "interface", "container", "volume", "kubeconfig"}
    assert "are removed" in ok("down")
    assert leftovers(identity, end) == []
    assert f"there is no cluster {NAME}" in ok("down")
