"""The lock of a deployment in a cluster: the Lease `deploy-lock`.

A Lease that was given back stays, without a holder: to give back is then a write that fails when somebody else has taken
it meanwhile, which a deletion would not be.
"""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster, KubeError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import state_labels
from ansible_collections.todoapp.stack.plugins.module_utils.kube_write import update
from ansible_collections.todoapp.stack.plugins.module_utils.state import LOCK_SECONDS, Locked, alive, now, same

NAME = "deploy-lock"
HOLDER, WHO, WHY, SINCE = (f"todoapp.stack/{word}" for word in ("holder", "who", "why", "since"))
RENEW_SECONDS = LOCK_SECONDS / 8
"""A gate asks several times a second; that often nobody needs to write."""


class KubeLock:
    """The lock of one namespace."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._renewed: float | None = None

    def holder(self) -> dict[str, Any] | None:
        """Who holds the lock ({who, why, since, host, pid}), None when it is free or has ended."""
        lease = self.cluster.get("Lease", NAME)
        content = _content(lease)
        return content if lease and content and self._holds(lease, content) else None

    def take(self, identity: Mapping[str, Any], why: str) -> str:
        """Take the lock for `identity` (see state.holder).

        Returns a sentence about a lock that was taken over, '' when it was free or ours. Raises Locked, naming the holder.
        """
        said = ""

        def taken(lease: dict[str, Any] | None) -> dict[str, Any]:
            nonlocal said
            before = _content(lease)
            if before and same(before, identity):
                return _lease(before, lease, renewal=True)
            if lease and before and self._holds(lease, before):
                raise Locked(
                    f"another run has the lock: {_where(before)} (process {before['pid']}), {before['why']}, "
                    f"since {before['since']}; wait for it to end"
                )
            said = (
                "took over the lock of a run that ended without giving it back: "
                f"{_where(before)} ({before['why']}, since {before['since']})"
                if before
                else ""
            )
            return _lease({**identity, "who": getpass.getuser(), "why": why, "since": now()}, lease)

        update(self.cluster, "Lease", NAME, taken)
        self._renewed = time.monotonic()
        return said

    def renew(self, identity: Mapping[str, Any]) -> None:
        """Push the lock's end further, unless that was done a moment ago. Raises Locked when it is not ours any more."""
        past = None if self._renewed is None else time.monotonic() - self._renewed
        if past is not None and past < RENEW_SECONDS:
            return

        def renewed(lease: dict[str, Any] | None) -> dict[str, Any]:
            content = _content(lease)
            if content is None or not same(content, identity):
                to = f" to {_where(content)} ({content['why']}, since {content['since']})" if content else ""
                raise Locked(f"this run has lost its lock{to}; it was stopped for too long: deploy again")
            return _lease(content, lease, renewal=True)

        try:
            update(self.cluster, "Lease", NAME, renewed)
        except KubeError:
            if past is None or past > LOCK_SECONDS / 2:
                raise
            return  # the API does not answer for a moment; the lock holds for long enough
        self._renewed = time.monotonic()

    def give_back(self, identity: Mapping[str, Any]) -> None:
        """Give the lock back, if it is ours."""

        def free(lease: dict[str, Any] | None) -> dict[str, Any] | None:
            return _lease(None, lease) if same(_content(lease) or {}, identity) else None

        update(self.cluster, "Lease", NAME, free)
        self._renewed = None

    def _holds(self, lease: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
        """Whether the holder still has it: its process lives as far as this host can tell, and its time is not over."""
        return alive(content) and self._age(lease) <= (lease["spec"].get("leaseDurationSeconds") or LOCK_SECONDS)

    def _age(self, lease: Mapping[str, Any]) -> float:
        """The seconds since the Lease was last written, both ends by the API server's clock.

        Hosts' clocks differ: one that is minutes ahead would take every live lock.
        """
        # A dry run stores nothing, and answers with the moment at which it would have.
        asked = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{NAME}-clock"}}
        clock = self.cluster.apply(asked, dry_run=True)["metadata"]["creationTimestamp"]
        meta = lease["metadata"]
        written = max((e["time"] for e in meta.get("managedFields") or [] if "time" in e), default="")
        return (_moment(clock) - _moment(written or meta["creationTimestamp"])).total_seconds()


def _lease(
    content: Mapping[str, Any] | None, before: Mapping[str, Any] | None, *, renewal: bool = False
) -> dict[str, Any]:
    """The Lease that names a holder from now on, a free one without."""
    spec = (before or {}).get("spec") or {}
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    turns = spec.get("leaseTransitions") or 0
    lease: dict[str, Any] = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": NAME, "labels": state_labels("lock")},
        "spec": {"leaseDurationSeconds": LOCK_SECONDS, "renewTime": moment, "leaseTransitions": turns},
    }
    if content:
        lease["metadata"]["annotations"] = {
            HOLDER: json.dumps({key: content[key] for key in ("host", "pid", "started")}),
            WHO: content["who"],
            WHY: content["why"],
            SINCE: content["since"],
        }
        lease["spec"] |= {
            "holderIdentity": f"{content['who']}@{content['host'].partition('/')[0]}, process {content['pid']}",
            "acquireTime": spec.get("acquireTime", moment) if renewal else moment,
            "leaseTransitions": turns + (not renewal),
        }
    return lease


def _content(lease: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Who a Lease names, None when it is free."""
    spec = (lease or {}).get("spec") or {}
    if not lease or not spec.get("holderIdentity"):
        return None
    notes = lease["metadata"].get("annotations") or {}
    try:
        process = json.loads(notes.get(HOLDER, ""))
    except ValueError:
        process = None
    if not isinstance(process, dict) or not {"host", "pid", "started"} <= process.keys():
        process = {"host": spec["holderIdentity"], "pid": 0, "started": ""}  # not ours: it has its full time
    return {
        **process,
        "who": notes.get(WHO, "somebody"),
        "why": notes.get(WHY, "unknown"),
        "since": notes.get(SINCE) or spec.get("acquireTime", "unknown"),
    }


def _where(content: Mapping[str, Any]) -> str:
    return f"{content['who']} on {content['host'].partition('/')[0]}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
