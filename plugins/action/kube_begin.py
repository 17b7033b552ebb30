"""Begin a release on a cluster: Namespace, lock, record, secrets."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import kube_begin
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/kube_begin.py."""

    SPEC = kube_begin.SPEC
    BLAMED = "release"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return kube_begin.act(params)
