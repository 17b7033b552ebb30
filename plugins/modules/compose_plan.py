"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_plan
short_description: Plan a deploy to a Compose host
description: Compares the rendered release with what was observed. Runs in the controller and changes nothing.
options:
  release: {description: What M(todoapp.stack.render) returned., type: dict, required: true}
  observed: {description: What M(todoapp.stack.compose_observe) returned., type: dict, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_plan:
    release: "{{ _release }}"
    observed: "{{ _observed }}"
"""

RETURN = r"""
plan: {description: One entry for each service that would change., type: list, returned: success}
needed: {description: Whether a deploy has something to do - the plan or an interrupted run., type: bool, returned: success}
project: {description: The final Compose project., type: dict, returned: success}
compose_file: {description: The same as a Compose file., type: str, returned: success}
remove: {description: Services that left the description., type: list, returned: success}
stores: {description: The data stores to apply., type: list, returned: success}
rest: {description: The other services to apply., type: list, returned: success}
version: {description: The release's version - a hash of its content., type: str, returned: success}
"""
