"""Bring a recorded release's objects to a cluster: in order, by server-side apply, and take away what left it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import kube_refusal, kube_resolve
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster, Conflict, Refused
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diff import owners
from ansible_collections.todoapp.stack.plugins.module_utils.kube_found import is_data
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import reference
from ansible_collections.todoapp.stack.plugins.module_utils.kube_plan import may_prune, scaled_by_others
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import NAME as CREDENTIALS
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

HANDOVER = "todoapp.stack-handover"
"""Owns `replicas` from the moment we give them up until an autoscaler has set them: nobody's, they would fall back to 1."""
OBSERVED_SECONDS = 10
SUPPORT = ("NetworkPolicy", "ServiceAccount", "Secret", "ConfigMap")
_REPLICAS = ("spec", "replicas")

Entry = Mapping[str, Any]


@dataclass
class Release:
    """What is applied: the record's objects in their order, and the secrets' values."""

    objects: list[Entry]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def scaled(self) -> dict[str, Mapping[str, Any]]:
        """The workloads that an autoscaler scales, with it."""
        return scaled_by_others(entry["object"] for entry in self.objects)


def remember(state: ClusterState, release: Release) -> None:
    """Write the applied set that holds all of before and all that comes: to be called before anything is applied."""
    before = state.applied_set()
    known = {(entry["kind"], entry["name"]) for entry in before}
    new = [_entry(entry) for entry in release.objects]
    added = [entry for entry in new if (entry["kind"], entry["name"]) not in known]
    if added:
        state.write_applied_set([*before, *added])


def _entry(entry: Entry) -> dict[str, str]:
    obj = entry["object"]
    return {"kind": obj["kind"], "name": obj["metadata"]["name"], "component": entry["component"]}


def apply(cluster: Cluster, release: Release, components: Collection[str], keep_alive: Callable[[], None]) -> list[str]:
    """Apply the objects of these components ("" for what belongs to none); return what changed, as Kind/name.

    :param keep_alive: called before each object; renews the lock.
    :raises DeployError: with a diagnosis that names component and object, where the API refuses.
    """
    changed = []
    for entry in release.objects:
        if entry["component"] not in components or is_credentials(entry["object"]):
            continue
        keep_alive()
        try:
            changed += _apply(cluster, release, entry["object"])
        except Refused as error:
            obj = entry["object"]
            live = cluster.get(obj["kind"], obj["metadata"]["name"])
            raise kube_refusal.explained(error, entry["component"], obj, cluster, live) from error
    return changed


def apply_support(cluster: Cluster, release: Release, component: str, keep_alive: Callable[[], None]) -> list[str]:
    """Apply what a component's one-off commands need before it is applied itself: rights, configuration, no workload."""
    support = [e for e in release.objects if e["component"] == component and e["object"]["kind"] in SUPPORT]
    return apply(cluster, Release(support, release.secrets), [component], keep_alive)


def is_credentials(obj: Mapping[str, Any]) -> bool:
    """Whether this is the Secret that `begin` has written already, with what it replaced kept for going back."""
    return obj["kind"] == "Secret" and obj["metadata"]["name"] == CREDENTIALS


def _apply(cluster: Cluster, release: Release, obj: Mapping[str, Any]) -> list[str]:
    name = reference(obj)
    workload = obj["kind"] in ("Deployment", "StatefulSet")
    live = cluster.get(obj["kind"], obj["metadata"]["name"]) if workload else None
    if workload:
        prepare_replicas(cluster, release, obj, live)
    now = cluster.apply(kube_resolve.fill(obj, release.secrets))
    if workload:
        settle(cluster, release, obj, live, now)
    return [name]


def settle(
    cluster: Cluster,
    release: Release,
    obj: Mapping[str, Any],
    live: Mapping[str, Any] | None,
    now: Mapping[str, Any],
) -> None:
    """What follows when a workload has been applied: give `replicas` to whom they belong, replace pods that are stuck.

    :param live: the workload as it was before, None where there was none.
    :param now: as it is.
    """
    autoscaler = release.scaled.get(reference(obj))
    if autoscaler and not live:
        # Else it begins with one replica, and waits for the autoscaler's next look.
        _own_replicas(cluster, obj, autoscaler["spec"].get("minReplicas") or 1)
    if HANDOVER in owners(now, _REPLICAS) and "replicas" in obj["spec"]:
        let_go(cluster, obj, HANDOVER)
    if obj["kind"] == "StatefulSet" and live and _generation(now) != _generation(live):
        replace_stuck_pods(cluster, obj["metadata"]["name"])


def prepare_replicas(
    cluster: Cluster, release: Release, obj: Mapping[str, Any], live: Mapping[str, Any] | None
) -> None:
    """Hand `replicas` over to an autoscaler, or take them back, so that the number of pods never jumps."""
    if not live:
        return
    if reference(obj) in release.scaled:
        if cluster.manager in owners(live, _REPLICAS):
            _own_replicas(cluster, obj, live["spec"]["replicas"])
    elif "replicas" in obj["spec"]:
        # An autoscaler that is wanted no more would undo what we set, until it is pruned.
        for autoscaler in cluster.list("HorizontalPodAutoscaler"):
            target = autoscaler["spec"]["scaleTargetRef"]
            if f"{target['kind']}/{target['name']}" == reference(obj) and may_prune(
                autoscaler, delete_data=False, manager=cluster.manager
            ):
                _delete(cluster, autoscaler)


def _own_replicas(cluster: Cluster, obj: Mapping[str, Any], replicas: int) -> None:
    cluster.apply({**_bare(obj), "spec": {"replicas": replicas}}, manager=HANDOVER)


def let_go(cluster: Cluster, obj: Mapping[str, Any], manager: str) -> None:
    """From here on a field manager owns nothing of the object; what nobody owns then goes."""
    cluster.apply(_bare(obj), manager=manager)


def _bare(obj: Mapping[str, Any]) -> dict[str, Any]:
    return {key: obj[key] for key in ("apiVersion", "kind")} | {"metadata": {"name": obj["metadata"]["name"]}}


def _generation(obj: Mapping[str, Any]) -> int:
    return int(obj["metadata"].get("generation") or 0)


def replace_stuck_pods(cluster: Cluster, name: str) -> list[str]:
    """Delete the pods of a StatefulSet that are of an older revision and not ready; return their names.

    Its controller waits for a broken pod to become ready before it updates it, which it never will.
    """
    end = time.monotonic() + OBSERVED_SECONDS
    while True:
        live = cluster.get("StatefulSet", name) or {}
        status = live.get("status") or {}
        # Before the controller has seen the new revision it would make the old pod again.
        if not live or (status.get("observedGeneration") or 0) >= _generation(live):
            break
        if time.monotonic() > end:
            return []  # the gate says what is wrong
        time.sleep(0.1)
    stuck = [pod for pod in cluster.list("Pod", _selector(live)) if _is_stuck(pod, live)] if live else []
    for pod in stuck:
        _delete(cluster, pod)
    return [pod["metadata"]["name"] for pod in stuck]


def _selector(workload: Mapping[str, Any]) -> str:
    labels = workload["spec"]["selector"].get("matchLabels") or {}
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def _is_stuck(pod: Mapping[str, Any], stateful_set: Mapping[str, Any]) -> bool:
    owned = any(o["uid"] == stateful_set["metadata"]["uid"] for o in pod["metadata"].get("ownerReferences") or [])
    revision = (pod["metadata"].get("labels") or {}).get("controller-revision-hash")
    conditions = (pod.get("status") or {}).get("conditions") or []
    ready = any((c["type"], c["status"]) == ("Ready", "True") for c in conditions)
    going = pod["metadata"].get("deletionTimestamp")
    return owned and not ready and not going and revision != stateful_set["status"].get("updateRevision")


def _delete(cluster: Cluster, live: Mapping[str, Any]) -> bool:
    """Delete this very object; False where another has taken its name meanwhile, or it is gone."""
    try:
        # In the background: else an autoscaler, say, stays at work until the garbage collector has seen to it.
        return cluster.delete(
            live["kind"], live["metadata"]["name"], uid=live["metadata"]["uid"], propagation="Background"
        )
    except Conflict:
        return False


def prune(
    cluster: Cluster,
    state: ClusterState,
    release: Release,
    keep_alive: Callable[[], None],
    *,
    names: Iterable[str] | None = None,
    delete_data: bool = False,
) -> list[str]:
    """Remove what the applied set names and the release does not hold; return what went, as Kind/name.

    :param names: only these; None for all.
    :param delete_data: whether claims and credentials go too. What is kept of them stays in the applied set.
    """
    wanted = {(entry["object"]["kind"], entry["object"]["metadata"]["name"]) for entry in release.objects}
    chosen = None if names is None else set(names)
    kept, gone = [], []
    for entry in reversed(state.applied_set()):
        kind, name = entry["kind"], entry["name"]
        if (kind, name) in wanted or (chosen is not None and f"{kind}/{name}" not in chosen):
            kept.append(entry)
            continue
        keep_alive()
        live = cluster.get(kind, name)
        if not live:
            continue
        live = {"kind": kind, **live}
        if not may_prune(live, delete_data=delete_data, manager=cluster.manager):
            if is_data(live):
                kept.append(entry)
            continue
        if _delete(cluster, live):
            gone.append(f"{kind}/{name}")
    state.write_applied_set(reversed(kept))
    return gone
