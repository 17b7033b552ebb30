"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: deploy_failed
short_description: Fail a deploy with its cause
description: Always fails, with the first cause and a sentence about what serves now.
options:
  failure: {description: The failed task's result., type: dict, required: true}
  release: {description: The release that failed., type: int, required: true}
  serving: {description: The release that serves; 0 for none., type: int, default: 0}
  not_restored: {description: Why the previous release could not be put back., type: str, default: ""}
  removed: {description: "Whether what was started has been removed again, where there is no earlier release.", type: bool, default: false}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.deploy_failed:
    failure: "{{ ansible_failed_result }}"
    release: 7
"""

RETURN = r"""
diagnosis: {description: The cause as data., type: dict, returned: always}
serving: {description: The release that serves; 0 for none., type: int, returned: always}
"""
