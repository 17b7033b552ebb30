"""The engine's own logic on a real API server: what fakes cannot know of ownership, defaults and controllers."""

from __future__ import annotations

import sys

import pytest
from cluster import ROOT, until

sys.path.insert(0, str(ROOT / ".ansible" / "collections"))

from ansible_collections.todoapp.stack.plugins.module_utils import kube_apply, kube_look, kube_plan
from ansible_collections.todoapp.stack.plugins.module_utils.kube_apply import Release
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster as Client
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

LABELS = {"app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "todo-app"}


def made(kind, spec, *, version="apps/v1", name="web"):
    return {
        "component": "web",
        "object": {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": LABELS}, "spec": spec},
    }


def workload(kind="Deployment", *, image="localhost/none:1", level="info", **spec):
    """One whose pods never start: what counts here is what the API server and the controllers make of it."""
    container = {"name": "web", "image": image, "imagePullPolicy": "Never", "env": [{"name": "LEVEL", "value": level}]}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    return made(kind, {"selector": {"matchLabels": LABELS}, "template": template, **spec})


HPA = made(
    "HorizontalPodAutoscaler",
    {
        "minReplicas": 2,
        "maxReplicas": 4,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "metrics": [
            {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
        ],
    },
    version="autoscaling/v2",
)  # fmt: skip


@pytest.fixture
def client(kubeconfig, context, namespace):
    return Client(kubeconfig, context, namespace)


def apply(client, *entries):
    return kube_apply.apply(client, Release(list(entries)), ["web"], lambda: None)


def plan(client, *entries, last=()):
    seen, refused = kube_look.objects(client, entries, {}, exists=True)
    assert refused == {}
    return kube_plan.make_plan(seen, last)


def test_what_was_applied_needs_nothing_though_the_server_added_defaults(client):
    entries = [workload(replicas=0), workload("StatefulSet", replicas=0, serviceName="web")]
    apply(client, *entries)
    assert plan(client, *entries) == []


def test_a_hand_s_edit_is_found_with_its_tool_and_repaired(client, cluster, namespace):
    entry = workload(replicas=0)
    apply(client, entry)
    cluster.kubectl("set", "env", f"--namespace={namespace}", "deployment/web", "LEVEL=debug", "MORE=1")
    [change] = plan(client, entry, last=[entry])
    [field] = change["fields"]  # MORE is nobody's business: it is not described
    assert field["field"] == "containers.web.env.LEVEL.value"
    assert (field["live"], field["wanted"]) == ("debug", "info")
    assert (field["why"], field["owner"]) == ("drifted", "kubectl-set")
    apply(client, entry)
    assert plan(client, entry, last=[entry]) == []


def replicas(client):
    return client.get("Deployment", "web")["spec"]["replicas"]


def test_replicas_go_to_an_autoscaler_and_come_back_without_a_jump(client, cluster, namespace):
    fixed, scaled = workload(replicas=3), workload()
    apply(client, fixed)
    apply(client, scaled, HPA)
    assert replicas(client) == 3
    assert plan(client, scaled, HPA) == []
    cluster.kubectl("scale", f"--namespace={namespace}", "deployment/web", "--replicas=4")  # as the autoscaler would
    apply(client, scaled, HPA)
    assert replicas(client) == 4
    assert plan(client, scaled, HPA) == []
    apply(client, fixed)
    assert replicas(client) == 3
    assert client.get("HorizontalPodAutoscaler", "web") is None
    managers = [m["manager"] for m in client.get("Deployment", "web")["metadata"]["managedFields"]]
    assert kube_apply.HANDOVER not in managers


def test_a_new_workload_begins_with_its_autoscaler_s_least(client):
    apply(client, workload(), HPA)
    assert replicas(client) == 2


def test_a_broken_pod_of_an_older_revision_makes_way(client):
    broken = workload("StatefulSet", replicas=1, serviceName="web")
    apply(client, broken)

    def pod():
        found = client.get("Pod", "web-0")
        return found["metadata"]["uid"] if found and not found["metadata"].get("deletionTimestamp") else None

    old = until(pod, "the pod is there")
    apply(client, broken)  # nothing new: it stays
    assert pod() == old
    apply(client, workload("StatefulSet", replicas=1, serviceName="web", level="debug"))

    def is_new():
        found = client.get("Pod", "web-0")
        return (
            found and found["metadata"]["uid"] != old and found["spec"]["containers"][0]["env"][0]["value"] == "debug"
        )

    until(is_new, "the new pod is there")


def test_what_cannot_change_is_named_before_anything_changes(client):
    apply(client, workload("StatefulSet", replicas=0, serviceName="web"))
    other = workload("StatefulSet", replicas=0, serviceName="other")
    _, refused = kube_look.objects(client, [other], {}, exists=True)
    diagnosis = refused["StatefulSet/web"]
    assert "a StatefulSet's spec.serviceName cannot change while it is there" in diagnosis.cause
    assert "--cascade=orphan" in diagnosis.next_step


def test_only_what_is_ours_is_pruned(client, cluster, namespace):
    state = ClusterState(client)
    object_ = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "labels": LABELS}}
    config = {"component": "web", "object": object_}
    kube_apply.remember(state, Release([config, workload(replicas=0)]))
    apply(client, config)
    cluster.apply(namespace, {**workload(replicas=0)["object"]})  # somebody else made that one
    assert kube_apply.prune(client, state, Release([]), lambda: None) == ["ConfigMap/web"]
    assert client.get("Deployment", "web")
    assert state.applied_set() == []
