"""A release as files for people who only have kubectl: `kubectl apply -f` on the folder brings it up. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import markers
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import NAMESPACE_LABELS

SHARED, SECRETS = "0-namespace.yaml", "0-secrets.yaml"
"""kubectl takes a folder's files in the order of their names: these come before 00-..., the first component's."""

_HEAD = "# Rendered by todoapp.stack; changes here are overwritten by the next render.\n"
_FILL_IN = """# FILL IN each '' below before `kubectl apply -f`; without them nothing starts. What you write here is kept by later renders.
# A value of 32 random characters: openssl rand -hex 16
"""


def files(objects: Sequence[Mapping[str, Any]], components: Sequence[str], namespace: str) -> dict[str, str]:
    """The files' names and texts, in the order in which kubectl applies them.

    :param objects: {component, object} each. What depends on the cluster is as on plain Kubernetes.
    :param components: the components' names in order.
    """
    resolved = [
        (entry["component"], obj)
        for entry in objects
        if (obj := markers.resolve(entry["object"], digest=lambda _names: "rendered", apis=())) is not markers.REMOVED
    ]
    shared = [obj for name, obj in resolved if not name and obj["kind"] != "Secret"]
    secrets = [_to_fill_in(obj) for _, obj in resolved if obj["kind"] == "Secret"]
    own_namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": namespace, "labels": dict(NAMESPACE_LABELS)},
    }
    found = {SHARED: _HEAD + _text([own_namespace, *shared])}
    if secrets:
        found[SECRETS] = _FILL_IN + _text(secrets)
    for number, component in enumerate(components):
        mine = [obj for name, obj in resolved if name == component and obj["kind"] != "Secret"]
        if mine:
            found[f"{number:02d}-{component}.yaml"] = _HEAD + _text(mine)
    return found


def stale(present: Sequence[str], rendered: Mapping[str, str]) -> list[str]:
    """Files of an earlier render that are no part of this one: kubectl would still apply them."""
    return sorted(
        name
        for name in present
        if name not in rendered and name != SECRETS and name[:2].isdigit() and name.endswith(".yaml")
    )


class _Empty(dict[str, str]):
    """Every secret's value: nothing."""

    def __missing__(self, name: str) -> str:
        return ""


def _to_fill_in(secret: Mapping[str, Any]) -> dict[str, Any]:
    """The Secret with readable, empty values."""
    data = markers.resolve(secret["data"], secrets=_Empty())
    return {
        **{key: value for key, value in secret.items() if key != "data"},
        "stringData": {key: base64.b64decode(value).decode() for key, value in data.items()},
    }


def _text(objects: Sequence[Mapping[str, Any]]) -> str:
    return "---\n".join(yaml.safe_dump(dict(obj), sort_keys=False, width=120, allow_unicode=True) for obj in objects)
