"""The Namespace of a deployment: made when it is missing, and left alone when somebody else made it."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import (
    AlreadyExists,
    Cluster,
    Conflict,
    Forbidden,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import MADE, NAMESPACE_LABELS, made_by_us
from ansible_collections.todoapp.stack.plugins.module_utils.state import now

ACCOUNT_SECONDS = 20


def find(cluster: Cluster) -> dict[str, Any] | None:
    """The live Namespace; None where there is none. One that the credentials may not look at is taken to be there."""
    try:
        return cluster.get("Namespace", cluster.namespace)
    except Forbidden:
        return {"metadata": {"name": cluster.namespace}}


def ensure(cluster: Cluster) -> bool:
    """Make the Namespace where it is missing, put our labels back on one that we made. Returns whether it was made.

    :raises DeployError: it is just being removed.
    """
    name = cluster.namespace
    while True:
        live = find(cluster)
        if live and live["metadata"].get("deletionTimestamp"):
            raise DeployError(f"the namespace {name} is being removed; wait until it is gone, then deploy again")
        try:
            if not live:
                cluster.create(_namespace(name, dict(NAMESPACE_LABELS), {MADE: now()}))
                _await_account(cluster)
                return True
            meta = live["metadata"]
            labels = {**(meta.get("labels") or {}), **NAMESPACE_LABELS}
            if made_by_us(live) and labels != meta.get("labels"):
                cluster.replace({**live, "metadata": {**meta, "labels": labels}})
        except (AlreadyExists, Conflict):
            continue
        return False


def _namespace(name: str, labels: dict[str, str], annotations: dict[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _await_account(cluster: Cluster) -> None:
    """Wait for the service account that a controller puts into a new Namespace: no pod can be made before."""
    end = time.monotonic() + ACCOUNT_SECONDS
    while not cluster.get("ServiceAccount", "default"):
        if time.monotonic() > end:
            raise DeployError(
                f"the namespace {cluster.namespace} got no service account within {ACCOUNT_SECONDS} s: "
                "does the cluster's controller manager run?"
            )
        time.sleep(0.1)
