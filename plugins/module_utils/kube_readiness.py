"""Whether a live Kubernetes object is what its spec asks for: one rule per kind, in the sense of kstatus.

A kind without a rule is refused: to call it ready would be a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, did_you_mean

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What is to be said of an object: whether its state is final, whether that is the good end, and a sentence."""

    done: bool
    ok: bool
    sentence: str


def judge(obj: Object) -> Verdict:
    """The verdict on one live object.

    :raises DeployError: its kind has no rule.
    """
    kind = str(obj.get("kind"))
    if kind not in RULES:
        raise DeployError(f"{kind} has no rule for when it is ready{did_you_mean(kind, RULES)}")
    if obj["metadata"].get("deletionTimestamp") and kind != "Namespace":
        return _waiting("it is being removed")
    return RULES[kind](obj)


def condition(obj: Object, kind: str) -> Object:
    """The condition of that type in an object's status, {} where it has none."""
    found = (c for c in (obj.get("status") or {}).get("conditions") or [] if c["type"] == kind)
    return next(found, {})


def _ready(sentence: str) -> Verdict:
    return Verdict(done=True, ok=True, sentence=sentence)


def _waiting(sentence: str) -> Verdict:
    return Verdict(done=False, ok=False, sentence=sentence)


def _failed(sentence: str) -> Verdict:
    return Verdict(done=True, ok=False, sentence=sentence)


def _unseen(obj: Object) -> bool:
    """Whether the controller has not looked at the present spec: the status then speaks of an older one."""
    return int((obj.get("status") or {}).get("observedGeneration") or 0) < int(obj["metadata"].get("generation") or 1)


def _exists(_: Object) -> Verdict:
    """For what no controller has to do anything about."""
    return _ready("it exists")


def _deployment(obj: Object) -> Verdict:
    if _unseen(obj):
        return _waiting("its controller has not looked at it yet")
    spec, status = obj["spec"], obj.get("status") or {}
    wanted = 1 if spec.get("replicas") is None else int(spec["replicas"])
    total, updated, available = (
        int(status.get(key) or 0) for key in ("replicas", "updatedReplicas", "availableReplicas")
    )
    progressing = condition(obj, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return _failed(f"it made no progress: {progressing.get('message', '')}")
    if updated < wanted:
        if spec.get("paused"):  # nobody but its user can end that
            return _failed("somebody paused its rollout (kubectl rollout pause)")
        return _waiting(f"{updated} of {wanted} pods are of the new revision")
    if total > updated:
        return _waiting(f"{total - updated} pods of an older revision are still there")
    if available < updated:
        return _waiting(f"{available} of {updated} pods are available")
    if wanted and condition(obj, "Available").get("status") != "True":
        return _waiting("it is not available yet")
    return _ready(f"{available}/{wanted} pods are available")


def _stateful_set(obj: Object) -> Verdict:
    if _unseen(obj):
        return _waiting("its controller has not looked at it yet")
    spec, status = obj["spec"], obj.get("status") or {}
    wanted = 1 if spec.get("replicas") is None else int(spec["replicas"])
    total, ready, available, updated = (
        int(status.get(key) or 0) for key in ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas")
    )
    if total > wanted:
        return _waiting(f"{total - wanted} pods are still to go")
    # Asked even where currentRevision is updateRevision: after going back both are the old one, the pods may not be.
    if updated < wanted:
        return _waiting(f"{updated} of {wanted} pods are of the new revision")
    if ready < wanted:
        return _waiting(f"{ready} of {wanted} pods are ready")
    if available < wanted:
        return _waiting(f"{available} of {wanted} pods are available")
    return _ready(f"{ready}/{wanted} pods are ready")


def _replica_set(obj: Object) -> Verdict:
    if _unseen(obj):
        return _waiting("its controller has not looked at it yet")
    status = obj.get("status") or {}
    wanted = int(obj["spec"].get("replicas") or 0)
    total, available = (int(status.get(key) or 0) for key in ("replicas", "availableReplicas"))
    failure = condition(obj, "ReplicaFailure")
    if failure.get("status") == "True":
        return _waiting(f"its pods cannot be made: {failure.get('message', '')}")
    if total > wanted:
        return _waiting(f"{total - wanted} pods are still to go")
    if available < wanted:
        return _waiting(f"{available} of {wanted} pods are available")
    return _ready(f"{available}/{wanted} pods are available")


def _job(obj: Object) -> Verdict:
    for kind in ("Failed", "FailureTarget"):  # the second is there while its pods are still being ended
        failed = condition(obj, kind)
        if failed.get("status") == "True":
            return _failed(f"{failed.get('reason', 'failed')}: {failed.get('message', '')}")
    if condition(obj, "Complete").get("status") == "True":
        return _ready("it has completed")
    if obj["spec"].get("suspend"):
        return _failed("somebody suspended it")
    active = int((obj.get("status") or {}).get("active") or 0)
    return _waiting("it is running" if active else "it has not started")


def _pod(obj: Object) -> Verdict:
    status = obj.get("status") or {}
    phase = status.get("phase")
    if phase == "Succeeded":
        return _ready("it has completed")
    if phase == "Failed":
        return _failed(status.get("message") or status.get("reason") or "it has failed")
    if condition(obj, "Ready").get("status") == "True":
        return _ready("it is ready")
    scheduled = condition(obj, "PodScheduled")
    if scheduled.get("status") == "False":
        return _waiting(f"it has no node: {scheduled.get('message', '')}")
    return _waiting("it is not ready")


def _claim(obj: Object) -> Verdict:
    phase = (obj.get("status") or {}).get("phase")
    if phase == "Lost":
        return _failed("its volume is gone")
    if phase != "Bound":  # with WaitForFirstConsumer it waits for the pod that mounts it
        return _waiting("it is not bound to a volume yet")
    for kind in ("ControllerResizeError", "NodeResizeError"):
        resize = condition(obj, kind)
        if resize.get("status") == "True":
            return _failed(f"its volume could not be made larger: {resize.get('message', '')}")
    if condition(obj, "Resizing").get("status") == "True":
        return _waiting("its volume is being made larger")
    return _ready("it is bound")  # FileSystemResizePending waits for a pod, as the first binding may


def _service(obj: Object) -> Verdict:
    balancer = (obj.get("status") or {}).get("loadBalancer") or {}
    if obj["spec"].get("type") == "LoadBalancer" and not balancer.get("ingress"):
        return _waiting("its load balancer has no address yet")
    return _ready("it exists")


def _autoscaler(obj: Object) -> Verdict:
    # Its first figures take up to a minute to come, and until then it leaves the replicas alone: nothing waits for it.
    able, active = condition(obj, "AbleToScale"), condition(obj, "ScalingActive")
    if able.get("status") == "False":
        return _waiting(f"it cannot scale: {able.get('message', '')}")
    if active.get("status") != "True":
        return _ready(f"it exists; it does not scale yet: {active.get('message', 'it has not looked')}")
    return _ready("it scales")


def _budget(obj: Object) -> Verdict:
    if _unseen(obj):
        return _waiting("its controller has not looked at it yet")
    allowed = condition(obj, "DisruptionAllowed")
    if allowed.get("reason") == "SyncFailed":
        return _waiting(f"it could not be computed: {allowed.get('message', '')}")
    status = obj.get("status") or {}
    healthy, wanted = (int(status.get(key) or 0) for key in ("currentHealthy", "desiredHealthy"))
    if healthy < wanted:
        return _waiting(f"{healthy} of {wanted} pods are healthy")
    return _ready(f"{healthy} pods are healthy, {wanted} must stay")


def _namespace(obj: Object) -> Verdict:
    if obj["metadata"].get("deletionTimestamp") or (obj.get("status") or {}).get("phase") == "Terminating":
        return _failed("it is being removed")  # an end that cannot be taken back
    return _ready("it exists")


def _route(obj: Object) -> Verdict:
    routers = (obj.get("status") or {}).get("ingress") or []
    admitted = [condition({"status": router}, "Admitted") for router in routers]
    refused = [c for c in admitted if c.get("status") == "False"]
    if refused:
        return _failed(f"the router refused it: {refused[0].get('message') or refused[0].get('reason', '')}")
    if not any(c.get("status") == "True" for c in admitted):
        return _waiting("no router has admitted it yet")
    return _ready("it is admitted")


RULES: dict[str, Callable[[Object], Verdict]] = {
    "ConfigMap": _exists,
    "Deployment": _deployment,
    "HorizontalPodAutoscaler": _autoscaler,
    "Ingress": _exists,  # not every controller writes an address, and kstatus asks for none
    "Job": _job,
    "Namespace": _namespace,
    "NetworkPolicy": _exists,
    "PersistentVolumeClaim": _claim,
    "Pod": _pod,
    "PodDisruptionBudget": _budget,
    "ReplicaSet": _replica_set,
    "Route": _route,
    "Secret": _exists,
    "Service": _service,
    "ServiceAccount": _exists,
    "StatefulSet": _stateful_set,
}
