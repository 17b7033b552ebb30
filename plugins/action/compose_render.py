"""Write the Compose file with which `docker compose up -d` works alone, once images and secret files are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.todoapp.stack.plugins.module_utils import markers
from ansible_collections.todoapp.stack.plugins.module_utils.compose_file import compose_file


class ActionModule(ActionBase):
    """Writes compose.yaml and an empty file for each secret below the directory; files that are there are kept."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        release = self._task.args["release"]
        directory = Path(self._task.args["directory"]).expanduser()
        # The file has no deployment to hash secrets of; who uses it alone re-creates containers after changing one.
        text = compose_file(markers.resolve(release["project"], lambda _names: "rendered"))
        target = directory / "compose.yaml"
        changed = not target.is_file() or target.read_text() != text
        if changed and not self._task.check_mode:
            try:
                (directory / "secrets").mkdir(parents=True, exist_ok=True, mode=0o700)
                target.write_text(text)
                for name in release["secrets"]:
                    (directory / "secrets" / name).touch(mode=0o644)
                for name, content in release["files"].items():
                    (directory / "secrets" / name).write_text(content)
            except OSError as error:
                return result | {
                    "failed": True,
                    "msg": f"write the rendered files: {error}; set todo_dist_dir to a folder that can be written",
                }
        names = ", ".join(f"secrets/{name}" for name in release["secrets"])
        return result | {
            "changed": changed,
            "path": str(target),
            "said": [f"{target}", f"fill in {names}, then: docker compose --project-directory {directory} up -d"],
        }
