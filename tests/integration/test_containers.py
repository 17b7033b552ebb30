"""What runs: who it runs as, what it may do and use, and that no secret leaves its file."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from stack import COMPONENTS, Ran, Stack, docker

MIB = 2**20
LIMITS = {  # CPUs, memory
    "frontend": (0.25, 256 * MIB),
    "backend": (0.5, 512 * MIB),
    "chatbot": (0.25, 256 * MIB),
    "ollama": (1.0, 4096 * MIB),
    "postgres": (0.5, 512 * MIB),
}


@pytest.mark.parametrize("component", COMPONENTS)
def test_it_has_no_rights_and_its_limits(stack: Stack, component: str) -> None:
    container = stack.containers()[component]
    host = container["HostConfig"]
    assert container["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert not host["Privileged"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["PidMode"] == host["IpcMode"].replace("private", "") == ""
    assert (host["NanoCpus"] / 1e9, host["Memory"]) == LIMITS[component]
    # And the kernel agrees, for every process in it.
    for row in docker("top", container["Id"], "-eo", "pid").split()[1:]:
        status = Path(f"/proc/{row}/status").read_text()
        assert re.search(r"^Uid:\s+10001\s+10001\s", status, re.MULTILINE), status
        assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE), status
        assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE), status
    with pytest.raises(AssertionError, match="Read-only file system"):
        docker("exec", container["Id"], "touch", "/usr/local/hello")


def test_only_what_is_published_can_be_reached(stack: Stack) -> None:
    published = {
        name: [b["HostIp"] for bindings in (c["HostConfig"]["PortBindings"] or {}).values() for b in bindings]
        for name, c in stack.containers().items()
    }
    assert published == {
        "postgres": [],
        "ollama": [],
        "backend-init": [],
        **{key: ["127.0.0.1"] for key in ["backend", "chatbot", "frontend"]},
    }


def test_no_secret_leaves_its_file(stack: Stack, first: tuple[Stack, Ran], given: dict[str, str]) -> None:
    """Not with -vvv --diff, not in what Docker or the records tell, not in a log, not on a command line."""
    files = {file.name: file.read_text() for file in (stack.state / "secrets").iterdir()}
    assert set(files) == {"postgres_password", "jwt_key", "chatbot_key"}
    assert {name: files[name] for name in given} == given
    records = [
        file for file in (stack.state / "releases").rglob("*") if file.is_file() and "replaced" not in file.parts
    ]
    assert {"record.json", "compose.yaml", "journal.jsonl"} <= {file.name for file in records}
    places = {
        "the output of deploy -vvv --diff": first[1].out,
        "its report": json.dumps(first[1].report),
        "the plan": stack.ok("deploy", "--check", "--diff", "-vvv").out,
        **{str(file): file.read_text() for file in records},
    }
    for name, container in stack.containers().items():
        places[f"docker inspect of {name}"] = json.dumps(container)
        places[f"the log of {name}"] = docker("logs", container["Id"])
        if container["State"]["Running"]:
            places[f"the environment in {name}"] = docker("exec", container["Id"], "cat", "/proc/self/environ")
            places[f"the processes of {name}"] = docker("top", container["Id"], "-eo", "pid,args")
        places[f"the image of {name}"] = docker("image", "inspect", container["Image"])
    leaks = [
        f"{secret} in {place}" for secret, value in files.items() for place, text in places.items() if value in text
    ]
    assert not leaks


def test_the_state_is_its_owners_alone(stack: Stack) -> None:
    assert stat.S_IMODE(stack.state.stat().st_mode) == 0o700
    assert stat.S_IMODE((stack.state / "secrets").stat().st_mode) == 0o700
    for file in (stack.state / "secrets").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o444, file  # a container's user reads it through its own mount
