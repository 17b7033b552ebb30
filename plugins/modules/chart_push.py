"""Documentation of the action plugin of the same name, which runs in the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: chart_push
short_description: Push the packed Helm chart
description: Pushes it to an OCI registry that has not this version of it yet.
options:
  archive: {description: The packed chart., type: path, required: true}
  version: {description: Its version., type: str, required: true}
  repository: {description: "Where it goes, oci://HOST/PATH.", type: str, required: true}
  registry: {description: "The login, as the option todo_registry; it counts for its host.", type: dict, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.chart_push:
    archive: dist/todo-app-0.1.0.tgz
    version: 0.1.0
    repository: oci://registry.example.com/charts
    registry: {host: registry.example.com, username: me, password: "{{ password }}", insecure: false}
"""

RETURN = r"""
reference: {description: The chart's name in the registry., type: str, returned: success}
"""
