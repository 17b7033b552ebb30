"""Readiness: objects recorded from a cluster (fixtures/record_kubernetes.py), each with its verdict, and edge cases."""

import copy
import json
from pathlib import Path

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_kinds
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_readiness import RULES, Verdict, judge

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "readiness.json").read_text())


def recorded(kind, sentence=""):
    """The first recorded object of a kind whose verdict's sentence starts so."""
    found = (
        c["object"] for c in RECORDED if c["object"]["kind"] == kind and c["verdict"]["sentence"].startswith(sentence)
    )
    return copy.deepcopy(next(found))


@pytest.mark.parametrize(
    "case", RECORDED, ids=lambda case: f"{case['object']['kind']}: {case['verdict']['sentence'][:40]}"
)
def test_recorded_objects(case):
    assert judge(case["object"]) == Verdict(**case["verdict"])


@pytest.mark.parametrize("kind", [kind.name for kind in kube_kinds.APPLIED])
def test_each_kind_that_a_release_may_hold_has_a_rule(kind):
    assert kind in RULES


@pytest.mark.parametrize("kind", sorted(set(RULES) - {"Route"}))  # a cluster that is no OpenShift has no Route
def test_each_rule_was_tried_on_a_recorded_object(kind):
    assert any(case["object"]["kind"] == kind for case in RECORDED)


def test_an_unknown_kind_is_refused():
    with pytest.raises(DeployError, match=r"^Deploymnt has no rule for when it is ready; did you mean Deployment\?$"):
        judge({"kind": "Deploymnt", "metadata": {"name": "web"}})


@pytest.mark.parametrize("kind", sorted(set(RULES) - {"Namespace", "Route"}))
def test_what_is_being_removed_is_never_ready(kind):
    obj = recorded(kind)
    obj["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert judge(obj) == Verdict(done=False, ok=False, sentence="it is being removed")


# What the recorded cluster had no occasion to show: kind -> a change to its recorded, ready object, and the verdict.
def _changed(kind, sentence, **status):
    obj = recorded(kind, sentence)
    obj["status"] = {**obj.get("status", {}), **status}
    return obj


def _condition(**fields):
    return {"conditions": [fields]}


def _route(*admitted):
    routers = [_condition(type="Admitted", status=status, message=f"host {status}") for status in admitted]
    return {"kind": "Route", "metadata": {"name": "web"}, "status": {"ingress": routers}}


@pytest.mark.parametrize(
    ("obj", "verdict"),
    [
        (
            _changed("Deployment", "2/2", observedGeneration=0),
            (False, False, "its controller has not looked at it yet"),
        ),
        (_changed("Deployment", "2/2", replicas=3), (False, False, "1 pods of an older revision are still there")),
        (_changed("Deployment", "2/2", updatedReplicas=1), (False, False, "1 of 2 pods are of the new revision")),
        (_changed("Deployment", "2/2", availableReplicas=1), (False, False, "1 of 2 pods are available")),
        (_changed("Deployment", "2/2", conditions=[]), (False, False, "it is not available yet")),
        (_changed("StatefulSet", "1/1", updatedReplicas=0), (False, False, "0 of 1 pods are of the new revision")),
        (_changed("StatefulSet", "1/1", replicas=2), (False, False, "1 pods are still to go")),
        (_changed("StatefulSet", "1/1", readyReplicas=0), (False, False, "0 of 1 pods are ready")),
        (_changed("StatefulSet", "1/1", availableReplicas=0), (False, False, "0 of 1 pods are available")),
        (
            _changed("StatefulSet", "1/1", observedGeneration=0),
            (False, False, "its controller has not looked at it yet"),
        ),
        (_changed("ReplicaSet", "2/2", replicas=3), (False, False, "1 pods are still to go")),
        (
            _changed("ReplicaSet", "2/2", **_condition(type="ReplicaFailure", status="True", message="quota")),
            (False, False, "its pods cannot be made: quota"),
        ),
        (_changed("PersistentVolumeClaim", "it is bound", phase="Lost"), (True, False, "its volume is gone")),
        (
            _changed("PersistentVolumeClaim", "it is bound", **_condition(type="Resizing", status="True")),
            (False, False, "its volume is being made larger"),
        ),
        (
            _changed(
                "PersistentVolumeClaim",
                "it is bound",
                **_condition(type="ControllerResizeError", status="True", message="no"),
            ),
            (True, False, "its volume could not be made larger: no"),
        ),
        (
            _changed(
                "PersistentVolumeClaim", "it is bound", **_condition(type="FileSystemResizePending", status="True")
            ),
            (True, True, "it is bound"),
        ),
        (_changed("Pod", "it is ready", phase="Failed", message="evicted"), (True, False, "evicted")),
        (
            _changed("Pod", "it is ready", **_condition(type="PodScheduled", status="False", message="no room")),
            (False, False, "it has no node: no room"),
        ),
        (
            _changed(
                "PodDisruptionBudget",
                "2 pods",
                **_condition(type="DisruptionAllowed", reason="SyncFailed", message="x"),
            ),
            (False, False, "it could not be computed: x"),
        ),
        (
            _changed(
                "Job", "it has completed", **_condition(type="FailureTarget", status="True", reason="R", message="m")
            ),
            (True, False, "R: m"),
        ),
        (
            {"kind": "Job", "metadata": {"name": "x"}, "spec": {"suspend": True}},
            (True, False, "somebody suspended it"),
        ),
        (
            _changed(
                "HorizontalPodAutoscaler",
                "it exists",
                **_condition(type="ScalingActive", status="True", reason="Valid"),
            ),
            (True, True, "it scales"),
        ),
        (_route("True"), (True, True, "it is admitted")),
        (_route("True", "False"), (True, False, "the router refused it: host False")),
        (_route(), (False, False, "no router has admitted it yet")),
    ],
)
def test_states_that_were_not_recorded(obj, verdict):
    assert judge(obj) == Verdict(*verdict)


def test_a_workload_without_replicas_is_ready():
    obj = recorded("Deployment", "2/2")
    obj["spec"]["replicas"] = 0
    obj["status"] = {"observedGeneration": obj["metadata"]["generation"]}
    assert judge(obj).ok
