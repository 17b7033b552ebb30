"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_chart
short_description: Make the chart of the release and its values
description:
  - Makes the chart from the shared templates, as M(todoapp.stack.chart_render) does, and the values that stand for the options.
  - No secret is among the values; pods use Secrets that the deploy makes.
options:
  directory: {description: A folder to write both into; empty writes nothing., type: str, default: ""}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.helm_chart:
  register: _helm_chart
"""

RETURN = r"""
helm: {description: "What a record keeps of it: chart (its version), values, archive (the packed chart in base64).", type: dict, returned: success}
"""
