"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_plan
short_description: Plan a deploy by Helm
description:
  - Plans as M(todoapp.stack.kube_plan) does. A Helm release is one act, so there is one wave.
  - A Helm release whose newest revision is not deployed needs a new one, though no object differs.
options:
  release: {description: What M(todoapp.stack.render) returned., type: dict, required: true}
  observed: {description: What M(todoapp.stack.helm_observe) returned., type: dict, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.helm_plan:
    release: "{{ _release }}"
    observed: "{{ _release_seen }}"
  register: _release_plan
"""

RETURN = r"""
plan: {description: One entry for each object that would change., type: list, returned: always}
needed: {description: Whether there is anything to do., type: bool, returned: always}
rest: {description: All components; none where there is nothing to do., type: list, returned: always}
"""
