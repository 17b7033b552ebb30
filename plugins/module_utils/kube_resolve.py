"""Put into rendered objects what only the cluster knows: the APIs that it serves, and the digests of the secrets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import markers
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError


def resolve(
    objects: Iterable[Mapping[str, Any]], secrets: Mapping[str, str], apis: Collection[str]
) -> list[dict[str, Any]]:
    """The objects as they are recorded and compared: secrets only as digests and as the placeholders that `fill` fills.

    :param objects: {component, object} each, as release.manifest_objects returns them.
    :param secrets: every secret's value.
    :param apis: the group/versions that the cluster serves.
    :raises DeployError: a digest covers a secret that has no value.
    """

    def digest(parts: Mapping[str, Any]) -> str:
        for name in parts.values():
            if name not in secrets:
                raise DeployError(f"the secret {name} has no value: give it as todo_secrets.{name}")
        return markers.sha256_digest({key: secrets[name] for key, name in parts.items()})

    resolved = [
        {"component": entry["component"], "object": markers.resolve(entry["object"], digest=digest, apis=apis)}
        for entry in objects
    ]
    return [entry for entry in resolved if entry["object"] is not markers.REMOVED]


def fill(obj: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """The object with the secrets' values in the place of its placeholders: for applying, and for nothing else."""
    try:
        return markers.resolve(obj, secrets=secrets)
    except KeyError as error:
        name = error.args[0]
        raise DeployError(f"the secret {name} has no value: give it as todo_secrets.{name}") from None
