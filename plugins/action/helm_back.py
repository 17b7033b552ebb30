"""Bring Helm's record of a release back in line after a failed deploy."""

from __future__ import annotations

from typing import Any

from ansible_collections.todoapp.stack.plugins.modules import helm_back
from ansible_collections.todoapp.stack.plugins.plugin_utils.here_or_there import HereOrThere


class ActionModule(HereOrThere):
    """See plugins/modules/helm_back.py."""

    SPEC = helm_back.SPEC
    BLAMED = "helm"

    def work(self, params: dict[str, Any]) -> dict[str, Any]:
        return helm_back.act(params)
