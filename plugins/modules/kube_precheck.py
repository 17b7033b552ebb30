"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_precheck
short_description: Refuse a deploy to a cluster that cannot work
description: Checks what was observed and fails with a diagnosis for each thing that is missing. Changes nothing.
options:
  release: {description: What M(todoapp.stack.render) returned., type: dict, required: true}
  observed: {description: What M(todoapp.stack.kube_observe) returned., type: dict, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_precheck:
    release: "{{ _release }}"
    observed: "{{ _release_seen }}"
"""

RETURN = r"""
said: {description: Sentences worth telling the operator., type: list, returned: always}
diagnoses: {description: What is missing., type: list, returned: failure}
"""
