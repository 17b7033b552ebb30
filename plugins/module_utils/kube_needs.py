"""What a release needs of a cluster besides room for its objects: permissions, storage, quota. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import kind_of, reference

Object = Mapping[str, Any]
Need = tuple[str, str, str]
"""(verb, kind, part): part is "" or a subresource."""

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_APPLIED = ("get", "create", "patch", "delete")
# What the engine does besides applying: records, lock, secrets; gates, one-off commands and explanations.
_ALWAYS: dict[tuple[str, str], tuple[str, ...]] = {
    ("ConfigMap", ""): ("get", "list", "create", "update", "patch", "delete"),
    ("Secret", ""): ("get", "create", "update"),
    ("Lease", ""): ("get", "create", "update"),
    ("Job", ""): ("get", "list", "create", "delete"),
    ("Pod", ""): ("get", "list", "delete"),
    ("Pod", "log"): ("get",),
    ("Event", ""): ("list",),
    # The gate and health find a component's workload, its revisions and what it mounts by label.
    **{(kind, ""): ("list",) for kind in ("Deployment", "StatefulSet", "ReplicaSet")},
    **{(kind, ""): ("list",) for kind in ("PersistentVolumeClaim", "HorizontalPodAutoscaler")},
}


def needs(kinds: Iterable[str]) -> list[Need]:
    """What must be allowed to deploy objects of these kinds."""
    found = {(verb, kind, part): None for (kind, part), verbs in _ALWAYS.items() for verb in verbs}
    found |= {(verb, kind, ""): None for kind in kinds for verb in _APPLIED}
    return list(found)


def denied(wanted: Iterable[Need], rules: Iterable[Mapping[str, Any]]) -> list[Need]:
    """Those needs that no RBAC rule allows."""
    rules = [rule for rule in rules if not rule.get("resourceNames")]
    return [need for need in wanted if not any(_allows(rule, need) for rule in rules)]


def _allows(rule: Mapping[str, Any], need: Need) -> bool:
    verb, name, part = need
    kind = kind_of(name)
    resource = f"{kind.plural}/{part}" if part else kind.plural
    return all(
        "*" in given or value in given
        for given, value in (
            (rule.get("verbs") or [], verb),
            (rule.get("apiGroups") or [], kind.group),
            (rule.get("resources") or [], resource),
        )
    )


def in_words(needs_: Iterable[Need]) -> list[str]:
    """Needs by resource: 'patch, delete deployments'."""
    by_resource: dict[str, list[str]] = {}
    for verb, name, part in needs_:
        plural = kind_of(name).plural
        by_resource.setdefault(f"{plural}/{part}" if part else plural, []).append(verb)
    return [f"{', '.join(verbs)} {resource}" for resource, verbs in by_resource.items()]


def storage_classes(classes: Iterable[Object]) -> dict[str, bool]:
    """The storage classes' names, and whether each is the default."""
    return {
        item["metadata"]["name"]: (item["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
        for item in classes
    }


# Quota

_UNITS: dict[str, int | Fraction] = {
    "": 1,
    "m": Fraction(1, 1000),
    **{letter: 1000**power for power, letter in enumerate("kMGT", 1)},
    **{f"{letter}i": 1024**power for power, letter in enumerate("KMGT", 1)},
}
_COUNTED = {
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Service": "services",
    "Secret": "secrets",
    "ConfigMap": "configmaps",
}


def amount(quantity: Any) -> Fraction:
    """A Kubernetes quantity (250m, 1Gi, 2) as a number; 0 for what is none."""
    if isinstance(quantity, Fraction):
        return quantity
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)", str(quantity))
    return Fraction(match[1]) * _UNITS[match[2]] if match and match[2] in _UNITS else Fraction(0)


def usage(objects: Iterable[Object]) -> dict[str, Fraction]:
    """What objects would take of a quota, by its resources' names."""
    objects = list(objects)
    least = {
        f"{obj['spec']['scaleTargetRef']['kind']}/{obj['spec']['scaleTargetRef']['name']}": obj["spec"].get(
            "minReplicas", 1
        )
        for obj in objects
        if obj["kind"] == "HorizontalPodAutoscaler"
    }
    total: dict[str, Fraction] = {}

    def add(name: str, value: Any) -> None:
        total[name] = total.get(name, Fraction(0)) + amount(value)

    for obj in objects:
        if obj["kind"] in _COUNTED:
            add(_COUNTED[obj["kind"]], 1)
        if obj["kind"] == "PersistentVolumeClaim":
            add("requests.storage", obj["spec"]["resources"]["requests"]["storage"])
        if obj["kind"] in ("Deployment", "StatefulSet"):
            replicas = obj["spec"].get("replicas", least.get(reference(obj), 1))
            add("pods", replicas)
            for name, value in _of_pod(obj["spec"]["template"]["spec"]).items():
                add(name, value * replicas)
    for name in ("cpu", "memory"):
        if f"requests.{name}" in total:
            total[name] = total[f"requests.{name}"]
    return total


def _of_pod(spec: Mapping[str, Any]) -> dict[str, Fraction]:
    """A pod's requests and limits: of its containers together, or of its largest init container."""
    found: dict[str, Fraction] = {}
    for kind in ("requests", "limits"):
        for name in ("cpu", "memory"):
            parts = [
                [amount(((c.get("resources") or {}).get(kind) or {}).get(name, 0)) for c in spec.get(key) or []]
                for key in ("containers", "initContainers")
            ]
            found[f"{kind}.{name}"] = max(sum(parts[0], Fraction(0)), max(parts[1], default=Fraction(0)))
    return found


def exceeded(quotas: Iterable[Object], wanted: Iterable[Object], live: Iterable[Object]) -> list[dict[str, str]]:
    """The quotas that the wanted objects would exceed: {quota, resource, needed, free}.

    :param live: those of the wanted objects that are there already; what they take, they take no second time.
    """
    before, after = usage(live), usage(wanted)
    found = []
    for quota in quotas:
        if quota["spec"].get("scopes") or quota["spec"].get("scopeSelector"):
            continue  # for some pods only; admission tells
        used = (quota.get("status") or {}).get("used") or {}
        for resource, hard in (quota["spec"].get("hard") or {}).items():
            if resource not in after:
                continue
            others = max(amount(used.get(resource, 0)) - before.get(resource, Fraction(0)), Fraction(0))
            if others + after[resource] > amount(hard):
                found.append(
                    {
                        "quota": quota["metadata"]["name"],
                        "resource": resource,
                        "needed": _text(after[resource], resource),
                        "free": _text(max(amount(hard) - others, Fraction(0)), resource),
                    }
                )
    return found


def _text(value: Fraction, resource: str) -> str:
    if resource.endswith(("memory", "storage")):
        return f"{float(value / 2**20):g}Mi"
    return f"{float(value):g}"
