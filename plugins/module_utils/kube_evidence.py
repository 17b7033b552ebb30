"""What a cluster tells of something that fails: events, logs, nodes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, last_lines
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster, Forbidden
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diagnosis import (
    Finding,
    Seen,
    explained,
    unschedulable,
)

Objects = list[dict[str, Any]]

LOG_LINES = 500
KEPT_BYTES = 12_000
"""A line of a journal holds 16 kB."""


def events_of(cluster: Cluster, obj: Mapping[str, Any]) -> Objects:
    """The events about this very object, not about an older one of its name."""
    found = cluster.events(str(obj["kind"]), str(obj["metadata"]["name"]))
    return [event for event in found if (event.get("involvedObject") or {}).get("uid") == obj["metadata"]["uid"]]


def nodes_for(cluster: Cluster, pods: Sequence[Mapping[str, Any]]) -> Objects:
    """The nodes, when one of the pods has found none, as far as we may look at them."""
    if not any(unschedulable(pod) for pod in pods):
        return []
    try:
        return cluster.list("Node")
    except Forbidden:
        return []


def kept_log(cluster: Cluster, diagnosis: Mapping[str, Any]) -> list[str]:
    """The log of the container that failed, to be kept in the journal: going back removes the pod, and its log with it."""
    pod, container = str(diagnosis.get("pod") or ""), str(diagnosis.get("container") or "")
    if not pod or not diagnosis.get("log"):
        return []
    logs = [_log(cluster, pod, container, previous=previous) for previous in (True, False)]
    lines = last_lines("\n".join(logs), LOG_LINES)
    while sum(len(json.dumps(line)) + 2 for line in lines) > KEPT_BYTES:
        del lines[0]
    return lines


def diagnose(cluster: Cluster, seen: Seen, finding: Finding, kubectl: str) -> Diagnosis:
    """The diagnosis of a finding, with the log of the run that failed where that can be had."""
    log = ""
    if finding.log:
        previous = "--previous" in finding.reason.next_step
        log = _log(cluster, finding.pod, finding.container, previous=previous)
        log = log or _log(cluster, finding.pod, finding.container, previous=not previous)
    return explained(finding, seen, log, kubectl)


def _log(cluster: Cluster, pod: str, container: str, *, previous: bool) -> str:
    """A container's log; '' also where the kubelet says, in its place, that it has removed it."""
    log = cluster.logs(pod, container, previous=previous, lines=LOG_LINES)
    return "" if log.startswith("unable to retrieve container logs for ") else log
