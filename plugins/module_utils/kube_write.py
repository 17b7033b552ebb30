"""Write an object as a function of what it is, also while others write it: optimistic concurrency, in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import AlreadyExists, Cluster, Conflict, Missing

Change = Callable[[dict[str, Any] | None], dict[str, Any] | None]


def update(cluster: Cluster, kind: str, name: str, change: Change) -> None:
    """Create or replace an object with what `change` makes of the live one, again where somebody was faster.

    :param change: gets the live object, None where there is none; returns the whole new one, None to leave it as it is.
        What it raises ends the attempt.
    :raises Missing: the namespace does not exist.
    """
    while True:
        live = cluster.get(kind, name)
        new = change(live)
        if new is None:
            return
        try:
            if live:
                # Names the very state that `change` saw: the API refuses to replace any other.
                seen = {key: live["metadata"][key] for key in ("uid", "resourceVersion")}
                cluster.replace({**new, "metadata": {**new["metadata"], **seen}})
            else:
                cluster.create(new)
        except (AlreadyExists, Conflict):
            continue
        except Missing:
            if not live:
                raise
            continue  # it was removed in between
        return
