#!/usr/bin/python
"""Apply a recorded release by one Helm upgrade, or go back to the one before."""

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_apply
short_description: Apply a recorded release by one Helm upgrade
description:
  - Applies what the chart does not hold, hands replicas over where an autoscaler takes them, and upgrades or installs by Helm.
  - Helm is not told to wait; M(todoapp.stack.kube_gate) waits, and says what is wrong.
  - A Helm release that a killed run left pending is mended first.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: "The deployment's namespace, and the Helm release's name.", type: str, required: true}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  release: {description: The release that is applied., type: int, required: true}
  history: {description: How many revisions Helm keeps., type: int, default: 40}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.helm_apply:
    context: prod
    namespace: todo-app
    holder_pid: 4711
    holder_host: laptop
    release: 3
"""

RETURN = r"""
revision: {description: Helm's revision., type: int, returned: success}
seconds: {description: How long it took., type: float, returned: success}
said: {description: What was done., type: list, returned: success}
"""

import base64
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import helm_objects, helm_release, helm_upgrade, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.helm_tool import Helm
from ansible_collections.todoapp.stack.plugins.module_utils.kube_apply import Release, remember
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
    "release": {"type": "int", "required": True},
    "history": {"type": "int", "default": 40},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Upgrade; see DOCUMENTATION."""
    start = time.monotonic()
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], HELM)
    state = ClusterState(cluster)
    identity = holder(params["holder_host"], params["holder_pid"])

    def keep_alive() -> None:
        state.renew(identity)

    helm = Helm.of(params, keep_alive)
    number = params["release"]
    keep_alive()
    state.note(number, "apply", "started")
    recovered = helm_release.recover(cluster, keep_alive)
    record = state.record(number)
    release = Release(record["objects"], state.secrets.live())
    remember(state, release)
    values = helm_objects.filled(record["helm"]["values"], record["objects"])
    chart = base64.b64decode(record["helm"]["archive"])
    revision = helm_upgrade.upgrade(
        cluster, release, keep_alive, lambda: helm.upgrade(chart, values, number, params["history"])
    )
    state.note(number, "apply", "done", helm_revision=revision)
    return {
        "changed": True,
        "revision": revision,
        "seconds": round(time.monotonic() - start, 2),
        "said": [*filter(None, [recovered]), f"Helm's revision {revision} applied"],
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, "helm", lambda: act(module.params))


if __name__ == "__main__":
    main()
