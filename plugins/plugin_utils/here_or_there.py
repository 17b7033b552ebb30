"""Do a module's work in the controller itself where it is the host anyway.

To pack a module, start a Python and load everything anew takes 0.5 s of CPU, measured: as much as a whole look at a
cluster, and a deploy has ten of them.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import module_run


class HereOrThere(ActionBase):
    """The action beside a module of the same name; on another host, or with another Python, the module runs there."""

    SPEC: dict[str, Any]
    """The module's argument spec."""
    BLAMED: str
    """Whom a system error is blamed on."""

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        """What the module does, with its parameters checked. Raises DeployError or OSError."""
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        if not self._is_here(task_vars or {}):
            return result | self._execute_module(task_vars=task_vars)
        # Plain data, as a module gets it; Ansible's own texts and maps carry their origin along.
        given = json.loads(json.dumps(self._task.args))
        checked = ArgumentSpecValidator(self.SPEC).validate(given)
        if checked.error_messages:
            return result | {"failed": True, "msg": "; ".join(checked.error_messages)}
        params = checked.validated_parameters
        return result | module_run.outcome(self.BLAMED, lambda: self.work(params))

    def _is_here(self, task_vars: dict[str, Any]) -> bool:
        interpreter = self._templar.template(task_vars.get("ansible_python_interpreter", ""))
        return self._connection.transport == "local" and interpreter == sys.executable and not self._play_context.become
