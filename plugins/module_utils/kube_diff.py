"""How two states of one Kubernetes object differ, field by field, and who owns a field.

Lists whose elements have a name (containers, variables, ports, volumes ...) are compared by it, so that one that moved
is no change, and a field's path reads `containers.backend.env.LOG_LEVEL.value`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ABSENT = object()
Path = tuple[str, ...]

# What the cluster itself keeps in an object, and what says nothing about it.
_IGNORED = {
    ("status",),
    ("apiVersion",),
    ("kind",),
    *(("metadata", key) for key in ("managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink")),
    ("metadata", "annotations", "deployment.kubernetes.io/revision"),
    ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
}  # fmt: skip

# Shown entry by entry though one side has none at all: one of them may have to be hidden.
_SMALL_MAPS = {"annotations", "labels", "data", "stringData"}

# By what an element of a list is known; the first that all of them have, each another.
_KEYS = ("name", "mountPath", "containerPort", "port", "topologyKey", "key", "ip", "type")


@dataclass(frozen=True)
class Difference:
    """A field that differs; ABSENT where one side has none."""

    path: Path
    live: Any
    wanted: Any


def differences(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Difference]:
    """The fields that differ, in the order of their paths; what the cluster itself keeps is left out.

    Both must come from the API server, since it puts its own defaults in.
    """
    return list(_walk(live, wanted, ()))


def _walk(live: Any, wanted: Any, path: Path) -> Iterator[Difference]:
    if path in _IGNORED or live == wanted:
        return
    if path[-1:] and path[-1] in _SMALL_MAPS:
        live, wanted = ({} if side is ABSENT else side for side in (live, wanted))
    before, after = _keyed(live, wanted), _keyed(wanted, live)
    if before is None or after is None:
        yield Difference(path, live, wanted)
        return
    for key in sorted({*before, *after}):
        yield from _walk(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))


def _keyed(tree: Any, other: Any) -> Mapping[str, Any] | None:
    """A map of the tree's parts, None for what has no parts that could be told apart."""
    if isinstance(tree, Mapping):
        return tree
    if not isinstance(tree, list) or not isinstance(other, list):
        return None
    key = _key([*tree, *other])
    if key and len({item[key] for item in tree}) == len(tree):
        return {str(item[key]): item for item in tree}
    if len(tree) == len(other) and all(isinstance(item, (Mapping, list)) for item in [*tree, *other]):
        return {str(index): item for index, item in enumerate(tree)}
    return None


def _key(items: Sequence[Any]) -> str | None:
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    return next((key for key in _KEYS if all(isinstance(item.get(key), (str, int)) for item in items)), None)


def find(tree: Any, path: Path) -> Any:
    """What an object has at a path; ABSENT for nothing."""
    for step in path:
        if isinstance(tree, list):
            key = _key(tree)
            known = {str(item[key]): item for item in tree} if key else {}
            tree = known.get(step, tree[int(step)] if step.isdigit() and int(step) < len(tree) else ABSENT)
        elif isinstance(tree, Mapping):
            tree = tree.get(step, ABSENT)
        else:
            return ABSENT
    return tree


def owners(live: Mapping[str, Any], path: Path) -> list[str]:
    """The field managers of a live object's field, the last one to have written first."""
    entries = live["metadata"].get("managedFields") or []
    found = [
        (str(entry.get("time", "")), str(entry.get("manager", "")))
        for entry in entries
        if _owns(entry.get("fieldsV1") or {}, path)
    ]
    return list(dict.fromkeys(manager for _, manager in sorted(found, reverse=True)))


def _owns(fields: Mapping[str, Any], path: Path) -> bool:
    """Whether managedFields' tree holds the path, or ends above it (then what is below belongs to it as well)."""
    if not fields:
        return False
    for step in path:
        if not [key for key in fields if key != "."]:
            return True
        inner = next((fields[key] for key in fields if _names(key, step)), None)
        if inner is None:
            return False
        fields = inner
    return True


def _names(key: str, step: str) -> bool:
    """Whether a key of managedFields (f:NAME, k:{JSON}, v:VALUE) means a step of ours."""
    kind, _, text = key.partition(":")
    if kind == "f":
        return text == step
    if kind != "k":
        return False
    try:
        return step in {str(value) for value in json.loads(text).values()}
    except (ValueError, AttributeError):
        return False


def shown(path: Path) -> str:
    """A path as an operator reads it: where pods are meant, without the way to them."""
    for prefix, short in (
        (("spec", "template", "spec"), ()),
        (("spec", "template", "metadata"), ("pods",)),
        (("spec",), ()),
        (("metadata",), ()),
    ):
        if path[: len(prefix)] == prefix and len(path) > len(prefix):
            return ".".join((*short, *path[len(prefix) :]))
    return ".".join(path)
