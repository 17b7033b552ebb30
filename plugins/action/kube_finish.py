"""Finish a release on a cluster: outcome, unlock."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import kube_finish
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/kube_finish.py."""

    SPEC = kube_finish.SPEC
    BLAMED = "release"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return kube_finish.act(params)
