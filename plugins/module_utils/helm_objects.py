"""The rendered objects as Helm leaves them in a cluster, and the chart's values that make them. Pure."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import chart_objects
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import APP, HELM_NAME, HELM_NAMESPACE
from ansible_collections.todoapp.stack.plugins.module_utils.kube_plan import SECRETS_ANNOTATION
from ansible_collections.todoapp.stack.plugins.module_utils.kube_pods import WORKLOADS
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import NAME as CREDENTIALS

PULLING = "registry"
"""The Secret with which images are pulled, where todo_registry has a login."""
MANAGED_BY = f"{APP}/managed-by"

Entry = Mapping[str, Any]


def marked(entries: Sequence[Entry], name: str, noted: Collection[str]) -> list[dict[str, Any]]:
    """The objects with the marks that Helm gives to what it makes.

    Secrets are left without: we make them, so that no secret is ever among Helm's values.

    :param entries: {component, object} each, markers unresolved.
    :param name: of the Helm release and of its namespace.
    :param noted: the components whose pods take annotations from the chart's values. The others' do not carry the digest
        of their secrets, as the chart could not say it.
    """
    return [
        {**entry, "object": _marked(entry["object"], name, annotated=entry["component"] in noted)} for entry in entries
    ]


def _marked(tree: Mapping[str, Any], name: str, *, annotated: bool) -> dict[str, Any]:
    if "$value" in tree:
        return {**tree, "$value": _marked(tree["$value"], name, annotated=annotated)}
    if tree["kind"] == "Secret":
        return dict(tree)
    obj: dict[str, Any] = copy.deepcopy(chart_objects.kept(tree))
    metadata = obj["metadata"]
    metadata["labels"] = {**(metadata.get("labels") or {}), MANAGED_BY: "Helm"}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), HELM_NAME: name, HELM_NAMESPACE: name}
    if not annotated and obj["kind"] in WORKLOADS:
        obj["spec"]["template"]["metadata"].get("annotations", {}).pop(SECRETS_ANNOTATION, None)
    return obj


def is_of_chart(obj: Mapping[str, Any]) -> bool:
    """Whether Helm makes this object; what it does not make, we apply."""
    return HELM_NAME in (obj["metadata"].get("annotations") or {})


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's values so that no secret is among them: pods use the Secrets that we make.

    :param values: what chart_values.of_options returned.
    """
    found = copy.deepcopy(dict(values))
    if not found["existing_secret"]["enabled"]:
        found["existing_secret"] = {**found["existing_secret"], "enabled": True, "name": CREDENTIALS}
    found["secrets"] = dict.fromkeys(found.get("secrets", {}), "")
    login = found["registry"]
    if login["username"]:
        found["image_pull_secrets"] = [PULLING, *found["image_pull_secrets"]]
    found["registry"] = {**login, "username": "", "password": ""}
    return found


def filled(values: Mapping[str, Any], entries: Sequence[Entry]) -> dict[str, Any]:
    """The values with what only the recorded objects say: the images' digests, and the digests of the pods' secrets.

    :param values: what `without_secrets` returned.
    :param entries: the record's objects.
    """
    found = copy.deepcopy(dict(values))
    for entry in entries:
        component, obj = entry["component"], entry["object"]
        if obj["kind"] not in WORKLOADS or component not in found:
            continue
        template, ours = obj["spec"]["template"], found[component]
        digests = {c["name"]: c["image"].partition("@")[2] for c in template["spec"]["containers"]}
        if "image" in ours:
            ours["image"] = {**ours["image"], "digest": digests.get(component, "")}
        secrets = (template["metadata"].get("annotations") or {}).get(SECRETS_ANNOTATION)
        if secrets and "annotations" in ours:
            ours["annotations"] = {**ours["annotations"], SECRETS_ANNOTATION: secrets}
    return found
