"""Look at a cluster from the controller itself where it is the host anyway: a deploy with nothing to do is half as long.

To pack the module, start a Python and load everything anew takes 0.5 s of CPU, measured, as much as the look itself.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import module_run
from ansible_collections.todoapp.stack.plugins.modules import kube_observe


class ActionModule(ActionBase):
    """The module of the same name; on any other host, or with another Python, it runs there as modules do."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        if not self._is_here(task_vars or {}):
            return result | self._execute_module(task_vars=task_vars)
        # Plain data, as a module gets it; Ansible's own texts and maps carry their origin along.
        given = json.loads(json.dumps(self._task.args))
        checked = ArgumentSpecValidator(kube_observe.SPEC).validate(given)
        if checked.error_messages:
            return result | {"failed": True, "msg": "; ".join(checked.error_messages)}
        return result | module_run.outcome("precheck", lambda: kube_observe.observe(checked.validated_parameters))

    def _is_here(self, task_vars: dict[str, Any]) -> bool:
        interpreter = self._templar.template(task_vars.get("ansible_python_interpreter", ""))
        return self._connection.transport == "local" and interpreter == sys.executable and not self._play_context.become
