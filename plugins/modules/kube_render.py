"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_render
short_description: Write the manifests
description: Writes a file for what all share and one for each component; the file for the secrets is kept when it is there.
options:
  release: {description: What M(todoapp.stack.render) returned., type: dict, required: true}
  directory: {description: The folder on the controller., type: path, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_render:
    release: "{{ _release }}"
    directory: dist/manifests
"""

RETURN = r"""
path: {description: The folder., type: str, returned: success}
"""
