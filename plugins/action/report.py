"""Write a verb's result as JSON to a file on the controller (option todo_report)."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils.markers import canonical_json


class ActionModule(ActionBase):
    """Does nothing without a path. The file is moved into place whole."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        args = self._task.args
        if not args.get("path"):
            return result | {"changed": False}
        path = Path(args["path"]).expanduser()
        content = {"verb": args["verb"], "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **args["content"]}
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps(json.loads(canonical_json(content)), indent=1) + "\n")
            draft.rename(path)
        except OSError as error:
            return result | {
                "failed": True,
                "msg": f"write the report: {error}; set todo_report to a file that can be written",
            }
        return result | {"changed": False}
