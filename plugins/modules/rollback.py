"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rollback
short_description: Make a release of a record
description: Returns the recorded release in the form in which M(todoapp.stack.render) returns one, for the same steps to apply it.
options:
  release: {description: What M(todoapp.stack.render) returned for the inventory of today., type: dict, required: true}
  back: {description: What M(todoapp.stack.compose_rollback) or M(todoapp.stack.kube_rollback) returned., type: dict, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.rollback:
    release: "{{ _release }}"
    back: "{{ _release_back }}"
"""

RETURN = r"""
back_to: {description: The number of the release that it goes back to., type: int, returned: success}
why: {description: What lock and journal say., type: str, returned: success}
"""
