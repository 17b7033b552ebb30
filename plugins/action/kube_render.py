"""Write the manifests with which `kubectl apply -f` works alone, once the secrets are filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import kube_files


class ActionModule(ActionBase):
    """Writes a file for what all share and one for each component; the file for the secrets is kept when it is there."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        release = self._task.args["release"]
        directory = Path(self._task.args["directory"]).expanduser()
        names = [component["name"] for component in release["components"]]
        files = kube_files.files(release["objects"], names, release["options"]["todo_name"])
        there = {file.name: file for file in directory.glob("*.yaml")}
        kept = kube_files.SECRETS in there
        stale = kube_files.stale(list(there), files)
        new = {
            name: text
            for name, text in files.items()
            if not (name == kube_files.SECRETS and kept) and not (name in there and there[name].read_text() == text)
        }
        if not self._task.check_mode:
            try:
                directory.mkdir(parents=True, exist_ok=True)
                for name, text in new.items():
                    (directory / name).write_text(text)
                for name in stale:
                    there[name].unlink()
            except OSError as error:
                return result | {
                    "failed": True,
                    "msg": f"write the rendered files: {error}; set todo_dist_dir to a folder that can be written",
                }
        first = f"fill in {directory / kube_files.SECRETS}, then: " if kube_files.SECRETS in files else ""
        return result | {
            "changed": bool(new or stale),
            "path": str(directory),
            "said": [*(str(directory / name) for name in files), f"{first}kubectl apply -f {directory}"],
        }
