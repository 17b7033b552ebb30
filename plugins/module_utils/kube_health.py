"""The state of each component on a cluster, as the rows of a table, with a diagnosis where it is not ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diagnosis import Finding, Seen, examine
from ansible_collections.todoapp.stack.plugins.module_utils.kube_evidence import diagnose, events_of, nodes_for
from ansible_collections.todoapp.stack.plugins.module_utils.kube_pods import (
    NAME_LABEL,
    WORKLOADS,
    container_statuses,
    current_pods,
    current_sets,
    is_of,
    of_components,
    serving,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_readiness import judge
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import Reason

Object = dict[str, Any]

DEPLOY = "ansible-playbook playbooks/deploy.yml"


def look(
    cluster: Cluster, components: Sequence[str], record: Mapping[str, Any], tool: str
) -> tuple[list[Object], list[Diagnosis]]:
    """A row {component, state, version, detail} for each component, and why some are not ready.

    :param record: the serving release's record, {} where there is none.
    :param tool: how kubectl is called for this cluster, for next steps.
    """
    labelled = of_components(components)
    kinds = (*WORKLOADS, "ReplicaSet", "PersistentVolumeClaim", "HorizontalPodAutoscaler")
    live = {kind: cluster.list(kind, labelled) for kind in kinds}
    pods = cluster.list("Pod", serving(components))
    rows, diagnoses = [], []
    for name in components:
        workload = next((obj for kind in WORKLOADS for obj in live[kind] if is_of(obj, name)), None)
        if workload is None:
            diagnoses.append(Diagnosis(name, "it is not deployed", DEPLOY))
            rows.append({"component": name, "state": "missing", "version": "", "detail": f"deploy it: {DEPLOY}"})
            continue
        mine = [pod for pod in pods if is_of(pod, name)]
        hpas = [hpa for hpa in live["HorizontalPodAutoscaler"] if is_of(hpa, name)]
        ready = judge(workload).ok or _is_scaling(workload, hpas)
        detail = details(workload, mine, hpas)
        if not ready:
            sets = current_sets(workload, live["ReplicaSet"])
            claims = [claim for claim in live["PersistentVolumeClaim"] if is_of(claim, name)]
            diagnosis = _why(cluster, name, workload, sets, mine, claims, tool)
            diagnoses.append(diagnosis)
            detail = f"{ready_count(workload)}; {diagnosis.cause}"
        rows.append(
            {
                "component": name,
                "state": "ready" if ready else "not ready",
                "version": version(workload, record),
                "detail": detail,
            }
        )
    return rows, diagnoses


def _is_scaling(workload: Mapping[str, Any], hpas: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all that it lacks is what an autoscaler has just asked for: it serves with as many pods as it must."""
    status = workload.get("status") or {}
    total, updated, available = (
        int(status.get(key) or 0) for key in ("replicas", "updatedReplicas", "availableReplicas")
    )
    return updated == total and any(available >= (hpa["spec"].get("minReplicas") or 1) for hpa in hpas)


def _why(
    cluster: Cluster,
    name: str,
    workload: Object,
    sets: Sequence[Object],
    pods: Sequence[Object],
    claims: Sequence[Object],
    tool: str,
) -> Diagnosis:
    """The diagnosis of a component that is not ready."""
    current = current_pods(workload, sets, pods)
    asked = [workload, *sets, *claims, *(pod for pod in current if not judge(pod).ok)]
    events = [event for obj in asked for event in events_of(cluster, obj)]
    seen = Seen(name, workload, current, claims, events, nodes_for(cluster, current))
    step = "{kubectl} describe pods --selector " + f"{NAME_LABEL}={name}"
    waiting = Finding("waiting", Reason(judge(workload).sentence, step), (workload["metadata"]["uid"],))
    return diagnose(cluster, seen, next(iter(examine(seen)), waiting), tool)


def details(workload: Mapping[str, Any], pods: Sequence[Mapping[str, Any]], hpas: Sequence[Mapping[str, Any]]) -> str:
    """How many pods are ready, since when the oldest runs, restarts, and what the autoscaler does."""
    parts = [ready_count(workload)]
    since = sorted(pod["status"]["startTime"] for pod in pods if (pod.get("status") or {}).get("startTime"))
    if since:
        parts.append(f"since {since[0]}")
    restarts = sum(int(status.get("restartCount") or 0) for pod in pods for status in container_statuses(pod))
    if restarts:
        parts.append(f"restarts: {restarts}")
    for hpa in hpas:
        least, most = hpa["spec"].get("minReplicas") or 1, hpa["spec"]["maxReplicas"]
        parts.append(f"scales {least} to {most}{_figures(hpa)}")
    return ", ".join(parts)


def ready_count(workload: Mapping[str, Any]) -> str:
    """Ready of wanted, such as 2/2."""
    wanted = workload["spec"].get("replicas")
    return f"{(workload.get('status') or {}).get('readyReplicas') or 0}/{1 if wanted is None else wanted}"


def _figures(hpa: Mapping[str, Any]) -> str:
    """The autoscaler's measure and target of CPU: ' (cpu 12 % of 70 %)'; that it has none yet."""
    targets = {
        m["resource"]["name"]: m["resource"]["target"] for m in hpa["spec"].get("metrics") or [] if "resource" in m
    }
    current = {
        m["resource"]["name"]: m["resource"]["current"]
        for m in (hpa.get("status") or {}).get("currentMetrics") or []
        if "resource" in m
    }
    shown = [
        f"{name} {current[name].get('averageUtilization')} % of {target.get('averageUtilization')} %"
        if current.get(name, {}).get("averageUtilization") is not None
        else f"{name} not measured yet"
        for name, target in targets.items()
        if target.get("averageUtilization") is not None
    ]
    return f" ({', '.join(shown)})" if shown else ""


def version(workload: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """The tag that the live image was deployed by; without a record of it, what the image's own name says."""
    image = _image(workload)
    recorded = {
        entry["component"]: _image(entry["object"])
        for entry in record.get("objects") or []
        if entry["object"]["kind"] in WORKLOADS
    }
    for component in record.get("components") or []:
        if is_of(workload, component["name"]) and recorded.get(component["name"]) == image:
            tag = (component.get("image") or {}).get("tag")
            if tag:
                return str(tag)[:19]
    name, _, digest = image.partition("@")
    return (name.rpartition("/")[2].partition(":")[2] or digest.removeprefix("sha256:"))[:19]


def _image(workload: Mapping[str, Any]) -> str:
    return str(workload["spec"]["template"]["spec"]["containers"][0]["image"])
