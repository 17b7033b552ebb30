#!/usr/bin/python
"""Remove a deployment from a Compose host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_remove
short_description: Remove a deployment from a Compose host
description: Removes containers and networks; volumes and the state directory too when O(delete_data=true).
options:
  project: {description: The Compose project., type: str, required: true}
  state_dir: {description: The state directory., type: path, required: true}
  delete_data: {description: Whether data and credentials go too., type: bool, default: false}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_remove:
    project: todo-app
    state_dir: ~/.local/state/todo-app
    holder_pid: 4711
    holder_host: laptop
"""

RETURN = r"""
removed: {description: What was, or in check mode would be, removed., type: list, returned: success}
"""

import shutil
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import compose_engine, docker, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.state import State, holder

SPEC = {
    "project": {"type": "str", "required": True},
    "state_dir": {"type": "path", "required": True},
    "delete_data": {"type": "bool", "default": False},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
}


def act(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Remove, under the lock; see DOCUMENTATION."""
    docker.engine_version()
    state = State(params["state_dir"])
    project, data = params["project"], params["delete_data"]
    if check_mode:
        found = [f"container {name}" for name in sorted(docker.containers(project))]
        found += [f"volume {name}" for name in docker.volumes(project)] if data else []
        return {
            "changed": bool(found),
            "removed": found,
            "said": [f"would remove {name}" for name in found] or "nothing to remove",
        }
    existed = state.path.is_dir()
    identity = holder(params["holder_host"], params["holder_pid"])
    if existed:
        state.lock(identity, "teardown")
    try:
        removed = compose_engine.remove(project, data=data)
        if data and existed:
            shutil.rmtree(state.path)
            removed.append(f"state {state.path}")
    finally:
        if existed:
            state.unlock(identity)
    kept = [] if data else [f"kept volume {name}" for name in docker.volumes(project)]
    said = [f"removed {name}" for name in removed] + kept
    return {"changed": bool(removed), "removed": removed, "said": said or "nothing to remove"}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "teardown", lambda: act(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
