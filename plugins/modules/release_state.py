#!/usr/bin/python
"""Begin and finish a release on a Compose host: lock, record, outcome, unlock."""

from __future__ import annotations

DOCUMENTATION = r"""
module: release_state
short_description: Begin or finish a release on a Compose host
description:
  - V(begin) takes the lock, writes given secrets and the release's record; nothing else has changed by then.
  - V(finish) notes the outcome and gives the lock back. V(lock) and V(unlock) do that alone, for verbs without a release.
options:
  action: {description: What to do., type: str, choices: [begin, finish, lock, unlock], required: true}
  state_dir: {description: The state directory., type: path, required: true}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  why: {description: What the lock is for., type: str, default: deploy}
  record: {description: What goes into the record., type: dict, default: {}}
  compose_file: {description: The Compose file's text., type: str, default: ""}
  secrets: {description: Secret names with their given values; an empty value means none was given., type: dict, default: {}}
  generate_secrets: {description: Whether missing secrets are made., type: bool, default: false}
  release: {description: The release that finishes., type: int, default: 0}
  outcome: {description: How it ended., type: str, choices: [succeeded, failed, rolled back], default: succeeded}
  keep: {description: How many records are kept., type: int, default: 20}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.release_state:
    action: lock
    state_dir: ~/.local/state/todo-app
    holder_pid: 4711
    holder_host: laptop
    why: teardown
"""

RETURN = r"""
release: {description: The new release's number., type: int, returned: begin}
said: {description: A sentence about a lock that was taken over., type: str, returned: always}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import module_run
from ansible_collections.todoapp.stack.plugins.module_utils.state import State, holder

SPEC = {
    "action": {"type": "str", "choices": ["begin", "finish", "lock", "unlock"], "required": True},
    "state_dir": {"type": "path", "required": True},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
    "why": {"type": "str", "default": "deploy"},
    "record": {"type": "dict", "default": {}},
    "compose_file": {"type": "str", "default": ""},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "generate_secrets": {"type": "bool", "default": False, "no_log": False},
    "release": {"type": "int", "default": 0},
    "outcome": {"type": "str", "choices": ["succeeded", "failed", "rolled back"], "default": "succeeded"},
    "keep": {"type": "int", "default": 20},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Do the action; see DOCUMENTATION."""
    state = State(params["state_dir"])
    identity = holder(params["holder_host"], params["holder_pid"])
    result: dict[str, Any] = {"changed": True, "said": ""}
    if params["action"] in ("begin", "lock"):
        result["said"] = state.lock(identity, params["why"])
    if params["action"] == "begin":
        try:
            given = {name: value or None for name, value in params["secrets"].items()}
            result["release"] = state.begin(params["record"], params["compose_file"])
            state.replace_secrets(result["release"], given, generate=params["generate_secrets"])
        except OSError:
            state.unlock(identity)
            raise
        result["said"] = [*filter(None, [result["said"]]), f"release {result['release']} recorded"]
    if params["action"] == "finish":
        state.finish(params["release"], params["outcome"], params["keep"])
        result["said"] = f"release {params['release']} {params['outcome']}"
    if params["action"] in ("finish", "unlock"):
        state.unlock(identity)
    return result


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, "release", lambda: act(module.params))


if __name__ == "__main__":
    main()
