"""A Kubernetes cluster that the tests may use as they like, and deployments on it, driven as an operator does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from stack import Answer, Ran, Stack, ask, until  # noqa: E402

__all__ = ["Answer", "Cluster", "Deployment", "Ran", "ask", "until"]


@dataclass(frozen=True)
class Cluster:
    """Where the cluster is. Every call names kubeconfig and context; what is current on this machine never counts."""

    kubeconfig: Path
    context: str
    registry: str
    http: int
    https: int

    @classmethod
    def of_environment(cls) -> Cluster:
        """What `scripts/test.sh cluster` brought up, or the one that TODO_TEST_KUBECONFIG and TODO_TEST_CONTEXT name."""
        context = os.environ.get("TODO_TEST_CONTEXT", "todo-test")
        default = f"~/.local/state/todoapp-cluster/{context}/kubeconfig"
        return cls(
            Path(os.environ.get("TODO_TEST_KUBECONFIG", default)).expanduser(),
            context,
            os.environ.get("TODO_TEST_REGISTRY", "localhost:5000"),
            int(os.environ.get("TODO_TEST_HTTP_PORT", "8080")),
            int(os.environ.get("TODO_TEST_HTTPS_PORT", "8443")),
        )

    @cached_property
    def _kubectl(self) -> str:
        tool = [ROOT / "scripts" / "tool.sh", "kubectl"]
        return subprocess.run(tool, check=True, capture_output=True, text=True).stdout.strip()

    def command(self, *arguments: str) -> list[str]:
        """The command line of a kubectl call."""
        return [self._kubectl, f"--kubeconfig={self.kubeconfig}", f"--context={self.context}", *arguments]

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True, timeout: float = 180) -> str:
        """Run kubectl; its stdout. Raises AssertionError with its stderr when it fails and `check` is set."""
        done = subprocess.run(
            self.command(*arguments), input=stdin, capture_output=True, text=True, check=False, timeout=timeout
        )
        if check and done.returncode:
            raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def get(self, namespace: str, kind: str, name: str) -> dict[str, Any]:
        """One object; an empty map when there is none."""
        said = self.kubectl("get", f"--namespace={namespace}", "--ignore-not-found", "--output=json", kind, name)
        return json.loads(said) if said.strip() else {}

    def list(self, namespace: str, kind: str, selector: str = "") -> list[dict[str, Any]]:
        """All objects of a kind (or of several, with commas) that a label selector finds."""
        words = ["get", f"--namespace={namespace}", "--output=json", kind]
        return json.loads(self.kubectl(*words, *([f"--selector={selector}"] if selector else [])))["items"]

    def apply(self, namespace: str, *objects: dict[str, Any]) -> None:
        """Make or change objects by server-side apply, as a user with kubectl would."""
        items = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", f"--namespace={namespace}", "--server-side", "--filename=-", stdin=items)

    def patch(self, namespace: str, kind: str, name: str, change: dict[str, Any]) -> None:
        """Edit an object by hand, with a merge patch."""
        self.kubectl("patch", f"--namespace={namespace}", kind, name, "--type=merge", f"--patch={json.dumps(change)}")


@dataclass
class Deployment(Stack):
    """A deployment on the cluster, with inventories/staging; verbs and users as in tests/integration/stack.py."""

    cluster: Cluster = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.options = {
            "todo_kubeconfig": str(self.cluster.kubeconfig),
            "todo_context": self.cluster.context,
            "todo_registry": {"host": self.cluster.registry},
            "todo_ingress": {"enabled": True, "host": f"{self.name}.localhost", "class_name": "traefik"},
            "todo_front_door": f"http://{self.host}",
            "todo_generate_secrets": True,
            **self.options,
        }

    @property
    def host(self) -> str:
        """The page's host and port, as a browser sends them."""
        return f"{self.name}.localhost:{self.cluster.http}"

    def command(self, verb: str, *flags: str, **options: Any) -> tuple[list[str], Path]:
        return super().command(verb, "--inventory=inventories/staging", *flags, **options)

    def get(self, kind: str, name: str) -> dict[str, Any]:
        return self.cluster.get(self.name, kind, name)

    def list(self, kind: str, selector: str = "") -> list[dict[str, Any]]:
        return self.cluster.list(self.name, kind, selector)

    def pods(self, component: str) -> dict[str, dict[str, Any]]:
        """A component's serving pods by name."""
        found = self.list("pods", f"app.kubernetes.io/name={component},todoapp.stack/part=service")
        return {pod["metadata"]["name"]: pod for pod in found}

    def current(self) -> int:
        """The release that serves."""
        return int(self.get("configmap", "release-current")["data"]["release"])

    def newest_release(self) -> int:
        """The last release that was begun."""
        names = [item["metadata"]["name"] for item in self.list("configmaps", "todoapp.stack/state=record")]
        return max(int(name.removeprefix("release-")) for name in names)

    def restarts(self) -> dict[str, int]:
        """How often each pod's containers were started again: what a deploy with nothing to do must not change."""
        return {
            pod["metadata"]["name"]: sum(c["restartCount"] for c in pod["status"].get("containerStatuses", []))
            for pod in self.list("pods")
        }

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request through the Ingress, as a browser sends it to the page's own origin."""
        return ask(self.cluster.http, method, path, body, Host=self.host, **headers)
