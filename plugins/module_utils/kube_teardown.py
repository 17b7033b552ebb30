"""Take a deployment out of a cluster: what the applied set says we made, and with the data all the rest of ours."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import kube_namespace
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster, Conflict, Forbidden
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import (
    PART_OF,
    PART_OF_LABEL,
    STATE_LABEL,
    made_by_us,
    managed_by,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import NAME as CREDENTIALS
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

WAIT_SECONDS = 300
AWAY_SECONDS = 60
"""How long an API that does not answer may keep the Namespace."""
Object = dict[str, Any]


@dataclass
class Found:
    """What there is of a deployment, as live objects in the order in which they go."""

    objects: list[Object] = field(default_factory=list)
    """What serves: it goes with every teardown."""
    data: list[Object] = field(default_factory=list)
    """Data and credentials, and what the engine remembers of its releases: only with the data."""
    namespace: Object | None = None
    """The Namespace, when we made it."""

    def going(self, *, data: bool) -> list[Object]:
        """What a teardown removes."""
        return [*self.objects, *(self.data if data else []), *([self.namespace] if data and self.namespace else [])]


def look(cluster: Cluster, state: ClusterState) -> Found:
    """Find what there is of the deployment."""
    found = Found()
    namespace = kube_namespace.find(cluster)
    if not namespace:
        return found
    if made_by_us(namespace):
        found.namespace = {"kind": "Namespace", **namespace}
    labelled = f"{PART_OF_LABEL}={PART_OF}"
    # One-off commands are no part of the applied set. They go first, since they use what comes next.
    found.objects += [job for job in cluster.list("Job", labelled) if managed_by(job, MANAGER)]
    known = {(job["kind"], job["metadata"]["name"]) for job in found.objects}
    for entry in reversed(state.applied_set()):
        kind, name = entry["kind"], entry["name"]
        if kind == "Namespace" or (kind, name) in known:
            continue
        known.add((kind, name))
        live = cluster.get(kind, name)
        if live and managed_by(live, MANAGER):
            item = {**live, "kind": kind}
            (found.data if is_data(item) else found.objects).append(item)
    # A StatefulSet makes its claims itself, and leaves them.
    more = cluster.list("PersistentVolumeClaim", labelled)
    more += [{**secret, "kind": "Secret"} for secret in [cluster.get("Secret", CREDENTIALS)] if secret]
    more += [item for kind in ("Secret", "ConfigMap", "Lease") for item in cluster.list(kind, STATE_LABEL)]
    found.data += [item for item in more if (item["kind"], item["metadata"]["name"]) not in known]
    return found


def is_data(item: Object) -> bool:
    """Whether an object is kept unless the data is to go: claims, and the credentials without which they are unreadable."""
    return item["kind"] == "PersistentVolumeClaim" or (item["kind"], item["metadata"]["name"]) == (
        "Secret",
        CREDENTIALS,
    )


def by_kind(did: str, objects: list[Object]) -> list[str]:
    """A line for each kind: 'removed Deployment backend, frontend'."""
    names: dict[str, list[str]] = {}
    for item in objects:
        names.setdefault(item["kind"], []).append(item["metadata"]["name"])
    return [f"{did} {kind} {', '.join(sorted(found))}" for kind, found in names.items()]


def remove(cluster: Cluster, state: ClusterState, *, data: bool, keep_alive: Callable[[], None]) -> list[Object]:
    """Remove the deployment and wait until it is gone; return the objects that went. To be called under the lock.

    :param data: whether data, credentials and records go too, and the Namespace if we made it.
    :param keep_alive: called while waiting.
    :raises DeployError: something does not go, with what holds it.
    """
    found = look(cluster, state)
    _delete(cluster, found.objects, keep_alive)
    if not data:
        kept = {(item["kind"], item["metadata"]["name"]) for item in found.data}
        state.write_applied_set(e for e in state.applied_set() if (e["kind"], e["name"]) in kept)
        return found.objects
    volumes = _volumes(cluster, found.data)
    # The Lease goes last, and with our own Namespace: until then nobody else begins.
    lease = [item for item in found.data if item["kind"] == "Lease"]
    if found.namespace:
        _delete(cluster, [found.namespace], lambda: None)
        _await_gone(cluster, volumes, lambda: None)
    else:
        _delete(cluster, [item for item in found.data if item not in lease], keep_alive)
        _await_gone(cluster, volumes, keep_alive)
        _delete(cluster, lease, lambda: None)
    return found.going(data=True)


def _delete(cluster: Cluster, objects: list[Object], keep_alive: Callable[[], None]) -> None:
    for item in objects:
        # What makes pods is there until they are gone. Others are gone at once: a Lease that is only marked would still be
        # taken, and vanish from under its holder.
        how = "Foreground" if item["kind"] in ("Deployment", "StatefulSet", "Job") else "Background"
        try:
            cluster.delete(item["kind"], item["metadata"]["name"], uid=item["metadata"]["uid"], propagation=how)
        except Conflict:
            continue  # somebody has made another one of this name meanwhile: not ours
    _await_gone(cluster, objects, keep_alive)


def _await_gone(cluster: Cluster, objects: list[Object], keep_alive: Callable[[], None]) -> None:
    start = time.monotonic()
    left = list(objects)
    while left := [live for item in left if (live := _live(cluster, item))]:
        waited = time.monotonic() - start
        if waited > (AWAY_SECONDS if _api_away(left[0]) else WAIT_SECONDS):
            raise DeployError(_stuck(cluster, left[0], waited))
        keep_alive()
        time.sleep(0.3)


def _live(cluster: Cluster, item: Object) -> Object | None:
    """The object as it is now, None when it is gone, be there another one of its name."""
    live = cluster.get(item["kind"], item["metadata"]["name"])
    return {"kind": item["kind"], **live} if live and live["metadata"]["uid"] == item["metadata"]["uid"] else None


def _api_away(item: Object) -> str:
    """What a Namespace says when one of the cluster's APIs does not answer: then no Namespace goes, whatever it holds."""
    conditions = (item.get("status") or {}).get("conditions") or []
    away = [c for c in conditions if (c["type"], c["status"]) == ("NamespaceDeletionDiscoveryFailure", "True")]
    return str(away[0].get("message") or away[0]["type"]) if away and item["kind"] == "Namespace" else ""


def _stuck(cluster: Cluster, item: Object, waited: float) -> str:
    kind, name = item["kind"], item["metadata"]["name"]
    left = f"{kind} {name} is still there {waited:.0f} s after it was deleted"
    kubectl = f"kubectl --context {cluster.context}"
    away = _api_away(item)
    if away:
        return (
            f"{left}: one of the cluster's APIs does not answer, and until it does no namespace goes: {away}; "
            f"next step: {kubectl} get apiservices, repair or remove the one that is not available"
        )
    # A Namespace that is going explains itself by its conditions, its own finalizer says nothing.
    conditions = (item.get("status") or {}).get("conditions") or []
    holds = [c["message"] for c in conditions if c["status"] == "True" and c.get("message")]
    holds += item["metadata"].get("finalizers") or []
    why = f"; what holds it: {', '.join(holds)}" if holds else ""
    return f"{left}{why}; next step: {kubectl} --namespace {cluster.namespace} describe {kind.lower()} {name}"


def _volumes(cluster: Cluster, objects: list[Object]) -> list[Object]:
    """The PersistentVolumes that the cluster removes with their claims; none where we may not look at them."""
    names = [(item.get("spec") or {}).get("volumeName") for item in objects if item["kind"] == "PersistentVolumeClaim"]
    try:
        live = [volume for name in names if name and (volume := cluster.get("PersistentVolume", name))]
    except Forbidden:
        return []
    return [
        {**volume, "kind": "PersistentVolume"}
        for volume in live
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete"
    ]
