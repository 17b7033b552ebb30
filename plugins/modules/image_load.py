#!/usr/bin/python
"""Bring images into a local cluster that has no registry."""

from __future__ import annotations

DOCUMENTATION = r"""
module: image_load
short_description: Bring images into a local cluster that has no registry
description:
  - Loads images of this host into the store of a kind or Minikube cluster. Docker Desktop's cluster shares the engine's store.
  - Images that the cluster has are not loaded again.
options:
  tool: {description: The kind of cluster., type: str, required: true, choices: [kind, minikube, docker-desktop]}
  context: {description: The kube context of the cluster., type: str, required: true}
  images: {description: The images by name and tag., type: list, elements: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.image_load:
    tool: kind
    context: kind-kind
    images: ["todo-app/backend:3f1c0de4a2b1"]
"""

RETURN = r"""
loaded: {description: The images that the cluster did not have before., type: list, returned: success}
diagnosis: {description: "Component, cause, log and next_step.", type: dict, returned: failure}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import image_load, module_run

SPEC = {
    "tool": {"type": "str", "required": True, "choices": ["kind", "minikube", "docker-desktop"]},
    "context": {"type": "str", "required": True},
    "images": {"type": "list", "elements": "str", "required": True},
}


def load(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return what RETURN describes."""
    done = image_load.load(params["tool"], params["context"], params["images"], check_mode=check_mode)
    return {
        "changed": bool(done.references),
        "loaded": done.references,
        "said": [done.said],
        "diff": {"before": "", "after": "".join(f"load {name}\n" for name in done.references)},
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "images", lambda: load(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
