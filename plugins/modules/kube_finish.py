#!/usr/bin/python
"""Finish a release on a cluster: outcome, unlock."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_finish
short_description: Finish a release on a cluster
description: Notes the outcome, makes a success the release that serves, forgets old records, and gives the lock back.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  release: {description: The release that finishes., type: int, required: true}
  outcome: {description: How it ended., type: str, choices: [succeeded, failed, rolled back], required: true}
  keep: {description: How many records are kept., type: int, default: 20}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_finish:
    context: staging
    namespace: todo-app
    holder_pid: 4711
    holder_host: laptop
    release: 7
    outcome: succeeded
"""

RETURN = r"""
said: {description: What was done., type: str, returned: success}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import module_run
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import Locked, holder

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
    "release": {"type": "int", "required": True},
    "outcome": {"type": "str", "choices": ["succeeded", "failed", "rolled back"], "required": True},
    "keep": {"type": "int", "default": 20},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Finish; see DOCUMENTATION."""
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"])
    state = ClusterState(cluster)
    identity = holder(params["holder_host"], params["holder_pid"])
    number, outcome = params["release"], params["outcome"]
    try:
        state.renew(identity)
    except Locked:
        if outcome == "succeeded":
            raise
        # What serves, and what is kept for going back, is the other run's business by now.
        state.note(number, "outcome", outcome)
        return {"changed": True, "said": f"release {number} {outcome}; this run had lost its lock by then"}
    state.finish(number, outcome, params["keep"])
    state.unlock(identity)
    return {"changed": True, "said": f"release {number} {outcome}"}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, "release", lambda: act(module.params))


if __name__ == "__main__":
    main()
