"""Filters that tell what this clone builds: thin fronts on module_utils/images.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.todoapp.stack.plugins.module_utils import images
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

SERVICES = Path(__file__).resolve().parents[2] / "services"


def build_plan(
    components: Iterable[Mapping[str, Any]], base: str, only: Sequence[str] = (), registry: str = ""
) -> list[dict[str, Any]]:
    """The images of these components that this clone builds; see images.build_plan."""
    try:
        return images.build_plan(components, SERVICES, base, only, registry)
    except DeployError as error:
        raise AnsibleFilterError(str(error)) from error


def context_files(context: str) -> list[str]:
    """The paths, below the context, of the files that a build of it would see."""
    return [path for path, _ in images.context_files(Path(context))]


class FilterModule:
    """Named after what they return."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "build_plan": build_plan,
            "context_files": context_files,
            "push_plan": images.push_plan,
            "with_digests": images.with_digests,
        }
