"""Find the release to go back to on a cluster, and say what stands in the way."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import kube_rollback
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/kube_rollback.py."""

    SPEC = kube_rollback.SPEC
    BLAMED = "rollback"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return kube_rollback.look(params)
