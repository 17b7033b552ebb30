"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_render
short_description: Write the Compose file
description: Writes compose.yaml and an empty file for each secret; secret files that are there are kept.
options:
  release: {description: What M(todoapp.stack.render) returned., type: dict, required: true}
  directory: {description: The folder on the controller., type: path, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_render:
    release: "{{ _release }}"
    directory: dist/compose
"""

RETURN = r"""
path: {description: The file., type: str, returned: success}
"""
