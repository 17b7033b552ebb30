"""Helm's own record of a release, as it lies in the cluster: read without Helm, and mended where a killed run left it.

Secret sh.helm.release.v1.NAME.vREVISION    labels: name, owner, status, version; its data: the release, packed
"""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster

DEPLOYED, FAILED = "deployed", "failed"
SETTLE_SECONDS = 10.0
"""How long a Helm that outlived its run is given to end by itself; ours do not wait for anything and take a second."""
TIMEOUT_SECONDS = 300
"""Helm's own patience. Somebody else's that is younger may be at work."""


@dataclass(frozen=True)
class Revision:
    """One revision of the Helm release."""

    number: int
    status: str
    made: str
    """When, by the API server's clock."""

    @property
    def pending(self) -> bool:
        """Whether Helm is at work on it, or was killed while it was: it refuses any other work until it ends."""
        return self.status.startswith("pending-")


def revisions(cluster: Cluster) -> list[Revision]:
    """All revisions of the namespace's Helm release, oldest first."""
    found = cluster.list("Secret", f"owner=helm,name={cluster.namespace}")
    return sorted((_revision(secret) for secret in found), key=lambda revision: revision.number)


def latest(cluster: Cluster) -> Revision | None:
    """The newest revision, whatever became of it; None where there is no Helm release."""
    return next(reversed(revisions(cluster)), None)


def revision_of(release: int, journals: Mapping[int, Iterable[Mapping[str, Any]]]) -> int:
    """The newest revision that holds what a release of ours deployed; 0 where none does.

    :param journals: by release; each notes what it applied, and to which release it went back.
    """
    lines = [(number, line) for number, journal in journals.items() for line in journal if "helm_revision" in line]
    return max((int(line["helm_revision"]) for number, line in lines if line.get("to", number) == release), default=0)


def _revision(secret: Mapping[str, Any]) -> Revision:
    labels = secret["metadata"]["labels"]
    return Revision(
        int(labels["version"]),
        str(labels["status"]),
        str(secret["metadata"].get("creationTimestamp", "")),
    )


def age(cluster: Cluster, revision: Revision) -> float:
    """The seconds since the revision was begun, both ends by the API server's clock: the hosts' differ."""
    asked = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "helm-clock"}}
    now = cluster.create(asked, dry_run=True)["metadata"]["creationTimestamp"]
    return (_moment(now) - _moment(revision.made)).total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def recover(cluster: Cluster, keep_alive: Callable[[], None], seconds: float = SETTLE_SECONDS) -> str:
    """Let Helm work again where a killed run left its release pending. To be called under the lock.

    The revision is marked as failed, which is what it is: Helm keeps what it knows of it, and repairs it by the next one.

    :param seconds: how long it may still end by itself.
    :return: a sentence when that was done, else "".
    """
    start = time.monotonic()
    while (last := latest(cluster)) and last.pending:
        if time.monotonic() - start > seconds:
            _fail(cluster, last)
            return (
                f"Helm's revision {last.number} was left {last.status} by a run that was killed; it is marked as failed"
            )
        keep_alive()
        time.sleep(0.2)
    return ""


def _fail(cluster: Cluster, revision: Revision) -> None:
    name = f"sh.helm.release.v1.{cluster.namespace}.v{revision.number}"
    secret = cluster.get("Secret", name)
    if not secret or secret["metadata"]["labels"]["status"] != revision.status:
        return
    content = unpack(secret["data"]["release"])
    content["info"] |= {"status": FAILED, "description": f"was left {revision.status}"}
    metadata = {**secret["metadata"], "labels": {**secret["metadata"]["labels"], "status": FAILED}}
    # Carries its resourceVersion: a Helm that is at work after all is not written over.
    cluster.replace(
        {"apiVersion": "v1", **secret, "kind": "Secret", "metadata": metadata, "data": {"release": pack(content)}}
    )


def unpack(data: str) -> dict[str, Any]:
    """A revision as Helm stores it: JSON, packed, twice in base64 (once by Helm and once by the Secret)."""
    return json.loads(gzip.decompress(base64.b64decode(base64.b64decode(data))))


def pack(content: Mapping[str, Any]) -> str:
    """The other way round."""
    packed = gzip.compress(json.dumps(content).encode(), mtime=0)
    return base64.b64encode(base64.b64encode(packed)).decode()
