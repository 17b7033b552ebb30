"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Write a verb's result as JSON
description: Writes to a file on the controller; nothing without a path.
options:
  path: {description: The file; empty writes none., type: str, required: true}
  verb: {description: The verb., type: str, required: true}
  content: {description: The result., type: dict, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.report:
    path: plan.json
    verb: plan
    content: {plan: []}
"""

RETURN = r"""
"""
