#!/usr/bin/python
"""Remove a deployment from a cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_remove
short_description: Remove a deployment from a cluster
description:
  - Removes what the applied set says that releases made, as far as it is still ours, and waits until it is gone.
  - Claims, credentials, records and the Namespace stay, so that the next deploy finds its data readable.
  - With O(delete_data=true) they go too; the Namespace only if a deploy made it and nobody else has put anything there.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  manager: {description: The field manager that what is ours belongs to., type: str, default: todoapp.stack}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  delete_data: {description: Whether data and credentials go too., type: bool, default: false}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_remove:
    context: staging
    namespace: todo-app
    holder_pid: 4711
    holder_host: laptop
"""

RETURN = r"""
removed: {description: What was, or in check mode would be, removed., type: list, returned: success}
said: {description: The same for a reader, and what was kept., type: list, returned: success}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import kube_found, kube_teardown, module_run
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
    "delete_data": {"type": "bool", "default": False},
}


def act(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Remove, under the lock; see DOCUMENTATION."""
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], params["manager"])
    state = ClusterState(cluster)
    data = params["delete_data"]
    found = kube_found.look(cluster, state, data=data)
    going, taken_over = found.going, ""
    if going and not check_mode:
        identity = holder(params["holder_host"], params["holder_pid"])
        taken_over = state.lock(identity, "teardown")
        try:
            going = kube_teardown.remove(cluster, state, data=data, keep_alive=lambda: state.renew(identity))
        finally:
            state.unlock(identity)
    did = "would remove" if check_mode else "removed"
    said = [f"{did} {line}" for line in kube_found.by_kind(going)] or ["nothing to remove"]
    removed = [f"{item['kind']} {item['metadata']['name']}" for item in going]
    return {
        "changed": bool(going),
        "removed": removed,
        "said": [*filter(None, [taken_over]), *said, *found.kept],
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "teardown", lambda: act(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
