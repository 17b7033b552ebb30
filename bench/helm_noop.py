"""A deploy by Helm with nothing to do, beside `helm upgrade --install --wait` of the same chart: python3 bench/helm_noop.py

Helm gets the very chart and values of the release that serves. The deployment must be up, by the target helm, and Helm makes
a revision each time. The two take turns, so that a busy moment hits both.
Ends with 1 when the deploy's median is above 3 s, or above 4 times Helm's.
"""

from __future__ import annotations

import base64
import json
import statistics
import sys
import tempfile
from pathlib import Path

import kube
import stack

sys.path.insert(0, str(stack.ROOT / ".ansible" / "collections"))

from ansible_collections.todoapp.stack.plugins.module_utils import helm_objects, helm_release, helm_tool
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import HELM
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

LIMIT, RATIO = 3.0, 4.0


def main() -> int:
    parser = kube.arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    cluster = Cluster(kube.kubeconfig(given), given.context, given.name, HELM)
    state = ClusterState(cluster)

    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        deploy = {"todo_target": "helm", "todo_report": str(report)}
        kube.play(given, "deploy", **deploy)
        before = helm_release.latest(cluster)
        kube.play(given, "deploy", **deploy)
        outcome = json.loads(report.read_text())["outcome"]
        if outcome != "nothing to do" or helm_release.latest(cluster) != before:
            raise SystemExit(f"a second deploy was not idle but {outcome}; that is what to look at first")
        record = state.record(state.current() or 0)
        chart, values = Path(folder, "chart.tgz"), Path(folder, "values.json")
        chart.write_bytes(base64.b64decode(record["helm"]["archive"]))
        values.write_text(json.dumps(helm_objects.filled(record["helm"]["values"], record["objects"])))
        helm = [helm_tool.path(stack.ROOT), "upgrade", given.name, str(chart), "--install", "--wait", "--timeout=60s"]
        helm += [f"--values={values}", "--server-side=true", "--force-conflicts", f"--namespace={given.name}"]
        helm += [f"--kubeconfig={kube.kubeconfig(given)}", f"--kube-context={given.context}"]
        runs: dict[str, list[float]] = {"deploy": [], "helm upgrade --install --wait": []}
        for _ in range(given.rounds):
            runs["deploy"].append(kube.play(given, "deploy", **deploy))
            runs["helm upgrade --install --wait"].append(stack.timed(helm))
    for name, times in runs.items():
        print(f"{name:<30} median {statistics.median(times):.2f} s, from {min(times):.2f} to {max(times):.2f} s")
    ours, raw = (statistics.median(times) for times in runs.values())
    print(json.dumps({"deploy_s": round(ours, 2), "helm_s": round(raw, 2), "ratio": round(ours / raw, 2)}))
    return 1 if ours > LIMIT or ours > RATIO * raw else 0


if __name__ == "__main__":
    sys.exit(main())
