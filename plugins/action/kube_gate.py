"""Wait until components on a cluster are ready."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import kube_gate
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/kube_gate.py."""

    SPEC = kube_gate.SPEC
    BLAMED = "gate"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return kube_gate.act(params)
