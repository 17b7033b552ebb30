"""Run a one-off command on a cluster."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import kube_run
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/kube_run.py."""

    SPEC = kube_run.SPEC
    BLAMED = "command"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return kube_run.act(params)
