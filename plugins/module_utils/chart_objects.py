"""The chart's templates: one file for each object of the release, named as people expect, and those of `helm test`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import chart, release, templates
from ansible_collections.todoapp.stack.plugins.module_utils.description import Component
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import Symbol

KEEP = "helm.sh/resource-policy"
_SHORT = {"PersistentVolumeClaim": "pvc", "HorizontalPodAutoscaler": "hpa", "PodDisruptionBudget": "pdb"}
_TESTS = ("test-egress", "test-ingress", "test-pod")


def objects(
    directory: Path, components: list[Component], variables: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """(component, object) of all of the release, markers unresolved; the component is "" for those of the release.

    :param directory: the component role's templates.
    :param variables: option values, or symbols when a chart is made.
    """
    found = [("", tree) for tree in release.release_objects(directory, components, variables)]
    for component in components:
        found += [
            (component.name, tree) for tree in release.kubernetes_objects(directory, component, components, variables)
        ]
    return found + [("", tree) for tree in release.last_objects(directory, variables)]


def files(trees: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """The template of each object by its file's name: the object's kind and its component."""
    found: dict[str, str] = {}
    for component, tree in trees:
        body = _body(tree)
        kind = _SHORT.get(body["kind"], body["kind"].lower())
        name = f"{kind}-{component or body['metadata']['name']}.yaml"
        if name in found:
            raise DeployError(f"{component}: two objects of the kind {body['kind']} would be the chart's {name}")
        found[name] = chart.emit(tree)
    return {name: text for name, text in found.items() if text}


def kept(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The object; Helm leaves it when it uninstalls, where it is data or what data cannot be read without."""
    body = _body(tree)
    is_data = body["kind"] == "PersistentVolumeClaim"
    is_key = (body["kind"], body["metadata"]["name"]) == ("Secret", "credentials")
    return _annotated(tree) if is_data or is_key else dict(tree)


def test_files(directory: Path, components: list[Component], variables: Mapping[str, Any]) -> dict[str, str]:
    """The templates of what `helm test` makes: for each front door a pod that asks for its page."""
    trees = []
    for component in components:
        context = {
            "namespace": Symbol(("Release", "Namespace"), "str"),
            "user": templates.USER,
            "labels": {**templates.labels(component), "app.kubernetes.io/name": f"{component.name}-test"},
            "delete_policy": "before-hook-creation,hook-succeeded",
            "release": {name[5:]: value for name, value in variables.items() if name.startswith("todo_")},
        }
        for name in _TESTS if component.ingress_path else ():
            trees.append(("", templates.render(directory, f"chart/{name}.yaml.j2", component, context)))
    return files(trees)


def _body(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object itself, without the conditions that it stands under."""
    while "$value" in tree:
        tree = tree["$value"]
    return tree


def _annotated(tree: Mapping[str, Any]) -> dict[str, Any]:
    if "$value" in tree:
        return {**tree, "$value": _annotated(tree["$value"])}
    metadata = tree["metadata"]
    return {**tree, "metadata": {**metadata, "annotations": {KEEP: "keep", **metadata.get("annotations", {})}}}
