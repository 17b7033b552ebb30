#!/usr/bin/python
"""Wait until components on a cluster are ready, or say why one will not be."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_gate
short_description: Wait until components on a cluster are ready
description:
  - Waits for every object of the components as the record has them, in the sense of kstatus.
  - Fails at once on what cannot heal, with the cause, the pod and container, the last log lines, events and the next step.
  - Give all components that were applied together in O(components), so that one that cannot start is found out while
    another still takes its time.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  release: {description: The release whose record says what is to be ready., type: int, required: true}
  journal: {description: The release whose journal notes it; 0 means the same., type: int, default: 0}
  component: {description: One component to wait for., type: str, default: ""}
  components: {description: "More components to wait for: name and start_seconds each.", type: list, elements: dict, default: []}
  seconds: {description: "How long each may take; 0 means its start_seconds, or 60.", type: float, default: 0}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_gate:
    context: staging
    namespace: todo-app
    release: 3
    components: [{name: backend, start_seconds: 60}, {name: frontend, start_seconds: 60}]
    holder_pid: 4711
    holder_host: laptop
"""

RETURN = r"""
seconds: {description: How long it took., type: float, returned: success}
said: {description: What is ready., type: list, returned: success}
"""

import contextlib
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import kube_evidence, kube_gate, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import kubectl
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import holder

DEFAULT_SECONDS = 60.0
SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "release": {"type": "int", "required": True},
    "journal": {"type": "int", "default": 0},
    "component": {"type": "str", "default": ""},
    "components": {"type": "list", "elements": "dict", "default": []},
    "seconds": {"type": "float", "default": 0},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Wait; see DOCUMENTATION."""
    start = time.monotonic()
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"])
    state = ClusterState(cluster)
    identity = holder(params["holder_host"], params["holder_pid"])
    number = params["journal"] or params["release"]
    asked = {entry["name"]: float(entry.get("start_seconds") or DEFAULT_SECONDS) for entry in params["components"]}
    if params["component"]:
        asked.setdefault(params["component"], DEFAULT_SECONDS)
    seconds = {name: params["seconds"] or own for name, own in asked.items()}
    wave = kube_gate.members(state.record(params["release"]), list(asked), seconds)
    tool = kubectl(params["kubeconfig"], params["context"], params["namespace"])
    state.note(number, "gate", "started", components=list(asked))
    try:
        said = kube_gate.Gate(cluster, wave, tool, lambda: state.renew(identity)).wait()
    except DeployError as error:
        _keep(cluster, state, number, error)
        raise
    state.note(number, "gate", "ready", components=list(asked))
    return {"changed": False, "seconds": round(time.monotonic() - start, 2), "said": said}


def _keep(cluster: Cluster, state: ClusterState, number: int, error: DeployError) -> None:
    """Note the failure with the container's log, and say where that is."""
    with contextlib.suppress(DeployError):  # the failure itself must be told
        log = kube_evidence.kept_log(cluster, error.diagnosis)
        state.note(number, "gate", "failed", cause=error.diagnosis.get("cause") or str(error), log=log)
        if log and " logs " in str(error.diagnosis["next_step"]):
            kept = f"release-{number:06d}-journal"
            error.diagnosis["next_step"] = (
                f"{error.diagnosis['next_step']} (kept in the ConfigMap {kept} when the pod is gone)"
            )


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, module.params["component"] or "gate", lambda: act(module.params))


if __name__ == "__main__":
    main()
