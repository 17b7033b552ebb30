"""Look at a cluster once, and say what a deploy would change there."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import kube_observe
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/kube_observe.py."""

    SPEC = kube_observe.SPEC
    BLAMED = "precheck"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return kube_observe.observe(params)
