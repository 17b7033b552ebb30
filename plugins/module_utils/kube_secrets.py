"""The secrets of a deployment in a cluster: the Secret `credentials`, a key for each, and what a release replaced in it.

Values stay inside the process that writes them: what leaves it are digests and the names of what was written.
"""

from __future__ import annotations

import base64
import secrets as randomness
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import PART_OF, PART_OF_LABEL, state_labels
from ansible_collections.todoapp.stack.plugins.module_utils.kube_write import update
from ansible_collections.todoapp.stack.plugins.module_utils.markers import sha256_digest

NAME, REPLACED = "credentials", "credentials-replaced"


class KubeSecrets:
    """The Secret `credentials` of one namespace."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def live(self) -> dict[str, str]:
        """The values that the cluster holds, by name. For putting them into objects only; never to be returned or logged."""
        return _values(self.cluster.get("Secret", NAME))

    def values(self, given: Mapping[str, str | None], *, generate: bool) -> dict[str, str]:
        """Each secret's value: the given one, else what is there, else a new one when asked. Those without one are left out.

        A new value is only made, not kept: write() does that.
        """
        found = self.live()
        result = {}
        for name, value in given.items():
            chosen = value or found.get(name) or (randomness.token_urlsafe(32) if generate else None)
            if chosen:
                result[name] = chosen
        return result

    def write(self, values: Mapping[str, str]) -> list[str]:
        """Write a release's values where they differ, and keep what they replace until finish. Returns the names written.

        What an interrupted run had replaced is the older truth and is carried on.
        """
        found = self.live()
        written = sorted(name for name, value in values.items() if found.get(name) != value)
        replaced = {name: found[name] for name in written if name in found}
        if replaced:
            self._write(REPLACED, state_labels("replaced"), lambda older: {**replaced, **older})
        if written:
            self._write(NAME, {PART_OF_LABEL: PART_OF}, lambda there: {**there, **values})
        return written

    def restore(self) -> list[str]:
        """Put back what the release replaced, when going back. Returns the names."""
        kept = _values(self.cluster.get("Secret", REPLACED))
        if kept:
            self._write(NAME, {PART_OF_LABEL: PART_OF}, lambda there: {**there, **kept})
        return sorted(kept)

    def forget_replaced(self) -> None:
        """Remove what was kept for going back."""
        found = self.cluster.get("Secret", REPLACED)
        if found:
            self.cluster.delete("Secret", REPLACED, uid=found["metadata"]["uid"], propagation="Background")

    def _write(self, name: str, labels: Mapping[str, str], change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        def changed(live: dict[str, Any] | None) -> dict[str, Any]:
            values = sorted(change(_values(live)).items())
            there = (live or {}).get("metadata") or {}
            metadata: dict[str, Any] = {"name": name, "labels": {**(there.get("labels") or {}), **labels}}
            if there.get("annotations"):
                metadata["annotations"] = there["annotations"]
            data = {key: base64.b64encode(value.encode()).decode() for key, value in values}
            kind = (live or {}).get("type", "Opaque")
            return {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": metadata, "data": data}

        update(self.cluster, "Secret", name, changed)


def digests(values: Mapping[str, str]) -> dict[str, str]:
    """Each value's digest, in the form in which a pod's annotation digests its own: tells of a change and nothing else."""
    return {name: sha256_digest({name: value}) for name, value in values.items()}


def _values(secret: Mapping[str, Any] | None) -> dict[str, str]:
    values = {}
    for name, value in ((secret or {}).get("data") or {}).items():
        try:
            values[name] = base64.b64decode(value).decode()
        except ValueError:  # its text would quote the value
            raise DeployError(
                f"the Secret {(secret or {})['metadata']['name']} holds a {name} that is no text in UTF-8; "
                f"give it as todo_secrets.{name}, or remove that key from the Secret"
            ) from None
    return values
