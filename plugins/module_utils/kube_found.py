"""What there is of a deployment in a cluster: what a teardown removes, what it keeps, and what is none of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import kube_namespace
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import APPLIED
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import (
    HELM,
    PART_OF,
    PART_OF_LABEL,
    STATE_LABEL,
    made_by_us,
    managed_by,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import NAME as CREDENTIALS
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

Object = dict[str, Any]
_LABELLED = f"{PART_OF_LABEL}={PART_OF}"
_OF_EVERY_NAMESPACE = {
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "openshift-service-ca.crt"),
    *(("ServiceAccount", name) for name in ("default", "builder", "deployer", "pipeline")),
}


@dataclass
class Found:
    """What there is, as live objects in the order in which they go."""

    with_data: bool
    """Whether the teardown that asks takes the data too."""
    objects: list[Object] = field(default_factory=list)
    """What serves: it goes with every teardown."""
    data: list[Object] = field(default_factory=list)
    """Data and credentials, and what the engine remembers of its releases: only with the data."""
    namespace: Object | None = None
    """The Namespace, when we made it and nobody else uses it."""
    strangers: list[Object] = field(default_factory=list)
    """What others have put into a Namespace of ours: it stays for them."""

    @property
    def going(self) -> list[Object]:
        """What the teardown removes."""
        if not self.with_data:
            return self.objects
        return [*self.objects, *self.data, *([self.namespace] if self.namespace else [])]

    @property
    def kept(self) -> list[str]:
        """What stays, a line for each kind."""
        if self.with_data:
            why = ", which no release made; remove that, and tear down again"
            return [f"kept the namespace for {line}{why}" for line in by_kind(self.strangers)]
        return [f"kept {line}" for line in by_kind(item for item in self.data if is_data(item))]


def look(cluster: Cluster, state: ClusterState, *, data: bool) -> Found:
    """Find what there is of the deployment.

    :param data: whether the data is to go too.
    """
    found = Found(data)
    namespace = kube_namespace.find(cluster)
    if not namespace:
        return found
    # One-off commands are no part of the applied set. They go first, since they use what comes next.
    found.objects += [job for job in cluster.list("Job", _LABELLED) if managed_by(job, MANAGER)]
    known = {_name(job) for job in found.objects}
    for entry in reversed(state.applied_set()):
        kind, name = entry["kind"], entry["name"]
        if kind == "Namespace" or (kind, name) in known:
            continue
        live = cluster.get(kind, name)
        if live and managed_by(live, cluster.manager):
            known.add((kind, name))
            item = {**live, "kind": kind}
            (found.data if is_data(item) else found.objects).append(item)
    # A StatefulSet makes its claims itself, and leaves them.
    more = cluster.list("PersistentVolumeClaim", _LABELLED)
    more += [{**secret, "kind": "Secret"} for secret in [cluster.get("Secret", CREDENTIALS)] if secret]
    more += [item for kind in ("Secret", "ConfigMap", "Lease") for item in cluster.list(kind, STATE_LABEL)]
    found.data += [item for item in more if _name(item) not in known]
    if data and made_by_us(namespace):
        found.strangers = strangers(cluster, found)
        found.namespace = None if found.strangers else {"kind": "Namespace", **namespace}
    return found


def strangers(cluster: Cluster, found: Found) -> list[Object]:
    """What is in the Namespace and neither ours, nor made by the cluster on its own or because of ours."""
    ours = {_name(item) for item in [*found.objects, *found.data]}
    kinds = [kind.name for kind in APPLIED if kind.namespaced] + ["Pod"]
    return [
        item
        for kind in kinds
        for item in cluster.list(kind)
        if _name(item) not in ours | _OF_EVERY_NAMESPACE
        and not _made_by_machines(item)
        and not (cluster.manager == HELM and _is_helms(item, cluster.namespace))
    ]


def _made_by_machines(item: Object) -> bool:
    metadata = item["metadata"]
    secret = item.get("type", "") if item["kind"] == "Secret" else ""
    return (
        bool(metadata.get("ownerReferences"))
        or bool(metadata.get("deletionTimestamp"))
        or secret in ("kubernetes.io/service-account-token", "kubernetes.io/dockercfg")
        or "cert-manager.io/certificate-name" in (metadata.get("annotations") or {})
    )


def _is_helms(item: Object, release: str) -> bool:
    """Whether this is where Helm keeps its record of our own release."""
    labels = item["metadata"].get("labels") or {}
    return item.get("type") == "helm.sh/release.v1" and labels.get("name") == release


def is_data(item: Object) -> bool:
    """Whether an object is kept unless the data is to go: claims, and the credentials without which they are unreadable."""
    return item["kind"] == "PersistentVolumeClaim" or _name(item) == ("Secret", CREDENTIALS)


def by_kind(objects: Iterable[Object]) -> list[str]:
    """A line for each kind: 'Deployment backend, frontend'."""
    names: dict[str, list[str]] = {}
    for item in objects:
        names.setdefault(item["kind"], []).append(item["metadata"]["name"])
    return [f"{kind} {', '.join(sorted(found))}" for kind, found in names.items()]


def _name(item: Object) -> tuple[str, str]:
    return item["kind"], item["metadata"]["name"]
