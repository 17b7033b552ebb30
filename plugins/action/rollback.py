"""Make a release of a record, for the steps of a deploy to apply. Runs in the controller and changes nothing."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import rollback


class ActionModule(ActionBase):
    """Returns what `render` would have returned for the recorded release; see RETURN in plugins/modules/rollback.py."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        made = rollback.release(self._task.args["release"], self._task.args["back"])
        return result | made | {"changed": False}
