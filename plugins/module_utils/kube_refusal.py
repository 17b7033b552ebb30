"""What the API refuses to take, explained: component, object, its reason in a sentence, and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster, Refused
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import reference

# The API's own words, each as Kubernetes 1.36 says them.
_QUOTA = re.compile(
    r"exceeded quota: (?P<quota>[^,]+), requested: (?P<asked>.+?), used: (?P<used>.+?), limited: (?P<limit>.+)"
)
_LIMITS = re.compile(r"failed quota: (?P<quota>[^:]+): must specify (?P<what>.+)")
_RANGE = re.compile(r"(?P<what>(?:maximum|minimum) \w+ usage per \w+ is .+)")
_WEBHOOK = re.compile(r'admission webhook "(?P<who>[^"]+)" denied the request: (?P<why>.+)', re.DOTALL)
_POLICY = re.compile(r"ValidatingAdmissionPolicy '(?P<who>[^']+)'.* denied request: (?P<why>.+)", re.DOTALL)
_SECURITY = re.compile(r'violates PodSecurity "(?P<level>[^:"]+)[^"]*": (?P<why>.+)', re.DOTALL)
_UNKNOWN = re.compile(r"(?P<field>\.[\w.\[\]=\"{}:,-]+): field not declared in schema")
_NO_GROWTH = re.compile(r"must support resize|only dynamically provisioned pvc can be resized")
_IMMUTABLE = re.compile(
    r"field is immutable|updates to statefulset spec for fields other than|spec is immutable|may not change once set"
    r"|field can not be less than"
)


def explained(
    error: Refused, component: str, obj: Mapping[str, Any], cluster: Cluster, live: Mapping[str, Any] | None = None
) -> DeployError:
    """The refusal as an error whose diagnosis names component and object.

    :param component: "" for what belongs to none.
    :param live: what there is of the object, where it is known: it tells which field cannot change.
    """
    diagnosis = diagnose(error, component, obj, cluster, live)
    return DeployError(f"{diagnosis.component}: {diagnosis.cause}", diagnosis.as_dict())


def diagnose(
    error: Refused, component: str, obj: Mapping[str, Any], cluster: Cluster, live: Mapping[str, Any] | None = None
) -> Diagnosis:
    """The same as a Diagnosis."""
    name, said = reference(obj), error.cause
    kubectl = f"kubectl --context {cluster.context} --namespace {cluster.namespace}"

    def about(cause: str, next_step: str) -> Diagnosis:
        return Diagnosis(component or "what all share", f"the cluster refuses {name}: {cause}", next_step)

    if _NO_GROWTH.search(said):
        return about(
            "its storage class does not let it grow",
            f"set {component}_storage_size back to what it was, or let the cluster's administrator allow it (allowVolumeExpansion)",
        )
    if _IMMUTABLE.search(said):
        return about(*_immutable(error, obj, live, kubectl))
    if found := _QUOTA.search(said):
        return about(
            f"it would exceed the quota {found['quota']}: it asks for {found['asked']}, {found['used']} is used, "
            f"{found['limit']} is allowed",
            f"let the quota be raised ({kubectl} describe quota {found['quota']}), or ask for less "
            f"({component or 'todo'}_resources, {component or 'todo'}_storage_size)",
        )
    if found := _LIMITS.search(said):
        return about(
            f"the quota {found['quota']} wants every pod to say its {found['what']}",
            f"set {component}_resources with requests and limits",
        )
    if found := _RANGE.search(said):
        return about(
            f"it is outside of the namespace's limits: {found['what']}",
            f"set {component}_resources within them ({kubectl} describe limitrange)",
        )
    for pattern, what in ((_WEBHOOK, "the admission webhook"), (_POLICY, "the admission policy")):
        if found := pattern.search(said):
            return about(
                f"{what} {found['who']} does not let it in: {found['why'].strip()}",
                "change what it names, or ask whoever runs that rule for an exception",
            )
    if found := _SECURITY.search(said):
        return about(
            f"it does not meet the Pod Security level {found['level']}: {found['why']}",
            "change what it names in the component's templates",
        )
    if found := _UNKNOWN.search(said):
        return about(
            f"it has a field that this version of Kubernetes does not know: {found['field'].lstrip('.')}",
            "is the cluster older than the templates? The precheck says its version",
        )
    return about(_fields(error) or said, "change what it names, then deploy again")


def _fields(error: Refused) -> str:
    """The fields that the API names, each with what it says of it."""
    return "; ".join(f"{found['field']}: {found['message']}" for found in error.fields if found["field"])


# What may change of a StatefulSet; everything else of its spec is as it was made.
_CHANGEABLE = {
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
}


def _immutable(error: Refused, obj: Mapping[str, Any], live: Mapping[str, Any] | None, kubectl: str) -> tuple[str, str]:
    """What cannot change, and how it can nevertheless."""
    kind, name = obj["kind"], obj["metadata"]["name"]
    named = [found["field"] for found in error.fields if found["field"]]
    if kind == "StatefulSet" and live:
        before = live.get("spec") or {}
        named = [
            f"spec.{key}" for key, value in obj["spec"].items() if key not in _CHANGEABLE and before.get(key) != value
        ]
    what = ", ".join(dict.fromkeys(named)) or "spec"
    if kind == "PersistentVolumeClaim":
        return (
            (
                f"the storage's {what} cannot change once it is there (it can grow, where its class allows it)"
                f"{_change(error.cause)}"
            ),
            (
                "set it back to what it was; to change it, back the data up and remove the claim "
                "(playbooks/teardown.yml with todo_delete_data=true removes all data)"
            ),
        )
    if kind == "StatefulSet":
        return (
            f"a StatefulSet's {what} cannot change while it is there",
            f"{kubectl} delete statefulset {name} --cascade=orphan (its pods and data stay), then deploy again",
        )
    return (
        f"its {what} cannot change while it is there",
        f"{kubectl} delete {kind.lower()} {name}, then deploy again (what it serves is gone in between)",
    )


def _change(said: str) -> str:
    """What the API shows of the change: lines of a diff."""
    lines = said.splitlines()
    before, after = ([line[1:].strip() for line in lines if line.startswith(sign)] for sign in "-+")
    return f": {', '.join(before)} -> {', '.join(after)}" if before or after else ""
