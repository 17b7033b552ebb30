"""Which pods are a component's, of which revision, and whether Kubernetes holds them back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Object = dict[str, Any]

NAME_LABEL, PART_LABEL = "app.kubernetes.io/name", "todoapp.stack/part"
WORKLOADS = ("Deployment", "StatefulSet")
_REVISION = "deployment.kubernetes.io/revision"


def serving(components: Sequence[str]) -> str:
    """The label selector of the components' serving pods; those of one-off commands are no part of it."""
    return f"{of_components(components)},{PART_LABEL}=service"


def of_components(components: Sequence[str]) -> str:
    """The label selector of whatever belongs to the components."""
    return f"{NAME_LABEL} in ({','.join(sorted(components))})"


def is_of(obj: Mapping[str, Any], component: str) -> bool:
    """Whether an object is labelled as a component's."""
    return (obj["metadata"].get("labels") or {}).get(NAME_LABEL) == component


def current_sets(workload: Mapping[str, Any] | None, sets: Sequence[Object]) -> list[Object]:
    """The ReplicaSet of a Deployment's present revision."""
    if workload is None or workload["kind"] != "Deployment":
        return []
    revision = (workload["metadata"].get("annotations") or {}).get(_REVISION)
    return [
        replica_set
        for replica_set in sets
        if (replica_set["metadata"].get("annotations") or {}).get(_REVISION) == revision
        and workload["metadata"]["uid"] in [o["uid"] for o in replica_set["metadata"].get("ownerReferences") or []]
    ]


def current_pods(workload: Mapping[str, Any] | None, sets: Sequence[Object], pods: Sequence[Object]) -> list[Object]:
    """The pods of a workload's present revision; none while its controller has not looked at its present spec.

    An older revision may be as broken as it likes: it goes.

    :param sets: what `current_sets` found.
    """
    if workload is None:
        return []
    status = workload.get("status") or {}
    if int(status.get("observedGeneration") or 0) < int(workload["metadata"].get("generation") or 1):
        return []
    if workload["kind"] == "StatefulSet":
        label, hashes = "controller-revision-hash", {status.get("updateRevision")}
    else:
        label, hashes = "pod-template-hash", {rs["metadata"]["labels"].get("pod-template-hash") for rs in sets}
    return [pod for pod in pods if pod["metadata"]["labels"].get(label) in hashes]


def container_statuses(pod: Mapping[str, Any]) -> list[Object]:
    """The statuses of a pod's containers, those of its init steps first."""
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def held_back(pod: Mapping[str, Any]) -> bool:
    """Whether Kubernetes waits before it tries a container of the pod again, or is about to.

    CrashLoopBackOff and ImagePullBackOff; an end after another one leads there.
    """
    for status in container_statuses(pod):
        state = status.get("state") or {}
        if (state.get("waiting") or {}).get("reason", "").endswith("BackOff"):
            return True
        if (state.get("terminated") or {}).get("exitCode") and status.get("restartCount"):
            return True
    return False
