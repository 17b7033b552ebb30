"""One-off commands on a cluster: a Job made from the component's own workload, watched to its end."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, did_you_mean
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diagnosis import Finding, Seen, examine
from ansible_collections.todoapp.stack.plugins.module_utils.kube_evidence import diagnose, events_of, nodes_for
from ansible_collections.todoapp.stack.plugins.module_utils.kube_gate import POLL_SECONDS
from ansible_collections.todoapp.stack.plugins.module_utils.kube_pods import NAME_LABEL, PART_LABEL, WORKLOADS
from ansible_collections.todoapp.stack.plugins.module_utils.kube_readiness import judge
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import Reason

Object = dict[str, Any]

KEPT_SECONDS = 3600
"""How long an ended Job can still be looked at; the next run removes it sooner."""
_SPARE_SECONDS = 60
"""The cluster ends the Job that much after we gave it up: its pod, and its log with it, go when it does."""
_GONE_SECONDS = 120
_DROPPED = ("ports", "startupProbe", "livenessProbe", "readinessProbe", "lifecycle")


def job_of(
    objects: Sequence[Mapping[str, Any]], component: str, name: str, command: list[str], seconds: float
) -> Object:
    """The Job that runs a command of a component: image, environment, volumes and rights of its pods, nothing that serves.

    :param objects: the component's objects, as they are recorded.
    :raises DeployError: it has no pods to take after.
    """
    workload = next((obj for obj in objects if obj["kind"] in WORKLOADS), None)
    if not workload:
        raise DeployError(f"{component} {name}: the release has no pods of {component}, so nothing can run the command")
    template = copy.deepcopy(dict(workload["spec"]["template"]))
    pod = template["spec"]
    pod.pop("initContainers", None)
    pod.pop("topologySpreadConstraints", None)
    main = next((c for c in pod["containers"] if c["name"] == component), pod["containers"][0])
    container = {key: value for key, value in main.items() if key not in _DROPPED}
    container |= {"name": name, "args": command}
    pod |= {"containers": [container], "restartPolicy": "Never"}
    # By its label no Service sends it requests, no budget and no Deployment counts it; NetworkPolicies do not ask for it.
    template["metadata"]["labels"] = {**template["metadata"]["labels"], PART_LABEL: "command"}
    labels = {**(workload["metadata"].get("labels") or {}), NAME_LABEL: component, PART_LABEL: "command"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": f"{component}-{name}", "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": int(seconds) + _SPARE_SECONDS,
            "ttlSecondsAfterFinished": KEPT_SECONDS,
            "template": template,
        },
    }


def command_of(component: Mapping[str, Any], objects: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """A component's one-off command by its name: as its init step has it, or as the record's `commands` do.

    :raises DeployError: it has none of that name.
    """
    pods = [obj["spec"]["template"]["spec"] for obj in objects if obj["kind"] in WORKLOADS]
    steps = {step["name"]: step.get("args") or [] for pod in pods for step in pod.get("initContainers") or []}
    commands = {**steps, **(component.get("commands") or {})}
    if name not in commands:
        raise DeployError(f"{component['name']} has no command {name}{did_you_mean(name, commands)}")
    return list(commands[name])


def run(cluster: Cluster, job: Object, seconds: float, tool: str, keep_alive: Callable[[], None]) -> str:
    """Run a Job to its end and return its last log lines; an older one of its name goes first.

    :param tool: how kubectl is called for this cluster, for next steps.
    :param keep_alive: called while waiting; renews the lock.
    :raises DeployError: with the diagnosis, when it fails, cannot start, or takes longer than `seconds`.
    """
    _clear(cluster, job["metadata"]["name"], tool, keep_alive)
    uid = cluster.create(job)["metadata"]["uid"]
    component, name = job["metadata"]["labels"][NAME_LABEL], job["spec"]["template"]["spec"]["containers"][0]["name"]
    start = time.monotonic()
    signs: dict[str, float] = {}
    while True:
        keep_alive()
        seen = _look(cluster, job, uid, component)
        now = time.monotonic()
        if seen.workload and judge(seen.workload).ok:
            return "\n".join(cluster.logs(pod["metadata"]["name"], name) for pod in seen.pods)
        findings = examine(seen)
        signs = {finding.key: signs.get(finding.key, now) for finding in findings}
        over = [finding for finding in findings if now - signs[finding.key] >= finding.reason.patience]
        if not seen.workload:
            over = [Finding("gone", Reason("somebody removed its Job", "deploy again"))]
        elif now - start > seconds and not over:
            over = [_overdue(findings, seen, seconds)]
        if over:
            diagnosis = diagnose(cluster, seen, over[0], tool)
            raise DeployError(f"{component}: {name} failed: {diagnosis.cause}", diagnosis.as_dict())
        time.sleep(POLL_SECONDS)


def _clear(cluster: Cluster, name: str, tool: str, keep_alive: Callable[[], None]) -> None:
    """Remove an older Job of this name with its pods, and wait until they are gone."""
    start = time.monotonic()
    while cluster.delete(
        "Job", name
    ):  # with its pods, in the foreground: while it can be deleted, one of them is there
        keep_alive()
        if time.monotonic() - start > _GONE_SECONDS:
            raise DeployError(
                f"the Job {name} of an earlier run does not go away; next step: {tool} describe job {name}"
            )
        time.sleep(POLL_SECONDS)


def _look(cluster: Cluster, job: Object, uid: str, component: str) -> Seen:
    name = job["metadata"]["name"]
    live = cluster.get("Job", name)
    if not live or live["metadata"]["uid"] != uid:
        return Seen(component, {})
    pods = cluster.list("Pod", f"batch.kubernetes.io/controller-uid={uid}")
    asked = [live, *(pod for pod in pods if not judge(pod).ok)]
    events = [event for obj in asked for event in events_of(cluster, obj)]
    return Seen(component, live, pods, (), events, nodes_for(cluster, pods))


def _overdue(findings: list[Finding], seen: Seen, seconds: float) -> Finding:
    """What to say when it takes too long: what keeps it from starting, or that it still runs."""
    if findings:
        return findings[0].late(seconds)
    if not seen.pods:
        return Finding("overdue", Reason("it has not started", "{kubectl} get events")).late(seconds)
    pod, container = seen.pods[0]["metadata"], seen.pods[0]["spec"]["containers"][0]["name"]
    reason = Reason(f"it is still running after {seconds:g} s", f"{{kubectl}} logs {pod['name']} --follow")
    return Finding("overdue", reason, (pod["uid"],), pod["name"], container, log=True)
