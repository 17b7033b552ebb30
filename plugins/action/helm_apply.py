"""Apply a recorded release by one Helm upgrade."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import helm_apply
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/helm_apply.py."""

    SPEC = helm_apply.SPEC
    BLAMED = "helm"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return helm_apply.act(params)
