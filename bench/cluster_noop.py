"""A deploy with nothing to do, beside kubectl on the same objects: python3 bench/cluster_noop.py

kubectl applies the very objects of the release that serves (`apply --server-side`, under the same field manager) and
waits with `rollout status`. The deployment must be up. The two take turns, so that a busy moment hits both.
Ends with 1 when the deploy's median is above 3 s.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

import kube
import stack

sys.path.insert(0, str(stack.ROOT / ".ansible" / "collections"))

from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

LIMIT = 3.0
ROLLED = ("Deployment", "StatefulSet")


def main() -> int:
    parser = kube.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    state = ClusterState(Cluster(kube.kubeconfig(given), given.context, given.name))
    number = state.current()
    if number is None:
        raise SystemExit(f"no release serves in {given.name}: deploy it first (scripts/k8s-deploy.sh)")

    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        kube.play(given, "deploy", todo_report=str(report))
        kube.play(given, "deploy", todo_report=str(report))
        outcome = json.loads(report.read_text())["outcome"]
        if outcome != "nothing to do":
            raise SystemExit(f"a second deploy was not idle but {outcome}; that is what to look at first")
        # The record holds no secret's value, so its Secret cannot be applied from there.
        objects = [
            e["object"] for e in state.record(state.current() or number)["objects"] if e["object"]["kind"] != "Secret"
        ]
        file = Path(folder) / "objects.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        kubectl = kube.kubectl(given)
        apply = [*kubectl, "apply", "--server-side", f"--field-manager={MANAGER}", f"--filename={file}"]
        waits = [
            [*kubectl, "rollout", "status", f"{o['kind'].lower()}/{o['metadata']['name']}", "--timeout=60s"]
            for o in objects
            if o["kind"] in ROLLED
        ]
        runs: dict[str, list[float]] = {"deploy": [], "kubectl apply": [], "kubectl rollout status": []}
        for _ in range(given.rounds):
            runs["deploy"].append(kube.play(given, "deploy"))
            runs["kubectl apply"].append(stack.timed(apply))
            runs["kubectl rollout status"].append(sum(stack.timed(wait) for wait in waits))
    medians = {name: statistics.median(times) for name, times in runs.items()}
    for name, times in runs.items():
        print(f"{name:<24} median {medians[name]:.2f} s, from {min(times):.2f} to {max(times):.2f} s")
    own = medians["kubectl apply"] + medians["kubectl rollout status"]
    print(json.dumps({"deploy_s": round(medians["deploy"], 2), "kubectl_s": round(own, 2), "limit_s": LIMIT}))
    return 1 if medians["deploy"] > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
