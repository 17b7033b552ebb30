"""A single-node Kubernetes in one Docker container: what its options mean, and the container that they make. No I/O."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError

LABEL = "todoapp.stack/local-cluster"
SETTINGS_LABEL = "todoapp.stack/local-cluster-settings"
# Those that Docker withholds by default and a node needs: mounts and namespaces, networks, other processes' files
# (kubelet's and containerd's business), the kernel's log. A pod gets none of them unless it asks.
CAPABILITIES = (
    "SYS_ADMIN",
    "NET_ADMIN",
    "SYS_PTRACE",
    "SYS_NICE",
    "SYSLOG",
    "DAC_READ_SEARCH",
    "IPC_LOCK",
    "LINUX_IMMUTABLE",
)
# Helps where the host has it; some hosts (containers, sandboxes) don't, and Docker fails on what it can't give.
_SYS_RESOURCE = ("SYS_RESOURCE", 24)
_PORTS = ("api_port", "http_port", "https_port", "registry_port")
_INSIDE = {"api_port": 6443, "http_port": 8080, "https_port": 8443, "registry_port": 5000}


@dataclass(frozen=True)
class Settings:
    """What a user may choose. Equal settings make an equal node."""

    name: str
    image: str
    api_port: int
    http_port: int
    https_port: int
    registry_port: int
    pod_cidr: str
    service_cidr: str

    def check(self, routes: Iterable[ipaddress.IPv4Network]) -> None:
        """Refuse what cannot work.

        :param routes: the networks that the host itself reaches; the cluster's must not hide one.
        :raises OptionError: with a sentence for each option that is wrong.
        """
        problems = []
        # It becomes a node's name, a kubeconfig's context and a container's name.
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?", self.name):
            problems.append(
                f"local_cluster_name is {self.name!r}; it may have up to 50 small letters, digits and inner dashes"
            )
        ports = {name: getattr(self, name) for name in _PORTS}
        for name, port in ports.items():
            if not 1 <= port <= 65535:
                problems.append(f"local_cluster_{name} is {port}; a port is from 1 to 65535")
        if len(set(ports.values())) < len(ports):
            problems.append(
                f"local_cluster_{', local_cluster_'.join(ports)} are {', '.join(map(str, ports.values()))}; "
                "each needs a port of its own"
            )
        networks = {}
        for name in ("pod_cidr", "service_cidr"):
            try:
                network = ipaddress.IPv4Network(getattr(self, name))
            except ValueError as error:
                problems.append(f"local_cluster_{name}: {error}; a network is right, such as 10.201.0.0/16")
                continue
            if not 12 <= network.prefixlen <= 24:
                problems.append(f"local_cluster_{name} is {network}; its prefix must be from 12 to 24")
            for route in routes:
                if network.overlaps(route):
                    problems.append(
                        f"local_cluster_{name} is {network}, and this host reaches {route}; choose another network"
                    )
            networks[name] = network
        if len(networks) == 2 and networks["pod_cidr"].overlaps(networks["service_cidr"]):
            problems.append("local_cluster_pod_cidr and local_cluster_service_cidr overlap; choose two networks")
        if problems:
            raise OptionError(problems)

    @property
    def dns_ip(self) -> str:
        """The address of the cluster's DNS: by custom the tenth of its services."""
        return str(ipaddress.IPv4Network(self.service_cidr)[10])

    @property
    def volume(self) -> str:
        """The name of the volume with all of its data."""
        return self.name

    def ports(self) -> dict[str, int]:
        """Option -> port on the host's loopback."""
        return {name: getattr(self, name) for name in _PORTS}

    def environment(self) -> dict[str, str]:
        """What init.sh and status.sh in the image read."""
        return {
            "NODE_NAME": self.name,
            **{name.upper(): str(port) for name, port in self.ports().items()},
            "POD_CIDR": self.pod_cidr,
            "SERVICE_CIDR": self.service_cidr,
            "DNS_IP": self.dns_ip,
        }

    def label(self) -> str:
        """The settings as text, by which a container tells what it was made of."""
        return json.dumps(asdict(self), sort_keys=True)


def create_arguments(settings: Settings, bounding: int) -> list[str]:
    """The arguments of `docker create`. Not --privileged, which asks for capabilities that a host may not have.

    :param bounding: the engine's bounding set, as CapBnd in /proc/PID/status.
    """
    name, bit = _SYS_RESOURCE
    capabilities = [*CAPABILITIES, *([name] if bounding >> bit & 1 else [])]
    return [
        f"--name={settings.name}",
        f"--hostname={settings.name}",
        f"--label={LABEL}={settings.name}",
        f"--label={SETTINGS_LABEL}={settings.label()}",
        *(f"--cap-add={capability}" for capability in capabilities),
        "--security-opt=seccomp=unconfined",
        "--security-opt=apparmor=unconfined",
        "--security-opt=label=disable",
        "--security-opt=systempaths=unconfined",
        "--cgroupns=private",
        "--device-cgroup-rule=a *:* rwm",
        "--device=/dev/kmsg",
        "--tmpfs=/run:exec",
        "--tmpfs=/tmp:exec",
        f"--volume={settings.volume}:/var/lib/node",
        *(f"--publish=127.0.0.1:{port}:{_INSIDE[option]}" for option, port in settings.ports().items()),
        *(f"--env={key}={value}" for key, value in settings.environment().items()),
        settings.image,
    ]


def is_ours(labels: Mapping[str, str] | None, name: str) -> bool:
    """Whether labels say that we made it, for the cluster of this name."""
    return (labels or {}).get(LABEL) == name


def refuse_strangers(name: str, container: Mapping[str, Any] | None, volume: Mapping[str, Any] | None) -> None:
    """Stop at what carries the cluster's name and was not made by us.

    :raises DeployError: with who it is.
    """
    other = f"set local_cluster_name to another name, or remove it yourself: docker %s {name}"
    if container and not is_ours(container["Config"].get("Labels"), name):
        raise DeployError(
            f"the container {name} (of the image {container['Config']['Image']}) was not made by this role, "
            f"so it is left alone; {other % 'rm'}"
        )
    if volume and not is_ours(volume.get("Labels"), name):
        raise DeployError(f"the volume {name} was not made by this role, so it is left alone; {other % 'volume rm'}")


def difference(settings: Settings, container: Mapping[str, Any]) -> list[str]:
    """The settings that a container was made with and that are others now: "api_port 6443 -> 6444".

    :raises DeployError: a network changed, which a cluster with data does not survive.
    """
    try:
        before = json.loads(container["Config"]["Labels"].get(SETTINGS_LABEL, "{}"))
    except ValueError:
        before = {}
    now = asdict(settings)
    changed = [key for key in now if before.get(key) != now[key]]
    for key in ("pod_cidr", "service_cidr"):
        if key in changed:
            raise DeployError(
                f"the cluster {settings.name} was made with local_cluster_{key} {before.get(key)}, which cannot "
                "change; remove it first (local_cluster_state=down), which removes its data too"
            )
    return [f"{key} {before.get(key)} -> {now[key]}" for key in changed]


@dataclass(frozen=True)
class Part:
    """One part of the node, as node-status in the image reports it."""

    component: str
    state: str
    version: str
    detail: str


def read_status(output: str) -> list[Part]:
    """The parts from node-status's lines of four tab-separated fields; what else was printed is left out."""
    rows = (line.split("\t") for line in output.splitlines())
    return [Part(*row) for row in rows if len(row) == 4]


def host_routes(table: str) -> list[ipaddress.IPv4Network]:
    """The networks in /proc/net/route (little-endian hexadecimal); the default route is none."""
    found = []
    for line in table.splitlines()[1:]:
        words = line.split()
        if len(words) > 7 and words[7] != "00000000":
            address, mask = (ipaddress.IPv4Address(bytes.fromhex(words[i])[::-1]) for i in (1, 7))
            found.append(ipaddress.IPv4Network(f"{address}/{mask}", strict=False))
    return found


def resolvers(text: str) -> list[ipaddress.IPv4Network]:
    """The name servers in a resolv.conf, each as a network of one: a pod asks them, by way of the cluster's DNS."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            try:
                found.append(ipaddress.IPv4Network(words[1]))
            except ValueError:
                continue  # IPv6
    return found
