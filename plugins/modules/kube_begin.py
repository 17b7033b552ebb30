#!/usr/bin/python
"""Begin a release on a cluster: Namespace, lock, record, secrets."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_begin
short_description: Begin a release on a cluster
description:
  - Makes the Namespace where it is missing, takes the lock, and writes the release's record with the objects as they will be applied.
  - Then the given secrets are written, and missing ones made when asked; nothing that serves has changed by then.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  why: {description: What the lock is for., type: str, default: deploy}
  record: {description: What goes into the record besides the objects., type: dict, default: {}}
  objects: {description: "The rendered objects: component and object each.", type: list, elements: dict, required: true}
  secrets: {description: Secret names with their given values; an empty value means none was given., type: dict, default: {}}
  generate_secrets: {description: Whether missing secrets are made., type: bool, default: false}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_begin:
    context: staging
    namespace: todo-app
    holder_pid: 4711
    holder_host: laptop
    objects: []
"""

RETURN = r"""
release: {description: The new release's number., type: int, returned: success}
said: {description: What was done., type: list, returned: success}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import kube_namespace, kube_resolve, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import digests
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import holder

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
    "why": {"type": "str", "default": "deploy"},
    "record": {"type": "dict", "default": {}},
    "objects": {"type": "list", "elements": "dict", "required": True},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "generate_secrets": {"type": "bool", "default": False, "no_log": False},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Begin; see DOCUMENTATION."""
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"])
    state = ClusterState(cluster)
    identity = holder(params["holder_host"], params["holder_pid"])
    said = [f"made the namespace {cluster.namespace}"] if kube_namespace.ensure(cluster) else []
    said += filter(None, [state.lock(identity, params["why"])])
    try:
        given = {name: str(value) if value else None for name, value in params["secrets"].items()}
        values = state.secrets.values(given, generate=params["generate_secrets"])
        objects = kube_resolve.resolve(params["objects"], values, cluster.apis())
        number = state.begin({**params["record"], "objects": objects, "secrets": digests(values)})
        state.secrets.write(values)
    except Exception:
        state.unlock(identity)
        raise
    return {"changed": True, "release": number, "said": [*said, f"release {number} recorded"]}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, "release", lambda: act(module.params))


if __name__ == "__main__":
    main()
