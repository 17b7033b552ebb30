#!/usr/bin/python
"""Wait until a component on a Compose host is ready, or say why it will not be."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_gate
short_description: Wait until a component is ready
description: Fails at once on what cannot heal, with the cause, the last log lines and the next step.
options:
  project: {description: The Compose project., type: str, required: true}
  state_dir: {description: The state directory., type: path, required: true}
  release: {description: The release whose journal notes it., type: int, required: true}
  component: {description: The component., type: str, required: true}
  seconds: {description: How long it may take., type: float, default: 60}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_gate:
    project: todo-app
    state_dir: ~/.local/state/todo-app
    release: 3
    component: postgres
    holder_pid: 4711
    holder_host: laptop
"""

RETURN = r"""
seconds: {description: How long it took., type: float, returned: success}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import compose_engine, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.state import State, holder

SPEC = {
    "project": {"type": "str", "required": True},
    "state_dir": {"type": "path", "required": True},
    "release": {"type": "int", "required": True},
    "component": {"type": "str", "required": True},
    "seconds": {"type": "float", "default": 60},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Wait; see DOCUMENTATION."""
    state = State(params["state_dir"])
    identity = holder(params["holder_host"], params["holder_pid"])
    name = params["component"]
    state.note(params["release"], "gate", "started", component=name)
    try:
        took = compose_engine.gate(params["project"], name, name, params["seconds"], lambda: state.renew(identity))
    except DeployError as error:
        compose_engine.keep_log(error, state.folder(params["release"]))
        raise
    state.note(params["release"], "gate", "ready", component=name)
    return {"changed": False, "seconds": round(took, 2), "said": f"{name} is ready"}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, module.params["component"], lambda: act(module.params))


if __name__ == "__main__":
    main()
