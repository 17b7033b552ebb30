#!/usr/bin/python
"""A disposable single-node Kubernetes in one Docker container."""

from __future__ import annotations

DOCUMENTATION = r"""
module: local_cluster
short_description: A disposable single-node Kubernetes in one Docker container
description:
  - Brings it up, takes it down with all its data, or tells how its parts are. For evaluation and tests, not for production.
  - Touches only a container, a volume and a kubeconfig that it made itself.
options:
  state: {description: What is wanted., type: str, choices: [up, down, status], required: true}
  name: {description: "The cluster's, and so the container's, the volume's, the node's and the context's name.", type: str, required: true}
  image: {description: The node's image., type: str, default: ""}
  api_port: {description: The API server's port on the host's loopback., type: int, default: 6443}
  http_port: {description: The Ingress controller's port for HTTP., type: int, default: 8080}
  https_port: {description: The Ingress controller's port for HTTPS., type: int, default: 8443}
  registry_port: {description: The registry's port., type: int, default: 5000}
  pod_cidr: {description: The pods' network., type: str, default: 10.201.0.0/16}
  service_cidr: {description: The services' network., type: str, default: 10.202.0.0/16}
  wait_seconds: {description: How long it may take until every part is ready., type: int, default: 180}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.local_cluster:
    state: up
    name: todoapp-local
    image: todoapp-local-cluster:0123456789ab
"""

RETURN = r"""
said: {description: What was done or found., type: str, returned: success}
kubeconfig: {description: The kubeconfig's path., type: str, returned: state is up}
rows: {description: "A row for each part: component, state, version, detail.", type: list, returned: state is status}
diagnosis: {description: "Component, cause, log and next_step.", type: dict, returned: failure}
"""

from dataclasses import asdict
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import docker, local_cluster_run, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.local_cluster import Settings
from ansible_collections.todoapp.stack.plugins.module_utils.table import table

SPEC = {
    "state": {"type": "str", "choices": ["up", "down", "status"], "required": True},
    "name": {"type": "str", "required": True},
    "image": {"type": "str", "default": ""},
    "api_port": {"type": "int", "default": 6443},
    "http_port": {"type": "int", "default": 8080},
    "https_port": {"type": "int", "default": 8443},
    "registry_port": {"type": "int", "default": 5000},
    "pod_cidr": {"type": "str", "default": "10.201.0.0/16"},
    "service_cidr": {"type": "str", "default": "10.202.0.0/16"},
    "wait_seconds": {"type": "int", "default": 180},
}


def act(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return what RETURN describes."""
    docker.engine_version()
    given = dict(params)
    state, wait = given.pop("state"), given.pop("wait_seconds")
    if state == "up":
        return local_cluster_run.up(Settings(**given), wait, check_mode=check_mode)
    if state == "down":
        return local_cluster_run.down(given["name"], check_mode=check_mode)
    rows = [asdict(part) for part in local_cluster_run.status(given["name"])]
    shown = table(rows, ["component", "state", "version", "detail"])
    waiting = [row["component"] for row in rows if row["state"] != "ready"]
    if waiting:
        raise DeployError(f"{shown}\nnot ready: {', '.join(waiting)}")
    return {"changed": False, "said": shown, "rows": rows}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, module.params["name"], lambda: act(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
