"""Write the Helm chart, packed too, and a file of values with the images of this clone. Runs in the controller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.action import render
from ansible_collections.todoapp.stack.plugins.module_utils import chart_files, chart_package, chart_source


class ActionModule(render.ActionModule):
    """Validates the options as `render` does, then writes; see RETURN in plugins/modules/chart_render.py."""

    def _render(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        options = super()._render(task_vars)["options"]
        shared, roles = self._sources(task_vars)
        source = chart_source.of(render.COLLECTION, roles, shared, self._load)
        files = chart_package.files(source)
        version = chart_package.version(files)
        directory, dist = (Path(options[name]).expanduser() for name in ("todo_chart_dir", "todo_dist_dir"))
        packed, images = f"{chart_package.NAME}-{version}.tgz", f"{chart_package.NAME}-images.yaml"
        beside = {packed: chart_package.archive(files), images: chart_package.images(source, options).encode()}
        dry_run = self._task.check_mode
        changed = [
            chart_files.write(directory, files, dry_run=dry_run),
            chart_files.write_beside(dist, beside, dry_run=dry_run),
        ]
        name = options["todo_name"]
        return {
            "changed": any(changed),
            "version": version,
            "path": str(directory),
            "archive": str(dist / packed),
            "repository": options["todo_chart_repository"],
            "registry": options["todo_registry"],
            "said": [
                f"{directory} is {chart_package.NAME} {version}",
                f"packed: {dist / packed}; the images of this clone: {dist / images}",
                f"helm install {name} {directory} --namespace {name} --create-namespace -f {dist / images} -f SECRETS.yaml",
            ],
        }
