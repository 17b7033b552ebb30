#!/usr/bin/python
"""Build the images that a host lacks."""

from __future__ import annotations

DOCUMENTATION = r"""
module: docker_image_build
short_description: Build the images that a host lacks
description:
  - Asks the engine once which of the images exist by their tags, and builds those that do not, one after the other.
  - A tag made from the content (see C(module_utils/images.py)) makes an unchanged tree build nothing.
options:
  images:
    description: The images, as C(images.build_plan) gives them.
    type: list
    elements: dict
    required: true
    suboptions:
      name: {description: The component., type: str, required: true}
      context: {description: The build context's folder on this host., type: path, required: true}
      repository: {description: The image's name without its tag., type: str, required: true}
      tag: {description: The image's tag., type: str, required: true}
      target: {description: The stage to build; the last one when empty., type: str, default: ""}
      build_args: {description: Build arguments. No secrets., type: dict, default: {}}
      labels: {description: Labels., type: dict, default: {}}
  ca_bundle:
    description: Certificates that build steps trust, passed as the build secret C(ca). Empty means the host's own where it has some.
    type: path
    default: ""
  proxies: {description: The build arguments http_proxy, https_proxy and no_proxy., type: dict, default: {}}
  force: {description: Build what exists too, and use no cache., type: bool, default: false}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.docker_image_build:
    images:
      - {name: backend, context: /srv/clone/services/backend, repository: todo-app/backend, tag: 3f1c0de4a2b1}
"""

RETURN = r"""
missing: {description: The images that were not there before., type: list, returned: success}
built: {description: The references that were built., type: list, returned: success}
diagnosis: {description: "Component, step, cause, log and next_step.", type: dict, returned: failure}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import docker, image_build, module_run

IMAGE_SPEC = {
    "name": {"type": "str", "required": True},
    "context": {"type": "path", "required": True},
    "repository": {"type": "str", "required": True},
    "tag": {"type": "str", "required": True},
    "target": {"type": "str", "default": ""},
    "build_args": {"type": "dict", "default": {}},
    "labels": {"type": "dict", "default": {}},
}
SPEC = {
    "images": {"type": "list", "elements": "dict", "required": True, "options": IMAGE_SPEC},
    "ca_bundle": {"type": "path", "default": ""},
    # Their addresses may hold a password.
    "proxies": {"type": "dict", "default": {}, "no_log": True},
    "force": {"type": "bool", "default": False},
}


def build(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return what RETURN describes."""
    docker.engine_version()
    wanted = {image_build.reference(image): image for image in params["images"]}
    there = {reference for reference, facts in docker.images(wanted).items() if facts}
    missing = [image for reference, image in wanted.items() if params["force"] or reference not in there]
    if missing and not check_mode:
        builder, bundle = image_build.find_builder(), image_build.ca_bundle(params["ca_bundle"])
        for image in missing:
            image_build.build(builder, image, bundle, params["proxies"], force=params["force"])
    references = [image_build.reference(image) for image in missing]
    return {
        "changed": bool(missing),
        "missing": missing,
        "built": [] if check_mode else references,
        "diff": {"before": "", "after": "".join(f"build {reference}\n" for reference in references)},
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "build", lambda: build(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
