#!/usr/bin/python
"""Apply a recorded release's services on a Compose host, or run one of them to its end."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_apply
short_description: Apply services of a recorded release
description:
  - Creates or replaces the named services from the release's Compose file and starts them, without waiting for readiness.
  - With O(run_to_end=true) the one service named is a one-off command, and its end is waited for.
options:
  project: {description: The Compose project., type: str, required: true}
  state_dir: {description: The state directory., type: path, required: true}
  release: {description: The release whose file is applied., type: int, required: true}
  journal: {description: The release whose journal notes it; 0 means the same., type: int, default: 0}
  services: {description: The services., type: list, elements: str, required: true}
  remove: {description: Services that left the description., type: list, elements: str, default: []}
  recreate: {description: Whether they are replaced even where Compose sees no change., type: bool, default: true}
  run_to_end: {description: The name of the one-off command that the service is; empty starts the services only., type: str, default: ""}
  component: {description: The component that the service belongs to., type: str, default: ""}
  seconds: {description: How long a one-off command may take., type: float, default: 120}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_apply:
    project: todo-app
    state_dir: ~/.local/state/todo-app
    release: 3
    services: [postgres]
    holder_pid: 4711
    holder_host: laptop
"""

RETURN = r"""
seconds: {description: How long it took., type: float, returned: success}
"""

import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import compose_engine, docker, module_run, rollback
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.state import State, holder

SPEC = {
    "project": {"type": "str", "required": True},
    "state_dir": {"type": "path", "required": True},
    "release": {"type": "int", "required": True},
    "journal": {"type": "int", "default": 0},
    "services": {"type": "list", "elements": "str", "required": True},
    "remove": {"type": "list", "elements": "str", "default": []},
    "recreate": {"type": "bool", "default": True},
    "run_to_end": {"type": "str", "default": ""},
    "component": {"type": "str", "default": ""},
    "seconds": {"type": "float", "default": 120},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Apply, and wait for a one-off command's end; see DOCUMENTATION."""
    start = time.monotonic()
    state = State(params["state_dir"])
    identity = holder(params["holder_host"], params["holder_pid"])
    number = params["journal"] or params["release"]
    step = params["run_to_end"] or "apply"
    state.renew(identity)
    state.note(number, step, "started", services=params["services"], release=params["release"])
    if number != params["release"]:  # going back
        state.restore_secrets(number)
    if params["remove"]:
        compose_engine.remove_services(params["project"], params["remove"])
    if params["services"]:
        file = state.folder(params["release"]) / "compose.yaml"
        compose_engine.apply(params["project"], file, state.path, params["services"], recreate=params["recreate"])
        compose_engine.remove_networks(params["project"], state.record(params["release"])["project"]["networks"])
    if params["run_to_end"]:
        try:
            compose_engine.run_to_end(
                params["project"],
                params["services"][0],
                params["component"],
                params["run_to_end"],
                params["seconds"],
                lambda: state.renew(identity),
            )
        except DeployError as error:
            compose_engine.keep_log(error, state.folder(number))
            raise
    # What it said of the schema decides later whether somebody can go back.
    schema = (
        rollback.schema_in(docker.logs(f"{params['project']}-{params['services'][0]}-1"))
        if params["run_to_end"]
        else {}
    )
    state.note(number, step, "done", **({"component": params["component"], "schema": schema} if schema else {}))
    done = f"{params['component']} {step}" if params["run_to_end"] else f"started {', '.join(params['services'])}"
    if number != params["release"]:
        done = f"going back to release {params['release']}"
    gone = [f"removed {', '.join(params['remove'])}"] if params["remove"] else []
    return {
        "changed": True,
        "seconds": round(time.monotonic() - start, 2),
        "said": [*gone, done] if params["services"] else gone,
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, "apply", lambda: act(module.params))


if __name__ == "__main__":
    main()
