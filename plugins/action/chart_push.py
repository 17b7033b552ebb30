"""Push the packed chart to an OCI registry. Runs in the controller, which has packed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import chart_push, helm_tool
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

COLLECTION = Path(__file__).resolve().parents[2]


class ActionModule(ActionBase):
    """Asks the registry first, and pushes what it lacks."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        archive, credentials = Path(self._task.args["archive"]), self._task.args["registry"]
        try:
            name = chart_push.reference(self._task.args["repository"], self._task.args["version"])
            there = chart_push.is_there(name, credentials)
            if not there and not self._task.check_mode:
                chart_push.push(helm_tool.path(COLLECTION), archive, name, credentials)
        except DeployError as error:
            return result | {"failed": True, "msg": str(error), "diagnosis": error.diagnosis}
        said = f"{'the registry has' if there else 'pushed'} {chart_push.SCHEME}{name}"
        return result | {"changed": not there, "reference": name, "said": [said]}
