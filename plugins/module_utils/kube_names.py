"""How our objects in a cluster are called and marked: the labels and annotations that the engine itself reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

APP = "app.kubernetes.io"
PART_OF_LABEL = f"{APP}/part-of"
PART_OF = "todo-app"
STATE_LABEL = "todoapp.stack/state"
"""On what the engine keeps for itself (record, journal, lock ...); its value says which. Render and prune pass them by."""

HELM = "helm"
"""Helm's field manager: it applies as what its binary is called."""
HELM_NAME, HELM_NAMESPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"
"""The annotations by which Helm knows what is its own."""

MADE = "todoapp.stack/made"
"""The annotation of a Namespace that we made: only such a one do we ever delete."""

NAMESPACE_LABELS = {
    PART_OF_LABEL: PART_OF,
    "pod-security.kubernetes.io/enforce": "restricted",
}


def state_labels(what: str) -> dict[str, str]:
    """The labels of an object that the engine keeps for itself."""
    return {PART_OF_LABEL: PART_OF, STATE_LABEL: what}


def made_by_us(namespace: Mapping[str, Any] | None) -> bool:
    """Whether a Namespace (as the API has it) was made by a deploy."""
    return bool(namespace) and MADE in ((namespace or {}).get("metadata", {}).get("annotations") or {})


def managed_by(obj: Mapping[str, Any], manager: str) -> bool:
    """Whether a field manager still owns something of a live object."""
    return any(entry.get("manager") == manager for entry in obj["metadata"].get("managedFields") or [])
