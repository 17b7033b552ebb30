"""Remove a deployment that Helm made from a cluster."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import helm_remove
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/helm_remove.py. The Helm that a clone fetches is the controller's."""

    SPEC = helm_remove.SPEC
    BLAMED = "teardown"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return helm_remove.act(params, check_mode=self._task.check_mode)
