#!/usr/bin/python
"""Walk a user's journey through the front door."""

from __future__ import annotations

DOCUMENTATION = r"""
module: journey
short_description: Walk a user's journey through the front door
description: Signs up, works with todos and the assistant, and removes the account again. Without a front door it says that it does not.
options:
  front_door: {description: The page's URL; empty when none is known., type: str, required: true}
  front_door_ca: {description: A file with the authorities that its certificate is checked against; empty means the system's., type: str, default: ""}
  model: {description: Whether the model must answer., type: bool, default: true}
  project: {description: The Compose project whose logs explain a failure; empty for none., type: str, default: ""}
  state_dir: {description: The state directory of the release that is verified; empty outside a deploy., type: path, default: ""}
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context of the cluster whose logs explain a failure; empty for none., type: str, default: ""}
  namespace: {description: The deployment's namespace there., type: str, default: ""}
  release: {description: The release whose journal notes it; 0 for none. Its run has the lock, which is renewed., type: int, default: 0}
  holder_pid: {description: The controller's process id., type: int, default: 0}
  holder_host: {description: The controller's host name., type: str, default: ""}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.journey:
    front_door: http://127.0.0.1:3000
"""

RETURN = r"""
steps: {description: "A row for each step: step, ok, detail, seconds.", type: list, returned: always}
"""

import time
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import docker, journey, kube_pods
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, last_lines, sign_in
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import State, holder

SPEC = {
    "front_door": {"type": "str", "required": True},
    "front_door_ca": {"type": "str", "default": ""},
    "model": {"type": "bool", "default": True},
    "project": {"type": "str", "default": ""},
    "state_dir": {"type": "path", "default": ""},
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "default": ""},
    "namespace": {"type": "str", "default": ""},
    "release": {"type": "int", "default": 0},
    "holder_pid": {"type": "int", "default": 0},
    "holder_host": {"type": "str", "default": ""},
}
NOT_WALKED = "no front door is known, so that the journey was not walked (todo_front_door, todo_ingress)"


def diagnose(failure: journey.StepFailed, container: str, log: str, command: str, pod: str = "") -> Diagnosis:
    """The failed step with the last lines of the component that it points to.

    :param command: what shows more of the log; empty where there is none.
    """
    lines = last_lines(log)
    sign = sign_in(lines)
    cause = f"{failure}{f': {sign.cause}' if sign else ''}"
    step = sign.next_step if sign else command or "ansible-playbook playbooks/health.yml"
    return Diagnosis(failure.component, cause, step, container=container, log=lines, pod=pod)


def on_compose(failure: journey.StepFailed, project: str) -> Diagnosis:
    """The same, with what Docker has of the component's container."""
    container = f"{project}-{failure.component}-1"
    return diagnose(failure, container, docker.logs(container), f"docker logs {container}")


def on_cluster(failure: journey.StepFailed, cluster: Cluster) -> Diagnosis:
    """The same, with the log of the component's youngest pod."""
    name = failure.component
    pods = sorted(cluster.list("Pod", kube_pods.serving([name])), key=lambda pod: pod["metadata"]["creationTimestamp"])
    if not pods:
        return Diagnosis(name, f"{failure}; no pod of it is there", "ansible-playbook playbooks/deploy.yml")
    pod = pods[-1]["metadata"]["name"]
    command = f"kubectl --context {cluster.context} --namespace {cluster.namespace} logs {pod}"
    return diagnose(failure, name, cluster.logs(pod, name), command, pod)


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Walk it; see DOCUMENTATION."""
    if not params["front_door"]:
        return {"changed": False, "steps": [], "said": NOT_WALKED}
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"]) if params["context"] else None
    start = time.monotonic()
    keep_alive = _begun(params, cluster) if params["release"] else lambda: None
    steps, failure = journey.travel(
        params["front_door"], model=params["model"], ca=params["front_door_ca"], keep_alive=keep_alive
    )
    took = round(time.monotonic() - start, 2)
    if failure:
        if cluster:
            diagnosis = on_cluster(failure, cluster)
        else:
            diagnosis = on_compose(failure, params["project"]) if params["project"] else diagnose(failure, "", "", "")
        raise JourneyFailed(diagnosis, steps)
    said = f"journey of {len(steps)} steps: {', '.join(s['step'] for s in steps)}"
    return {"changed": False, "steps": steps, "seconds": took, "said": said}


def _begun(params: dict[str, Any], cluster: Cluster | None) -> Callable[[], None]:
    """Note in the release's journal that it begins; return what renews the run's lock."""
    state: ClusterState | State = ClusterState(cluster) if cluster else State(params["state_dir"])
    identity = holder(params["holder_host"], params["holder_pid"])
    state.renew(identity)
    state.note(params["release"], "verify", "started")
    return lambda: state.renew(identity)


class JourneyFailed(DeployError):
    """A step failed; `steps` are those that were taken."""

    def __init__(self, diagnosis: Diagnosis, steps: list[dict[str, Any]]) -> None:
        super().__init__(str(diagnosis), diagnosis.as_dict())
        self.steps = steps


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    try:
        result = act(module.params)
    except JourneyFailed as error:
        module.fail_json(msg=str(error), diagnosis=error.diagnosis, steps=error.steps)
    except DeployError as error:
        module.fail_json(msg=str(error), diagnosis=error.diagnosis, steps=[])
    module.exit_json(**result)


if __name__ == "__main__":
    main()
