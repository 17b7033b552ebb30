"""What the engine remembers in a cluster: releases with record and journal, which one serves, and the applied set.

    ConfigMap release-000007            the record, compressed, immutable
    ConfigMap release-000007-journal    its journal, a line for each step; goes with the record
    ConfigMap release-current           the number of the release that serves
    ConfigMap release-applied           the applied set
    Lease deploy-lock                   see kube_lock.py
    Secret credentials                  see kube_secrets.py

The meanings are those of state.py. Every change is one write to the API, so that a killed run leaves the old or the new.
"""

from __future__ import annotations

import base64
import contextlib
import getpass
import gzip
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import AlreadyExists, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_lock import KubeLock
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import STATE_LABEL, state_labels
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import KubeSecrets
from ansible_collections.todoapp.stack.plugins.module_utils.kube_write import update
from ansible_collections.todoapp.stack.plugins.module_utils.state import now

RECORD_BYTES = 1_000_000
"""A ConfigMap holds 1 MiB, its names and labels included."""
JOURNAL_BYTES = 256_000
LINE_BYTES = 16_000

CURRENT, APPLIED = "release-current", "release-applied"
_RECORD = re.compile(r"release-(\d{6,})")


class ClusterState:
    """One deployment's state, in its namespace."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.secrets = KubeSecrets(cluster)
        self._lock = KubeLock(cluster)

    # Releases

    def releases(self) -> list[int]:
        """The numbers of all recorded releases, oldest first."""
        found = self.cluster.list("ConfigMap", f"{STATE_LABEL}=record")
        return sorted(int(match[1]) for item in found if (match := _RECORD.fullmatch(item["metadata"]["name"])))

    def current(self) -> int | None:
        """The number of the release that serves, None before the first."""
        return self._kept(CURRENT, "release")

    def record(self, number: int) -> dict[str, Any]:
        """A release's record. Raises DeployError when it cannot be read."""
        name = _name(number)
        found = self.cluster.get("ConfigMap", name)
        if not found:
            raise DeployError(f"read the record of release {number}: there is no ConfigMap {name}")
        try:
            return json.loads(gzip.decompress(base64.b64decode(found["binaryData"]["record.json.gz"])))
        except (KeyError, TypeError, OSError, EOFError, ValueError) as error:
            raise DeployError(f"read the record of release {number}: ConfigMap {name}: {error!r}") from error

    def begin(self, record: Mapping[str, Any]) -> int:
        """Write a new release's record before anything changes, and return its number.

        Raises DeployError when it does not fit, or when another run has written a release of this number meanwhile.
        """
        number = max(self.releases(), default=0) + 1
        full = {"number": number, "who": getpass.getuser(), "when": now(), **record}
        packed = gzip.compress(json.dumps(full).encode(), mtime=0)
        if len(packed) > RECORD_BYTES:
            raise DeployError(
                f"the record of release {number} takes {len(packed) / 1e6:.1f} MB compressed, and a ConfigMap holds "
                f"{RECORD_BYTES / 1e6:.0f} MB: keep large files out of the descriptions (put them into the image)"
            )
        content = {"immutable": True, "binaryData": {"record.json.gz": base64.b64encode(packed).decode()}}
        try:
            self.cluster.create(_config_map(_name(number), "record", **content))
        except AlreadyExists as error:
            raise DeployError(
                f"another run has begun release {number} just now; deploy again when it has ended"
            ) from error
        self.note(number, "record", "written", **({"why": record["why"]} if "why" in record else {}))
        return number

    def note(self, number: int, step: str, outcome: str, **more: Any) -> None:
        """Append one line to a release's journal; the oldest lines go when it becomes too long."""
        line = json.dumps({"time": now(), "step": step, "outcome": outcome, **more})
        if len(line) > LINE_BYTES:
            line = json.dumps({"time": now(), "step": step, "outcome": outcome, "cut": f"{len(line)} bytes"})

        name = f"{_name(number)}-journal"

        def longer(live: dict[str, Any] | None) -> dict[str, Any]:
            lines = [*_data(live).get("journal", "").splitlines(), line]
            while sum(len(text) + 1 for text in lines) > JOURNAL_BYTES:
                del lines[1]  # the first says when it began
            new = _config_map(name, "journal", data={"journal": "\n".join(lines) + "\n"})
            owners = live["metadata"].get("ownerReferences") if live else self._owned_by(number)
            new["metadata"] |= {"ownerReferences": owners} if owners else {}
            return new

        update(self.cluster, "ConfigMap", name, longer)

    def _owned_by(self, number: int) -> list[dict[str, Any]]:
        """The references by which the cluster removes an object with a release's record."""
        record = self.cluster.get("ConfigMap", _name(number))
        if not record:
            return []
        return [{"apiVersion": "v1", "kind": "ConfigMap", "name": _name(number), "uid": record["metadata"]["uid"]}]

    def journal(self, number: int) -> list[dict[str, Any]]:
        """A release's journal, oldest first."""
        found = self.cluster.get("ConfigMap", f"{_name(number)}-journal")
        lines = []
        for line in _data(found).get("journal", "").splitlines():
            with contextlib.suppress(ValueError):  # edited by hand
                lines.append(json.loads(line))
        return lines

    def finish(self, number: int, outcome: str, keep: int) -> None:
        """Note the outcome; a success becomes the current release; the oldest records beyond `keep` go, never the one that serves."""
        if outcome == "succeeded":
            self._write(CURRENT, "current", lambda _: {"release": str(number)})
        self.secrets.forget_replaced()
        self.note(number, "outcome", outcome)
        serving = self.current()
        for old in self.releases()[:-keep]:
            if old not in (serving, number):
                # The journal is the record's dependent: the cluster removes it.
                self.cluster.delete("ConfigMap", _name(old), propagation="Background")

    def forget_current(self) -> None:
        """From now on no release serves: a teardown begins."""
        self.cluster.delete("ConfigMap", CURRENT, propagation="Background")

    def interrupted(self) -> dict[str, Any] | None:
        """The newest release when its run ended without an outcome: {number, step, time}, else None."""
        numbers = self.releases()
        if not numbers:
            return None
        journal = self.journal(numbers[-1])
        if journal and journal[-1]["step"] == "outcome":
            return None
        last = journal[-1] if journal else {"step": "record", "time": ""}
        return {"number": numbers[-1], "step": last["step"], "time": last["time"]}

    # The applied set

    def applied_set(self) -> list[dict[str, Any]]:
        """What releases made here, in the order in which it was applied: [{kind, name, ...}]."""
        return self._kept(APPLIED, "objects") or []

    def write_applied_set(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Replace the applied set. To be called before applying, with the union of old and new."""
        text = json.dumps(list(entries))
        self._write(APPLIED, "applied", lambda _: {"objects": text})

    # The lock

    def lock_holder(self) -> dict[str, Any] | None:
        """Who holds the lock ({who, why, since, host, pid}), None when it is free or has ended."""
        return self._lock.holder()

    def lock(self, identity: Mapping[str, Any], why: str) -> str:
        """Take the lock; a sentence when it was taken over, else ''. Raises Locked, naming the holder."""
        return self._lock.take(identity, why)

    def renew(self, identity: Mapping[str, Any]) -> None:
        """Push the lock's end further; to be called in each step and while waiting. Raises Locked when it was lost."""
        self._lock.renew(identity)

    def unlock(self, identity: Mapping[str, Any]) -> None:
        """Give the lock back, if it is ours."""
        self._lock.give_back(identity)

    def _kept(self, name: str, key: str) -> Any:
        """What a ConfigMap of ours says, None where there is none. Raises DeployError when it cannot be read."""
        found = self.cluster.get("ConfigMap", name)
        if not found:
            return None
        try:
            return json.loads(found["data"][key])
        except (KeyError, TypeError, ValueError) as error:
            raise DeployError(f"read the ConfigMap {name}: its {key} was changed by hand: {error!r}") from error

    def _write(self, name: str, what: str, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """Write a ConfigMap's data as a function of what it holds."""
        update(self.cluster, "ConfigMap", name, lambda live: _config_map(name, what, data=change(_data(live))))


def _name(number: int) -> str:
    return f"release-{number:06d}"


def _config_map(name: str, what: str, **content: Any) -> dict[str, Any]:
    metadata = {"name": name, "labels": state_labels(what)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **content}


def _data(config_map: Mapping[str, Any] | None) -> dict[str, str]:
    return (config_map or {}).get("data") or {}
