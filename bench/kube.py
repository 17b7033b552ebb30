"""What the measurements on a cluster share: where it is, its deployment, and kubectl."""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

import stack

LOCAL_HOST = "todo.localhost"
"""As scripts/k8s-deploy.sh names the page on the local cluster."""


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options that every measurement on a cluster takes."""
    parser = stack.arguments(description)
    parser.add_argument("--context", default="todoapp-local", help="the kube context (todo_context)")
    parser.add_argument(
        "--kubeconfig", help="the kubeconfig; without it that of the local cluster of the context's name"
    )
    parser.add_argument("--registry", default="localhost:5000", help="the registry (todo_registry.host)")
    parser.add_argument("--address", default="127.0.0.1:8080", help="where the Ingress controller answers by HTTP")
    return parser


def kubeconfig(given: argparse.Namespace) -> str:
    """The kubeconfig's path."""
    return given.kubeconfig or str(Path(f"~/.local/state/todoapp-cluster/{given.context}/kubeconfig").expanduser())


def play(given: argparse.Namespace, *verbs: str, **options: Any) -> float:
    """Run playbooks for the deployment on the cluster; the seconds. Raises SystemExit with the output when one fails."""
    settings = {
        "todo_kubeconfig": kubeconfig(given),
        "todo_context": given.context,
        "todo_registry": {"host": given.registry},
        "todo_ingress": {"enabled": True, "host": LOCAL_HOST, "class_name": "traefik"},
        "todo_front_door": f"http://{LOCAL_HOST}:{given.address.rpartition(':')[2]}",
        "todo_generate_secrets": True,
        **options,
    }
    both = argparse.Namespace(**{**vars(given), "extra_vars": [json.dumps(settings), *given.extra_vars]})
    return stack.play(both, *verbs, inventory="inventories/staging")


def kubectl(given: argparse.Namespace) -> list[str]:
    """The beginning of a kubectl command line for the deployment's namespace."""
    tool = subprocess.run([stack.ROOT / "scripts/tool.sh", "kubectl"], check=True, capture_output=True, text=True)
    return [
        tool.stdout.strip(),
        f"--kubeconfig={kubeconfig(given)}",
        f"--context={given.context}",
        f"--namespace={given.name}",
    ]


def get(given: argparse.Namespace, *words: str) -> Any:
    """What kubectl get prints, as JSON."""
    command = [*kubectl(given), "get", "--output=json", *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def host(given: argparse.Namespace) -> str:
    """The page's host and port, as a browser sends them. Raises SystemExit when there is no Ingress."""
    rules = [rule for item in get(given, "ingress")["items"] for rule in item["spec"].get("rules", [])]
    if not rules:
        raise SystemExit(f"the namespace {given.name} has no Ingress: deploy it first (scripts/k8s-deploy.sh)")
    name, port = rules[0].get("host"), given.address.rpartition(":")[2]
    return f"{name}:{port}" if name else given.address
