"""The kinds of Kubernetes objects that we deal with: a closed table. What is not in it is refused, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, did_you_mean


@dataclass(frozen=True)
class Kind:
    """Where objects of a kind live in the API."""

    name: str
    api_version: str
    plural: str
    namespaced: bool = True
    order: int = 0
    """The place in which it is applied among others, 0 for what a release never holds. Prune goes the other way."""

    @property
    def group(self) -> str:
        """The API group, '' for the core."""
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str, name: str = "", part: str = "") -> str:
        """The URL's path: of the collection, of one object, or of a part of it such as `log`."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        place = f"/namespaces/{namespace}" if self.namespaced else ""
        return "".join([root, place, f"/{self.plural}", f"/{name}" if name else "", f"/{part}" if part else ""])


# What others refer to comes first: a pod that starts before its ConfigMap waits for it in vain for a while.
_TABLE = (
    Kind("Namespace", "v1", "namespaces", namespaced=False, order=1),
    Kind("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies", order=2),
    Kind("ServiceAccount", "v1", "serviceaccounts", order=3),
    Kind("Secret", "v1", "secrets", order=4),
    Kind("ConfigMap", "v1", "configmaps", order=5),
    Kind("PersistentVolumeClaim", "v1", "persistentvolumeclaims", order=6),
    Kind("Service", "v1", "services", order=7),
    Kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", order=8),
    Kind("StatefulSet", "apps/v1", "statefulsets", order=9),
    Kind("Deployment", "apps/v1", "deployments", order=10),
    Kind("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers", order=11),
    Kind("Ingress", "networking.k8s.io/v1", "ingresses", order=12),
    Kind("Route", "route.openshift.io/v1", "routes", order=13),
    Kind("Job", "batch/v1", "jobs", order=14),
    # Looked at, or kept for ourselves; never part of a release.
    Kind("Pod", "v1", "pods"),
    Kind("Event", "v1", "events"),
    Kind("Node", "v1", "nodes", namespaced=False),
    Kind("PersistentVolume", "v1", "persistentvolumes", namespaced=False),
    Kind("ResourceQuota", "v1", "resourcequotas"),
    Kind("LimitRange", "v1", "limitranges"),
    Kind("ReplicaSet", "apps/v1", "replicasets"),
    Kind("ControllerRevision", "apps/v1", "controllerrevisions"),
    Kind("StorageClass", "storage.k8s.io/v1", "storageclasses", namespaced=False),
    Kind("IngressClass", "networking.k8s.io/v1", "ingressclasses", namespaced=False),
    Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices"),
    Kind("Lease", "coordination.k8s.io/v1", "leases"),
    Kind("PodMetrics", "metrics.k8s.io/v1beta1", "pods"),
    Kind("NodeMetrics", "metrics.k8s.io/v1beta1", "nodes", namespaced=False),
    Kind("SelfSubjectAccessReview", "authorization.k8s.io/v1", "selfsubjectaccessreviews", namespaced=False),
    Kind("SelfSubjectRulesReview", "authorization.k8s.io/v1", "selfsubjectrulesreviews", namespaced=False),
)
KINDS = {kind.name: kind for kind in _TABLE}
APPLIED = tuple(kind for kind in _TABLE if kind.order)
"""The kinds that a release may hold, in the order in which they are applied."""


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises DeployError with the nearest one."""
    if name not in KINDS:
        raise DeployError(f"{name} is no kind that the engine knows{did_you_mean(name, KINDS)}")
    return KINDS[name]


def kind_of_object(obj: Mapping[str, Any]) -> Kind:
    """The kind of an object that is to be applied.

    :raises DeployError: when it has no name or kind, its kind is unknown or no part of a release, or its API version
        is another than ours.
    """
    name = (obj.get("metadata") or {}).get("name")
    if not obj.get("kind") or not name:
        raise DeployError(f"an object without {'a name' if obj.get('kind') else 'a kind'}: {str(dict(obj))[:200]}")
    kind = kind_of(str(obj["kind"]))
    if obj.get("apiVersion") != kind.api_version:
        raise DeployError(f"{kind.name}/{name} has apiVersion {obj.get('apiVersion')!r}; it needs {kind.api_version}")
    if not kind.order:
        raise DeployError(f"{kind.name}/{name}: a release does not hold objects of this kind")
    return kind


def reference(obj: Mapping[str, Any]) -> str:
    """How an object is called in plans and sentences: Kind/name."""
    return f"{obj['kind']}/{obj['metadata']['name']}"
