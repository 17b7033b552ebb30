"""Name the images of Kubernetes objects by digest, so that what was planned is what runs, on every node and for ever."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import registry
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis


@dataclass(frozen=True)
class Pinned:
    """Objects whose images are named by digest, and what the registry said: reference -> digest, None if it lacks it."""

    objects: list[dict[str, Any]]
    digests: dict[str, str | None]

    def missing(self) -> list[Diagnosis]:
        """A diagnosis for each component whose image the registry lacks."""
        found: dict[str, Diagnosis] = {}
        for entry in self.objects:
            for container in _containers(entry["object"]):
                name = container["image"]
                if name in self.digests and not self.digests[name]:
                    cause = f"its image {name} is not in the registry"
                    component = entry["component"]
                    found[component] = Diagnosis(component, cause, "ansible-playbook playbooks/build.yml")
        return list(found.values())


def pin(objects: Sequence[Mapping[str, Any]], option: Mapping[str, Any]) -> Pinned:
    """Put digests in the place of the tags of all images that lie in the registry.

    :param objects: {component, object} each, markers of images resolved. They are not changed.
    :param option: todo_registry. Without a host nothing is asked and nothing changes; images of other registries, which
        a user named himself, and those that have a digest stay as they are.
    :raises registry.RegistryError: the registry refuses or does not answer.
    """
    host = option.get("host") or ""
    pinned = [{**entry, "object": copy.deepcopy(entry["object"])} for entry in objects]
    containers = [container for entry in pinned for container in _containers(entry["object"])]
    wanted = {
        c["image"] for c in containers if host and "@" not in c["image"] and registry.split(c["image"])[0] == host
    }
    digests = registry.digests(wanted, option)
    for container in containers:
        if digest := digests.get(container["image"]):
            container["image"] = f"{container['image'].rpartition(':')[0]}@{digest}"
    return Pinned(pinned, digests)


def _containers(tree: Any) -> Iterator[dict[str, Any]]:
    """Every container of an object, wherever its pod template stands."""
    if isinstance(tree, Mapping):
        for key, inner in tree.items():
            if key in ("containers", "initContainers"):
                yield from (container for container in _maps(inner) if isinstance(container.get("image"), str))
            else:
                yield from _containers(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _containers(inner)


def _maps(items: Any) -> Iterable[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
