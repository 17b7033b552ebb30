#!/usr/bin/python
"""Apply components of a recorded release on a cluster, and remove what left it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_apply
short_description: Apply components of a recorded release
description:
  - Applies the objects of the named components from the release's record, without waiting for readiness.
  - The applied set is written first, so that whatever happens, what was made can be removed again.
  - With another O(journal) than O(release) it goes back; secrets are restored, and what O(journal) alone had is removed.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  manager: {description: The field manager that what is ours belongs to., type: str, default: todoapp.stack}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  release: {description: The release whose objects are applied., type: int, required: true}
  journal: {description: The release whose journal notes it; 0 means the same., type: int, default: 0}
  components: {description: "The components; an empty name stands for what belongs to none.", type: list, elements: str, default: []}
  remove: {description: "Objects of the applied set that left the description, as Kind/name.", type: list, elements: str, default: []}
  delete_data: {description: Whether claims among them are removed too., type: bool, default: false}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_apply:
    context: staging
    namespace: todo-app
    holder_pid: 4711
    holder_host: laptop
    release: 3
    components: ["", postgres]
"""

RETURN = r"""
applied: {description: "What was applied, as Kind/name.", type: list, returned: success}
removed: {description: "What was removed, as Kind/name.", type: list, returned: success}
seconds: {description: How long it took., type: float, returned: success}
"""

import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import kube_apply, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import holder

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "manager": {"type": "str", "default": MANAGER},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
    "release": {"type": "int", "required": True},
    "journal": {"type": "int", "default": 0},
    "components": {"type": "list", "elements": "str", "default": []},
    "remove": {"type": "list", "elements": "str", "default": []},
    "delete_data": {"type": "bool", "default": False},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Apply and remove; see DOCUMENTATION."""
    start = time.monotonic()
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], params["manager"])
    state = ClusterState(cluster)
    identity = holder(params["holder_host"], params["holder_pid"])
    number, back = params["journal"] or params["release"], params["journal"] not in (0, params["release"])
    components, remove = params["components"], params["remove"]

    def keep_alive() -> None:
        state.renew(identity)

    keep_alive()
    state.note(number, "apply", "started", components=components, remove=remove, release=params["release"])
    if back:
        state.secrets.restore()
    release = kube_apply.Release(state.record(params["release"])["objects"], state.secrets.live())
    kube_apply.remember(state, release)
    applied = kube_apply.apply(cluster, release, components, keep_alive)
    removed = []
    if remove or back:
        removed = kube_apply.prune(
            cluster,
            state,
            release,
            keep_alive,
            names=None if back else remove,
            delete_data=params["delete_data"] and not back,
        )
    state.note(number, "apply", "done", applied=applied, removed=removed)
    return {
        "changed": bool(applied or removed),
        "applied": applied,
        "removed": removed,
        "seconds": round(time.monotonic() - start, 2),
        "said": _said(params["release"], components, removed, back=back),
    }


def _said(release: int, components: list[str], removed: list[str], *, back: bool) -> list[str]:
    gone = [f"removed {', '.join(removed)}"] if removed else []
    if back:
        return [f"going back to release {release}", *gone]
    names = [name or "what all share" for name in components]
    return [*([f"applied {', '.join(names)}"] if names else []), *gone]


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, "apply", lambda: act(module.params))


if __name__ == "__main__":
    main()
