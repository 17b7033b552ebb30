"""The rows of health, from recorded looks at a cluster."""

import copy
import json
from pathlib import Path

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_health
from ansible_collections.todoapp.stack.plugins.module_utils.kube_health import details, version

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "kube_failures.json").read_text())
KINDS = {"ReplicaSet": "sets", "PersistentVolumeClaim": "claims", "Pod": "pods", "Node": "nodes"}


class Recorded:
    """A cluster that holds one recorded look, and an autoscaler."""

    def __init__(self, name, hpas=()):
        self.look, self.hpas = copy.deepcopy(RECORDED[name]), hpas

    def list(self, kind, label_selector=""):
        if kind in KINDS:
            return self.look[KINDS[kind]]
        if kind == "HorizontalPodAutoscaler":
            return list(self.hpas)
        return [self.look["workload"]] if self.look["workload"]["kind"] == kind else []

    def events(self, kind, name):
        return [event for event in self.look["events"] if event["involvedObject"]["name"] == name]

    def logs(self, pod, container, *, previous=False, lines=200):
        return self.look["logs"].get(f"{'previous' if previous else 'this'} {container}", "")


def hpa(current=None):
    target = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    measured = {"name": "cpu", "current": {"averageUtilization": current}}
    return {
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "labels": {"app.kubernetes.io/name": "web"}},
        "spec": {"minReplicas": 2, "maxReplicas": 5, "metrics": [{"type": "Resource", "resource": target}]},
        "status": {"currentMetrics": [{"type": "Resource", "resource": measured}] if current is not None else None},
    }


def test_ready():
    cluster = Recorded("nothing", [hpa(12)])
    started = cluster.look["pods"][0]["status"]["startTime"]
    rows, diagnoses = kube_health.look(cluster, ["web"], {}, "kubectl")
    detail = f"1/1, since {started}, scales 2 to 5 (cpu 12 % of 70 %)"
    assert rows == [{"component": "web", "state": "ready", "version": "1", "detail": detail}]
    assert diagnoses == []


@pytest.mark.parametrize(("available", "updated", "state"), [(2, 3, "ready"), (1, 3, "not ready"), (2, 2, "not ready")])
def test_what_an_autoscaler_adds_need_not_be_there_yet(available, updated, state):
    cluster = Recorded("nothing", [hpa(90)])
    cluster.look["workload"]["spec"]["replicas"] = 3
    figures = {"replicas": 3, "updatedReplicas": updated, "availableReplicas": available, "readyReplicas": available}
    cluster.look["workload"]["status"] |= figures
    [row], _ = kube_health.look(cluster, ["web"], {}, "kubectl")
    assert (row["state"], row["detail"][:3]) == (state, f"{available}/3")


def test_a_stateful_set():
    [row], _ = kube_health.look(Recorded("nothing, stateful"), ["web"], {}, "kubectl")
    assert (row["state"], row["detail"][:3]) == ("ready", "1/1")


def test_missing():
    [row], [diagnosis] = kube_health.look(Recorded("nothing"), ["page"], {}, "kubectl")
    assert (row["state"], row["version"]) == ("missing", "")
    assert (diagnosis.component, diagnosis.cause) == ("page", "it is not deployed")


@pytest.mark.parametrize("name", [name for name in RECORDED if not name.startswith("nothing")])
def test_not_ready(name):
    [row], [diagnosis] = kube_health.look(Recorded(name), ["web"], {}, "kubectl")
    if name == "crash after a while":  # between two crashes it counts as ready
        return
    assert row["state"] == "not ready"
    assert row["detail"] == f"0/1; {diagnosis.cause}"
    assert diagnosis.next_step


def test_not_ready_and_nothing_to_be_seen():
    cluster = Recorded("nothing")
    cluster.look["workload"]["status"] = {"observedGeneration": 1}
    [row], [diagnosis] = kube_health.look(cluster, ["web"], {}, "kubectl -n test")
    assert row["detail"] == "0/1; 0 of 1 pods are of the new revision"
    assert diagnosis.next_step == "kubectl -n test describe pods --selector app.kubernetes.io/name=web"


def test_restarts_and_an_autoscaler_without_figures():
    look = copy.deepcopy(RECORDED["nothing"])
    look["pods"][0]["status"]["containerStatuses"][0]["restartCount"] = 3
    assert details(look["workload"], look["pods"], [hpa()]).endswith(
        "restarts: 3, scales 2 to 5 (cpu not measured yet)"
    )


def _workload(image):
    labels = {"app.kubernetes.io/name": "web"}
    spec = {"template": {"metadata": {}, "spec": {"containers": [{"image": image}]}}}
    return {"kind": "Deployment", "metadata": {"name": "web", "labels": labels}, "spec": spec}


RECORD = {
    "components": [{"name": "web", "image": {"repository": "r", "tag": "2.1", "digest": ""}}],
    "objects": [{"component": "web", "object": _workload("r.example:5000/web@sha256:abc")}],
}


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("r.example:5000/web@sha256:abc", "2.1"),  # what the record deployed
        ("r.example:5000/web@sha256:0123456789abcdef0123", "0123456789abcdef012"),  # somebody else's
        ("r.example:5000/web:1.4", "1.4"),
        ("r.example:5000/web", ""),
        ("web:1.4@sha256:abc", "1.4"),
    ],
)
def test_version(image, shown):
    assert version(_workload(image), RECORD) == shown
