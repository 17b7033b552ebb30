"""Plan a deploy by Helm from the rendered release and what was observed. Pure; changes nothing."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.action import kube_plan
from ansible_collections.todoapp.stack.plugins.module_utils import helm_release


class ActionModule(kube_plan.ActionModule):
    """The plan as kube_plan has it, to be applied in one act; see RETURN in plugins/modules/helm_plan.py."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        rendered, seen = self._task.args["release"], self._task.args["observed"]
        helm = seen["helm"]
        settled = bool(helm) and helm["status"] == helm_release.DEPLOYED
        if helm and not settled and not seen["lock"]:
            result["said"].append(
                f"Helm's revision {helm['revision']} is {helm['status']}, not deployed; a new one puts that right"
            )
        needed = result["needed"] or not settled
        names = [component["name"] for component in rendered["components"]]
        return result | {"needed": needed, "stores": [], "rest": names if needed else []}
