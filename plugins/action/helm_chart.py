"""Make the chart of the release and its values, in the controller. Changes nothing."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.action import render
from ansible_collections.todoapp.stack.plugins.module_utils import (
    chart_files,
    chart_package,
    chart_source,
    chart_values,
    helm_objects,
)


class ActionModule(render.ActionModule):
    """Validates the options as `render` does; see RETURN in plugins/modules/helm_chart.py."""

    def _render(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        options = super()._render(task_vars)["options"]
        shared, roles = self._sources(task_vars)
        source = chart_source.of(render.COLLECTION, roles, shared, self._load)
        files = chart_package.files(source)
        objects = re.compile(r"templates/[^/]*\.yaml")
        templates = [text for name, text in files.items() if objects.fullmatch(name) and name != chart_package.CHECKS]
        spec = chart_values.tree(roles, shared, source.titles, chart_values.read(templates))
        values = chart_values.of_options(spec, options, source.prefixes)
        version, values = chart_package.version(files), helm_objects.without_secrets(values)
        archive = chart_package.archive(files)
        helm = {"chart": version, "values": values, "archive": base64.b64encode(archive).decode()}
        return {"changed": False, "helm": helm} | self._written(
            options, spec, values, {f"{chart_package.NAME}-{version}.tgz": archive}
        )

    def _written(
        self, options: dict[str, Any], spec: chart_values.Spec, values: dict[str, Any], files: dict[str, bytes]
    ) -> dict[str, Any]:
        """Write both where that was asked for."""
        if not self._task.args.get("directory"):
            return {}
        directory = Path(self._task.args["directory"]).expanduser()
        [archive] = files
        head = f"# The values of the deployment {options['todo_name']}; what they do not hold are the secrets.\n\n"
        files = {**files, "values.yaml": (head + chart_values.text(spec, values, comments=False)).encode()}
        name = options["todo_name"]
        return {
            "changed": chart_files.write_beside(directory, files, dry_run=self._task.check_mode),
            "path": str(directory),
            "said": [
                *(str(directory / file) for file in files),
                f"helm upgrade --install {name} {directory / archive} --namespace {name} --create-namespace -f {directory / 'values.yaml'}",
            ],
        }
