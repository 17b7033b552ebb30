"""Refuse a deploy to a cluster that cannot work, before anything changes: all that is wrong at once."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import kube_precheck
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import explain


class ActionModule(ActionBase):
    """Fails with `diagnoses` when something is missing; else returns what is worth saying as `said`."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        rendered, seen = self._task.args["release"], self._task.args["observed"]
        given = self._templar.template((task_vars or {}).get("todo_secrets", {}))
        found = kube_precheck.problems(rendered, seen, given)
        result |= {"changed": False, "said": kube_precheck.sayings(rendered, seen)}
        if found and not seen["lock"]:
            text = "\n\n".join(explain(diagnosis) for diagnosis in found)
            return result | {"failed": True, "msg": text, "diagnosis": found[0], "diagnoses": found}
        return result
