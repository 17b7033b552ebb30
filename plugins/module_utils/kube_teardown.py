"""Take a deployment out of a cluster, and wait until it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster, Conflict, Forbidden
from ansible_collections.todoapp.stack.plugins.module_utils.kube_found import Object, look
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

WAIT_SECONDS = 300
AWAY_SECONDS = 60
"""How long an API that does not answer may keep the Namespace."""


def remove(cluster: Cluster, state: ClusterState, *, data: bool, keep_alive: Callable[[], None]) -> list[Object]:
    """Remove the deployment and wait until it is gone; return the objects that went. To be called under the lock.

    :param data: whether data, credentials and records go too, and the Namespace if it is ours alone.
    :param keep_alive: called while waiting.
    :raises DeployError: something does not go, with what holds it.
    """
    found = look(cluster, state, data=data)
    # First, or the next plan would take what we remove for removed by hand.
    state.forget_current()
    _delete(cluster, found.objects, keep_alive)
    if not data:
        kept = {(item["kind"], item["metadata"]["name"]) for item in found.data}
        state.write_applied_set(e for e in state.applied_set() if (e["kind"], e["name"]) in kept)
        return found.going
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
    return found.going


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
