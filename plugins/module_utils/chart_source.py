"""Read what the chart is made from: the collection's version, the components' titles, the inventories' options."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import release
from ansible_collections.todoapp.stack.plugins.module_utils.chart_package import Source


def of(collection: Path, roles: list[release.Role], shared: Mapping[str, Any], load: release.Load) -> Source:
    """What a chart of these components is made from.

    :param collection: the collection's folder.
    :param shared: the specs of the options that belong to no component.
    """
    return Source(
        directory=collection / "roles/component/templates",
        roles=roles,
        shared=shared,
        titles={role.name: _title(role, load) for role in roles},
        version=_version(collection, load),
        environments=_environments(collection / "inventories"),
    )


def _title(role: release.Role, load: release.Load) -> str:
    file = role.path / "meta/argument_specs.yml"
    return str(load(file)["argument_specs"]["main"]["short_description"]) if file.is_file() else role.name


def _version(collection: Path, load: release.Load) -> str:
    """The collection's version: from a clone's galaxy.yml, or from what an installed collection has instead."""
    clone = collection / "galaxy.yml"
    if clone.is_file():
        return str(load(clone)["version"])
    installed = json.loads((collection / "MANIFEST.json").read_text())
    return str(installed["collection_info"]["version"])


def _environments(inventories: Path) -> dict[str, dict[str, Any]]:
    """By name, the options of the inventories whose target is a cluster, without those that only Ansible can evaluate."""
    found = {}
    for file in sorted(inventories.glob("*/group_vars/todo.yml")):
        given = yaml.load(file.read_text(), Loader=_Loader) or {}  # noqa: S506 - a safe loader
        if given.get("todo_target", "compose") != "compose":
            known = {key: kept for key, value in given.items() if (kept := _known(value)) is not None}
            found[file.parent.parent.name] = known
    return found


def _known(value: Any) -> Any:
    """The value without the texts in it that are expressions or encrypted; None when nothing is left."""
    if isinstance(value, Mapping):
        return {key: kept for key, inner in value.items() if (kept := _known(inner)) is not None} or (value and None)
    if isinstance(value, list):
        return None if any(_known(item) is None for item in value) else value
    return None if isinstance(value, _Encrypted) or (isinstance(value, str) and "{{" in value) else value


class _Encrypted:
    """What stands under a tag, such as !vault."""


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: _Encrypted())
