"""A first deploy on a cluster whose node has the images, beside kubectl: python3 bench/cluster_cold.py

Each round deploys into a namespace of its own, removes it, and lets kubectl apply the very objects of that release to an
empty namespace of the same name and wait with `rollout status`. The cluster must be up and have room for one deployment.
Ends with 1 when the deploy's median is more than 20 s above kubectl's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import kube
import stack

sys.path.insert(0, str(stack.ROOT / ".ansible" / "collections"))

from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

LIMIT = 20.0
ROLLED = ("StatefulSet", "Deployment")


def main() -> int:
    parser = kube.arguments(__doc__)
    parser.set_defaults(name="todo-bench-cold")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    kubectl = kube.kubectl(given)
    runs: dict[str, list[float]] = {"deploy": [], "kubectl": []}
    clear(given)
    try:
        kube.play(given, "build", "deploy")  # brings the images to the node
        clear(given)
        for _ in range(given.rounds):
            runs["deploy"].append(kube.play(given, "deploy"))
            items = objects(given)
            clear(given)
            subprocess.run([*kubectl, "create", "namespace", given.name], check=True, capture_output=True)
            with tempfile.TemporaryDirectory() as folder:  # 0700, since the Secrets are among them
                file = Path(folder) / "objects.json"
                file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
                took = stack.timed([*kubectl, "apply", "--server-side", f"--filename={file}"])
            for item in items:
                if item["kind"] in ROLLED:
                    name = f"{item['kind'].lower()}/{item['metadata']['name']}"
                    took += stack.timed([*kubectl, "rollout", "status", name, "--timeout=180s"])
            runs["kubectl"].append(took)
            clear(given)
    finally:
        clear(given)
    medians = {name: statistics.median(times) for name, times in runs.items()}
    for name, times in runs.items():
        print(f"{name:<8} median {medians[name]:.1f} s, from {min(times):.1f} to {max(times):.1f} s")
    longer = medians["deploy"] - medians["kubectl"]
    print(json.dumps({**{f"{name}_s": round(s, 1) for name, s in medians.items()}, "longer_s": round(longer, 1)}))
    return 1 if longer > LIMIT else 0


def objects(given: argparse.Namespace) -> list[dict[str, Any]]:
    """The objects of the release that serves, its Secrets among them with their values, as files would give them."""
    state = ClusterState(Cluster(kube.kubeconfig(given), given.context, given.name))
    recorded = [entry["object"] for entry in state.record(state.current() or 0)["objects"]]
    found: list[dict[str, Any]] = []
    for item in recorded:
        if item["kind"] == "Secret":
            name = item["metadata"]["name"]
            found.append({**item, "data": kube.get(given, "secret", name)["data"]})
        elif item["kind"] != "Namespace":
            found.append(item)
    return found


def clear(given: argparse.Namespace) -> None:
    """Remove the measurement's own namespace with all that is in it."""
    command = [*kube.kubectl(given), "delete", "namespace", given.name, "--ignore-not-found"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


if __name__ == "__main__":
    sys.exit(main())
