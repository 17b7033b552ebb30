"""Plan a deploy to a Compose host from the rendered release and what was observed. Pure; changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import compose_plan, markers
from ansible_collections.todoapp.stack.plugins.module_utils.compose_file import compose_file
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError


class ActionModule(ActionBase):
    """Returns the plan, the final project and the Compose file; see RETURN in plugins/modules/compose_plan.py."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        rendered, seen = self._task.args["release"], self._task.args["observed"]
        try:
            project = markers.resolve(rendered["project"], lambda names: _digest(names, seen["secret_digests"]))
            last = (seen["current"] or {}).get("project")
            plan = compose_plan.make_plan(project, seen["containers"], last, seen["images"])
        except DeployError as error:
            return result | {"failed": True, "msg": str(error)}
        return result | {
            "changed": bool(plan),
            "plan": plan,
            # An interrupted run may have stopped before its migrations or its verification: go through it again.
            "needed": bool(plan or seen["interrupted"] or not seen["current"]),
            "diff": {"prepared": compose_plan.show(plan)},
            "said": compose_plan.show(plan).rstrip()
            if self._task.check_mode or self._task.diff
            else compose_plan.summary(plan),
            "project": project,
            "compose_file": compose_file(project),
            "remove": [entry["service"] for entry in plan if entry["action"] == "remove"],
            **_waves(plan, rendered["components"]),
            "version": hashlib.sha256(markers.canonical_json(project).encode()).hexdigest()[:12],
        }


def _digest(names: Mapping[str, Any], digests: dict[str, str | None]) -> str:
    """One hash over the digests of a component's secrets; secrets that are yet to be made have none."""
    if not names:
        return ""
    return markers.sha256_digest({name: digests.get(name) or "" for name in names})[:32]


def _waves(plan: compose_plan.Plan, components: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The services to apply before and after the migrations; init steps are run in between, not applied."""
    touched = {entry["service"] for entry in plan if entry["action"] != "remove"}
    names = {
        True: [c["name"] for c in components if c["is_store"]],
        False: [c["name"] for c in components if not c["is_store"]],
    }
    return {"stores": [n for n in names[True] if n in touched], "rest": [n for n in names[False] if n in touched]}
