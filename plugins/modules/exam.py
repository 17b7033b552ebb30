#!/usr/bin/python
"""Hold a component's exam and note its result."""

from __future__ import annotations

DOCUMENTATION = r"""
module: exam
short_description: Hold a component's exam and note its result
description:
  - Runs the component's one-off command V(exam) with the release's image and settings, and notes what it found in the release's journal.
  - An exam that is not passed, or cannot be held, is told and never a failure.
options:
  project: {description: The Compose project; empty on a cluster., type: str, default: ""}
  state_dir: {description: The state directory on a Compose host., type: path, default: ""}
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: "The context's name, on a cluster.", type: str, default: ""}
  namespace: {description: "The deployment's namespace, on a cluster.", type: str, default: ""}
  release: {description: The release whose record says what runs., type: int, required: true}
  component: {description: The component., type: str, required: true}
  command: {description: What it runs., type: list, elements: str, required: true}
  seconds: {description: How long it may take., type: float, default: 900}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.exam:
    project: todo-app
    state_dir: ~/.local/state/todo-app
    release: 3
    component: chatbot
    command: [chatbot, exam]
    holder_pid: 4711
    holder_host: laptop
"""

RETURN = r"""
result: {description: "What the exam printed, nothing where it was not held.", type: dict, returned: always}
"""

import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import (
    compose_engine,
    docker,
    exam,
    kube_gate,
    kube_jobs,
    module_run,
)
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import kubectl
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import State, holder

SPEC = {
    "project": {"type": "str", "default": ""},
    "state_dir": {"type": "path", "default": ""},
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "default": ""},
    "namespace": {"type": "str", "default": ""},
    "release": {"type": "int", "required": True},
    "component": {"type": "str", "required": True},
    "command": {"type": "list", "elements": "str", "required": True},
    "seconds": {"type": "float", "default": 900},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Hold it and note the result; see DOCUMENTATION."""
    start = time.monotonic()
    state: ClusterState | State
    if params["context"]:
        state = ClusterState(Cluster(params["kubeconfig"], params["context"], params["namespace"]))
    else:
        state = State(params["state_dir"])
    number, component = params["release"], params["component"]
    state.renew(holder(params["holder_host"], params["holder_pid"]))
    state.note(number, exam.COMMAND, "started", component=component)
    try:
        result = exam.result_in(_on_compose(params, state) if isinstance(state, State) else _on_cluster(params, state))
    except (DeployError, OSError) as error:
        result = {}
        state.note(number, exam.COMMAND, "not held", component=component, cause=str(error))
        said = f"{component} {exam.COMMAND} not held: {error}"
    else:
        outcome = "passed" if result["passed"] else "failed"
        state.note(number, exam.COMMAND, outcome, component=component, result=result)
        said = exam.sentence(result)
    return {"changed": False, "result": result, "seconds": round(time.monotonic() - start, 2), "said": said}


def _on_compose(params: dict[str, Any], state: State) -> str:
    """What the command prints in a container of its own, which is as the service's."""
    identity = holder(params["holder_host"], params["holder_pid"])
    name = f"{params['project']}-{params['component']}-{exam.COMMAND}"
    file = state.folder(params["release"]) / "compose.yaml"
    compose = compose_engine.command(params["project"], file, state.path)
    alone = ["run", "--rm", "--no-deps", "--no-TTY", "--name", name]
    try:
        return exam.watched(
            [*compose, *alone, params["component"], *params["command"]],
            params["seconds"],
            lambda: state.renew(identity),
        )
    finally:  # of a run that was killed or took too long
        left = docker.run([docker.client(), "ps", "--all", "--quiet", "--filter", f"name=^{name}$"]).split()
        if left:
            docker.run([docker.client(), "rm", "--force", *left])


def _on_cluster(params: dict[str, Any], state: ClusterState) -> str:
    """What the command prints in a Job made from the component's workload."""
    identity = holder(params["holder_host"], params["holder_pid"])
    cluster, component, seconds = state.cluster, params["component"], params["seconds"]
    [member] = kube_gate.members(state.record(params["release"]), [component], {component: seconds})
    job = kube_jobs.job_of(member.objects, component, exam.COMMAND, params["command"], seconds)
    tool = kubectl(params["kubeconfig"], params["context"], params["namespace"])
    kube_jobs.run(cluster, job, seconds, tool, lambda: state.renew(identity))
    live = cluster.get("Job", job["metadata"]["name"]) or {"metadata": {"uid": ""}}
    pods = cluster.list("Pod", f"batch.kubernetes.io/controller-uid={live['metadata']['uid']}")
    return "\n".join(cluster.logs(pod["metadata"]["name"], exam.COMMAND) for pod in pods)


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, module.params["component"], lambda: act(module.params))


if __name__ == "__main__":
    main()
