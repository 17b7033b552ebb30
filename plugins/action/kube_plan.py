"""Plan a deploy to a cluster from the rendered release and what was observed. Pure; changes nothing."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import kube_plan


class ActionModule(ActionBase):
    """Returns the plan and what follows from it; see RETURN in plugins/modules/kube_plan.py."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        rendered, seen = self._task.args["release"], self._task.args["observed"]
        plan = seen["plan"]
        whole = self._task.check_mode or self._task.diff
        existing = ["", *(c["name"] for c in seen["current"]["components"])] if seen["current"] else []
        said = kube_plan.show(plan).rstrip().splitlines() if whole else [kube_plan.summary(plan, existing)]
        said += [] if whole else kube_plan.repairs(plan)
        if not seen["namespace"]["exists"]:
            said.append(
                f"there is no namespace {rendered['options']['todo_name']} yet: planned from the description alone"
            )
        return result | {
            "changed": bool(plan),
            "plan": plan,
            # An interrupted run may have stopped before its migrations or its verification: go through it again.
            "needed": bool(plan or seen["interrupted"] or not seen["current"]),
            "diff": {"prepared": kube_plan.show(plan)},
            "said": said,
            "remove": kube_plan.prune_list(plan),
            **kube_plan.waves(plan, rendered["components"]),
            "version": seen["content"],
        }
