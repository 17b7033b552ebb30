"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_plan
short_description: Plan a deploy to a cluster
description: Says what was observed to differ, and in which order it is applied. Runs in the controller and changes nothing.
options:
  release: {description: What M(todoapp.stack.render) returned., type: dict, required: true}
  observed: {description: What M(todoapp.stack.kube_observe) returned., type: dict, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_plan:
    release: "{{ _release }}"
    observed: "{{ _release_seen }}"
"""

RETURN = r"""
plan: {description: One entry for each object that would change., type: list, returned: success}
needed: {description: Whether a deploy has something to do - the plan or an interrupted run., type: bool, returned: success}
remove: {description: "Objects that left the description, as Kind/name.", type: list, returned: success}
stores: {description: "The data stores to apply; an empty name stands for what all share.", type: list, returned: success}
rest: {description: The other components to apply., type: list, returned: success}
version: {description: The release's version - a hash of its content., type: str, returned: success}
"""
