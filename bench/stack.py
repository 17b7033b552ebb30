"""What the measurements share: the clone, its Ansible and its docker client."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options that every measurement takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="todo-app", help="the deployment (todo_name)")
    parser.add_argument("-e", "--extra-vars", action="append", default=[], help="further options for ansible-playbook")
    return parser


def play(given: argparse.Namespace, *verbs: str, root: Path = ROOT, inventory: str = "inventories/dev") -> float:
    """Run playbooks quietly; return the seconds that it took. Raises SystemExit with the output when one fails."""
    words = [word for extra in (f"todo_name={given.name}", *given.extra_vars) for word in ("-e", extra)]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(root / "ansible.cfg"), "PATH": f"{BIN}:{os.environ['PATH']}"}
    command = [
        "ansible-playbook",
        "--inventory",
        str(root / inventory),
        *(str(root / "playbooks" / f"{verb}.yml") for verb in verbs),
        *words,
    ]
    return timed(command, environment)


def timed(command: list[str], environment: dict[str, str] | None = None) -> float:
    """Run a command quietly; return the seconds. Raises SystemExit with its output when it fails."""
    start = time.monotonic()
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return time.monotonic() - start


def docker(*words: str) -> str:
    """What the docker client prints. Raises subprocess.CalledProcessError."""
    client = shutil.which("docker") or "/usr/bin/docker"
    return subprocess.run([client, *words], check=True, capture_output=True, text=True).stdout.strip()


def container(given: argparse.Namespace, component: str) -> str:
    """The name of a component's container."""
    return f"{given.name}-{component}-1"


def url(given: argparse.Namespace, component: str) -> str:
    """Where a component's published port answers."""
    return f"http://{docker('port', container(given, component)).rpartition('-> ')[2].strip()}"
