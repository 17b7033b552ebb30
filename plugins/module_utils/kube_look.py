"""Look at a cluster once: all that precheck and plan need to know, asked for at the same time. Changes nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import kube_needs, kube_refusal, kube_resolve, markers
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import (
    MANAGER,
    Cluster,
    Forbidden,
    KubeError,
    Missing,
    Refused,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import kind_of_object, reference
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import HELM_NAME, PART_OF_LABEL, managed_by
from ansible_collections.todoapp.stack.plugins.module_utils.kube_plan import Seen
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import NAME as CREDENTIALS
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

Object = dict[str, Any]


def unless_forbidden(work: Callable[[], Any], otherwise: Any) -> Any:
    """What `work` returns; `otherwise` where the credentials may not look."""
    try:
        return work()
    except Forbidden:
        return otherwise


def facts(cluster: Cluster, state: ClusterState, existing_secret: str) -> dict[str, Any]:
    """What is true of the cluster and the namespace, whatever is deployed, by name.

    :param existing_secret: a Secret of the user's; "" for none.
    """
    questions: dict[str, Callable[[], Any]] = {
        "version": cluster.version,
        "apis": cluster.apis,
        "namespace": lambda: unless_forbidden(lambda: cluster.get("Namespace", cluster.namespace), {"metadata": {}}),
        "storage_classes": lambda: unless_forbidden(
            lambda: kube_needs.storage_classes(cluster.list("StorageClass")), None
        ),
        "ingress_classes": lambda: unless_forbidden(
            lambda: [item["metadata"]["name"] for item in cluster.list("IngressClass")], None
        ),
        "quotas": lambda: unless_forbidden(lambda: cluster.list("ResourceQuota"), []),
        "rules": cluster.rules,
        "secrets": lambda: unless_forbidden(state.secrets.live, {}),
        "claims": lambda: unless_forbidden(
            lambda: [item["metadata"]["name"] for item in cluster.list("PersistentVolumeClaim")], []
        ),
        "existing_secret": lambda: (
            unless_forbidden(lambda: cluster.get("Secret", existing_secret), None) if existing_secret else None
        ),
        "current": lambda: unless_forbidden(lambda: _record(state), None),
        "interrupted": lambda: unless_forbidden(state.interrupted, None),
        "applied_set": lambda: unless_forbidden(state.applied_set, []),
        "lock": lambda: unless_forbidden(state.lock_holder, None),
    }
    return dict(zip(questions, cluster.together(lambda ask: ask(), questions.values()), strict=True))


def _record(state: ClusterState) -> dict[str, Any] | None:
    number = state.current()
    return state.record(number) if number else None


def denied(cluster: Cluster, kinds: Collection[str], rules: tuple[list[Object], bool], *, namespace: bool) -> list[str]:
    """What the credentials would need and have not: 'patch, delete deployments' each.

    :param rules: what Cluster.rules returned.
    :param namespace: whether the Namespace is there.
    """
    missing = kube_needs.denied(kube_needs.needs(kinds), rules[0])
    if not namespace:
        missing.append(("create", "Namespace", ""))
    # The rules are RBAC's alone; whether another authoriser allows it, only a direct question tells.
    allowed = cluster.together(lambda need: cluster.allowed(*need), missing)
    return kube_needs.in_words(need for need, may in zip(missing, allowed, strict=True) if not may)


def objects(
    cluster: Cluster, entries: Sequence[Mapping[str, Any]], secrets: Mapping[str, str], *, exists: bool
) -> tuple[list[Seen], dict[str, Diagnosis]]:
    """Each wanted object with what is live of it and what applying would make of it, and why it would be refused, by Kind/name.

    :param entries: {component, object} each, resolved but for the secrets' placeholders.
    :param secrets: every secret's value.
    :param exists: whether the Namespace is there; before, there is nothing to look at.
    """
    for entry in entries:
        kind_of_object(entry["object"])
    if not exists:
        return [Seen(entry["component"], hidden(entry["object"], secrets)) for entry in entries], {}
    results = cluster.together(lambda entry: _look(cluster, entry["component"], entry["object"], secrets), entries)
    return [seen for seen, _ in results], {reference(seen.wanted): why for seen, why in results if why}


def _look(
    cluster: Cluster, component: str, obj: Mapping[str, Any], secrets: Mapping[str, str]
) -> tuple[Seen, Diagnosis | None]:
    try:
        live = cluster.get(obj["kind"], obj["metadata"]["name"])
    except Forbidden:
        return Seen(component, hidden(obj, secrets)), None  # `denied` tells
    seen = Seen(component, hidden(obj, secrets), hidden(live, {}) if live else None)
    if (obj["kind"], obj["metadata"]["name"]) == ("Secret", CREDENTIALS):
        # `begin` writes it, and leaves the keys that it does not know.
        if seen.live:
            seen.dry = {**seen.live, "data": {**(seen.live.get("data") or {}), **(seen.wanted.get("data") or {})}}
        return seen, None
    try:
        dry = cluster.apply(kube_resolve.fill(obj, secrets), dry_run=True)
    except Refused as error:
        return seen, kube_refusal.diagnose(error, component, obj, cluster, live)
    except Missing as error:
        return seen, Diagnosis(component or "what all share", error.cause, error.next_step)
    except Forbidden:
        return seen, None
    seen.dry = hidden(dry, {})
    return seen, None


def hidden(obj: Mapping[str, Any], secrets: Mapping[str, str]) -> Object:
    """The object as it may leave this process: the data of a Secret as digests, everything else as it is."""
    if obj["kind"] != "Secret":
        return dict(obj)
    filled = {**obj, "data": {**(obj.get("data") or {})}}
    data = {key: value if isinstance(value, str) else _filled(value, secrets) for key, value in filled["data"].items()}
    return {**filled, "data": {key: _digest(value) for key, value in data.items()}}


def _filled(marker: Any, secrets: Mapping[str, str]) -> str:
    try:
        return str(markers.resolve(marker, secrets=secrets))
    except KeyError:
        return base64.b64encode(b"").decode()


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest() if value else "to be made"


def leftovers(cluster: Cluster, applied_set: Sequence[Mapping[str, str]], wanted: Collection[str]) -> list[Object]:
    """The live objects {component, object} that the applied set names and that are wanted no more."""
    entries = [entry for entry in applied_set if f"{entry['kind']}/{entry['name']}" not in wanted]
    live = cluster.together(lambda e: unless_forbidden(lambda: cluster.get(e["kind"], e["name"]), None), entries)
    return [
        {"component": entry.get("component", ""), "object": hidden({"kind": entry["kind"], **obj}, {})}
        for entry, obj in zip(entries, live, strict=True)
        if obj
    ]


def foreign(seen: Sequence[Seen], applied_set: Sequence[Mapping[str, str]], manager: str = MANAGER) -> list[str]:
    """Objects that we would make and that are there already, made by somebody else: Kind/name each.

    Ours is what our field manager owns, what the applied set names, and what carries our labels: whoever began with the
    rendered files goes on from there. What is another Helm release's is never ours.
    """
    known = {f"{entry['kind']}/{entry['name']}" for entry in applied_set}
    return [
        reference(item.wanted)
        for item in seen
        if item.live is not None
        and reference(item.wanted) not in known
        and not (
            _helm_release(item.live) in ("", _helm_release(item.wanted))
            and (managed_by(item.live, manager) or _part_of(item.live) == _part_of(item.wanted))
        )
    ]


def _part_of(obj: Mapping[str, Any]) -> str:
    return str((obj["metadata"].get("labels") or {}).get(PART_OF_LABEL, ""))


def _helm_release(obj: Mapping[str, Any]) -> str:
    return str((obj["metadata"].get("annotations") or {}).get(HELM_NAME, ""))


def openshift(cluster: Cluster) -> bool:
    """Whether it is an OpenShift; one that does not let us look is none."""
    try:
        return cluster.openshift()
    except KubeError as error:
        if error.code:
            return False
        raise
