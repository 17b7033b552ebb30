#!/usr/bin/python
"""Run a component's one-off command on a cluster, as a Job."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_run
short_description: Run a one-off command on a cluster
description:
  - Makes a Job from the component's workload as the record has it (image, environment, volumes, rights) and waits for its end.
  - An older Job of the same name goes first. One that failed stays for an hour, so that it can be looked at.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  manager: {description: The field manager that what is ours belongs to., type: str, default: todoapp.stack}
  release: {description: The release whose record says what runs., type: int, required: true}
  component: {description: The component., type: str, required: true}
  command: {description: "The command's name, such as migrate.", type: str, required: true}
  arguments: {description: What it runs; empty means what the description says., type: list, elements: str, default: []}
  seconds: {description: How long it may take., type: float, default: 120}
  when_ready: {description: Components without which it is not run and its pods' init step has to do it., type: list, elements: str, default: []}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_run:
    context: staging
    namespace: todo-app
    release: 3
    component: backend
    command: migrate
    holder_pid: 4711
    holder_host: laptop
"""

RETURN = r"""
seconds: {description: How long it took., type: float, returned: success}
"""

import contextlib
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import (
    kube_apply,
    kube_gate,
    kube_jobs,
    module_run,
    rollback,
)
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import kubectl
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import holder

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "manager": {"type": "str", "default": MANAGER},
    "release": {"type": "int", "required": True},
    "component": {"type": "str", "required": True},
    "command": {"type": "str", "required": True},
    "arguments": {"type": "list", "elements": "str", "default": []},
    "seconds": {"type": "float", "default": 120},
    "when_ready": {"type": "list", "elements": "str", "default": []},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Run it to its end; see DOCUMENTATION."""
    start = time.monotonic()
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], params["manager"])
    state = ClusterState(cluster)
    identity = holder(params["holder_host"], params["holder_pid"])
    number, component, name = params["release"], params["component"], params["command"]
    record = state.record(number)
    [member] = kube_gate.members(record, [component], {component: params["seconds"]})
    described = next(entry for entry in record["components"] if entry["name"] == component)
    command = params["arguments"] or kube_jobs.command_of(described, member.objects, name)
    job = kube_jobs.job_of(member.objects, component, name, command, params["seconds"])
    down = kube_gate.down(cluster, record, params["when_ready"])
    if down:
        return {
            "changed": False,
            "seconds": 0.0,
            "said": f"{component} {name} is left to its pods: {', '.join(down)} is not ready",
        }
    tool = kubectl(params["kubeconfig"], params["context"], params["namespace"])
    state.note(number, name, "started", component=component)
    release = kube_apply.Release(record["objects"], state.secrets.live())
    kube_apply.remember(state, release)
    kube_apply.apply_support(cluster, release, component, lambda: state.renew(identity))
    try:
        log = kube_jobs.run(cluster, job, params["seconds"], tool, lambda: state.renew(identity))
    except DeployError as error:
        with contextlib.suppress(DeployError):  # the failure itself must be told
            state.note(number, name, "failed", diagnosis=error.diagnosis or {"cause": str(error)})
        raise
    # What it said of the schema decides later whether somebody can go back.
    schema = rollback.schema_in(log)
    state.note(number, name, "done", component=component, **({"schema": schema} if schema else {}))
    return {"changed": True, "seconds": round(time.monotonic() - start, 2), "said": f"{component} {name}"}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, module.params["component"], lambda: act(module.params))


if __name__ == "__main__":
    main()
