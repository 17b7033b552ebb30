"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_render
short_description: Write the Helm chart
description:
  - Writes the chart that is made from the shared templates into todo_chart_dir, and takes away what an earlier one had.
  - Packs it into todo_dist_dir, beside a file of values with the images of this clone.
  - The same templates and options give the same bytes.
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.chart_render:
  register: _release_chart
"""

RETURN = r"""
version: {description: The chart's version., type: str, returned: success}
path: {description: The chart's folder., type: str, returned: success}
archive: {description: The packed chart., type: str, returned: success}
repository: {description: Where it is to be pushed; empty for nowhere., type: str, returned: success}
registry: {description: The option todo_registry without its password., type: dict, returned: success}
"""
