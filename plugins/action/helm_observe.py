"""Look at a cluster once, and at the Helm release in it."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import helm_observe
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/helm_observe.py."""

    SPEC = helm_observe.SPEC
    BLAMED = "precheck"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return helm_observe.observe(params)
