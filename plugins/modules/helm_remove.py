#!/usr/bin/python
"""Remove a deployment that Helm made from a cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_remove
short_description: Remove a deployment that Helm made
description:
  - Uninstalls the Helm release, removes what else the applied set says that releases made, and waits until it is gone.
  - Claims, credentials, records and the Namespace stay, so that the next deploy finds its data readable.
  - With O(delete_data=true) they go too; the Namespace only if a deploy made it and nobody else has put anything there.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: "The deployment's namespace, and the Helm release's name.", type: str, required: true}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  delete_data: {description: Whether data and credentials go too., type: bool, default: false}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.helm_remove:
    context: prod
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
from ansible_collections.todoapp.stack.plugins.module_utils import helm_release, kube_found, kube_teardown, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.helm_tool import Helm
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import HELM
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import holder

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
    "delete_data": {"type": "bool", "default": False},
}


def act(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Remove, under the lock; see DOCUMENTATION."""
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], HELM)
    state = ClusterState(cluster)
    data = params["delete_data"]
    found = kube_found.look(cluster, state, data=data)
    last = helm_release.latest(cluster)
    # Before anything goes, so that all of it is told.
    going, kept, taken_over = found.going, found.kept, ""
    if (going or last) and not check_mode:
        identity = holder(params["holder_host"], params["holder_pid"])
        helm = Helm.of(params, lambda: state.renew(identity))
        taken_over = state.lock(identity, "teardown")
        try:
            # First, or the next plan would take what Helm removes for removed by hand.
            state.forget_current()
            helm.uninstall()
            left = kube_teardown.remove(cluster, state, data=data, keep_alive=lambda: state.renew(identity))
            known = {_name(item) for item in going}
            going = [*going, *(item for item in left if _name(item) not in known)]
        finally:
            state.unlock(identity)
    did = "would remove" if check_mode else "removed"
    said = [f"{did} {line}" for line in kube_found.by_kind(going)]
    said += [f"{did} the Helm release {cluster.namespace}, revision {last.number}"] if last else []
    return {
        "changed": bool(going or last),
        "removed": [" ".join(_name(item)) for item in going],
        "said": [*filter(None, [taken_over]), *(said or ["nothing to remove"]), *kept],
    }


def _name(item: dict[str, Any]) -> tuple[str, str]:
    return item["kind"], item["metadata"]["name"]


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "teardown", lambda: act(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
