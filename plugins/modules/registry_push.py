#!/usr/bin/python
"""Push the images that a registry lacks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_push
short_description: Push the images that a registry lacks
description:
  - Asks the registry which of the images it has by their tags, and pushes those that it lacks.
  - A tag made from the content (see C(module_utils/images.py)) is never pushed twice.
options:
  images:
    description: The images.
    type: list
    elements: dict
    required: true
    suboptions:
      name: {description: The component., type: str, required: true}
      source: {description: The image on this host., type: str, required: true}
      target: {description: Its name in the registry with host and tag., type: str, required: true}
  registry:
    description: The option C(todo_registry) with host, username, password and insecure.
    type: dict
    required: true
  force: {description: Push what the registry has too, as after a build without a cache., type: bool, default: false}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.registry_push:
    images:
      - {name: backend, source: "todo-app/backend:3f1c0de4a2b1", target: "registry.example.com/todo-app/backend:3f1c0de4a2b1"}
    registry: {host: registry.example.com, username: ci, password: "{{ vault_registry_password }}"}
"""

RETURN = r"""
missing: {description: The images that the registry lacks or that are pushed in any case., type: list, returned: success}
digests: {description: "The digest of each image by its name in the registry; null where it is missing still (check mode).", type: dict, returned: success}
diagnosis: {description: "Component, cause, log and next_step.", type: dict, returned: failure}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import image_push, module_run, registry

IMAGE_SPEC = {
    "name": {"type": "str", "required": True},
    "source": {"type": "str", "required": True},
    "target": {"type": "str", "required": True},
}
SPEC = {
    "images": {"type": "list", "elements": "dict", "required": True, "options": IMAGE_SPEC},
    "registry": {**registry.OPTION_SPEC, "required": True},
    "force": {"type": "bool", "default": False},
}


def push(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return what RETURN describes."""
    digests = image_push.missing(params["images"], params["registry"])
    lacking = [image for image in params["images"] if params["force"] or not digests[image["target"]]]
    said = [] if lacking else [f"{params['registry']['host']} has all {len(digests)} images"]
    for image in [] if check_mode else lacking:
        digests[image["target"]] = image_push.push(image, params["registry"])
        said.append(f"{image['name']}: pushed {image['target']}, {digests[image['target']]}")
    return {
        "changed": bool(lacking),
        "missing": lacking,
        "digests": digests,
        "said": said,
        "diff": {"before": "", "after": "".join(f"push {image['target']}\n" for image in lacking)},
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "registry", lambda: push(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
