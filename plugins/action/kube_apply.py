"""Apply components of a recorded release on a cluster, and remove what left it."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import kube_apply
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/kube_apply.py."""

    SPEC = kube_apply.SPEC
    BLAMED = "apply"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return kube_apply.act(params)
